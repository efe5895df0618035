import type { Story } from "@ladle/react";
import type { ReactNode } from "react";
import { Pressing } from "../../testing/Pressing";
import { someParticipants } from "../../testing/people";
import { EmojiButton } from "../EmojiPicker/EmojiButton";
import { AttachButton } from "../FileUpload/AttachButton";
import { MentionList } from "./MentionList";

export default { title: "MessageInput parts" };

const nothing = () => undefined;
const [FIRST, SECOND, THIRD] = someParticipants();
const TWINS = [FIRST, SECOND, THIRD].flatMap((one) => (one ? [{ ...one, name: "Иван Иванов" }] : []));

const Place = ({ children }: { children: ReactNode }) => (
  <div style={{ position: "relative", paddingTop: "28rem" }}>{children}</div>
);
const Mentions = ({ people, namesakes }: { people: typeof TWINS; namesakes: ReadonlySet<number> }) => (
  <Place>
    <MentionList id="mentions" people={people} namesakes={namesakes} activeIndex={1} onChoose={nothing} />
  </Place>
);
export const MentionListOpen: Story = () => <Mentions people={someParticipants()} namesakes={new Set()} />;
export const MentionListWithNamesakes: Story = () => (
  <Mentions people={TWINS} namesakes={new Set(TWINS.map((one) => one.id))} />
);

export const EmojiOpen: Story = () => (
  <Pressing id="composer.emoji">
    <Place>
      <EmojiButton onEmoji={nothing} onClosed={nothing} />
    </Place>
  </Pressing>
);
export const AttachOpen: Story = () => (
  <Pressing id="composer.attach">
    <Place>
      <AttachButton isDisabled={false} onFiles={nothing} onClosed={nothing} />
    </Place>
  </Pressing>
);
