import type { Story } from "@ladle/react";
import { makeMessage, TEACHER } from "../../testing";
import { MessageToolbar } from "./MessageToolbar";
import { ACTION_NAMES, type ActionName } from "./messageActions";

export default { title: "MessageToolbar" };

const nothing = () => undefined;
const MESSAGE = makeMessage({ sender: TEACHER });

const Toolbar = ({ isOpen, names }: { isOpen: boolean; names: readonly ActionName[] }) => (
  <div style={{ padding: "2rem" }}>
    <MessageToolbar
      message={MESSAGE}
      names={names}
      isMenuOpen={isOpen}
      onMenuOpenChange={nothing}
      onAction={nothing}
    />
  </div>
);
export const Closed: Story = () => <Toolbar isOpen={false} names={ACTION_NAMES} />;
export const Open: Story = () => <Toolbar isOpen names={ACTION_NAMES} />;
export const OpenWithOneAction: Story = () => <Toolbar isOpen names={["copy"]} />;
