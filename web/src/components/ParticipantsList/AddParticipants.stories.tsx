import type { Story } from "@ladle/react";
import { useState } from "react";
import { networkError } from "../../services/apiError";
import type { ChatService } from "../../services/chatService";
import { createFakeClient, TestProvider } from "../../testing";
import { Pressing } from "../../testing/Pressing";
import { somePeople } from "../../testing/people";
import { AddParticipants } from "./AddParticipants";

export default { title: "AddParticipants" };

const nothing = () => undefined;
const PRESENT: ReadonlySet<number> = new Set(somePeople(2).map((one) => one.id));

function Adding({
  getContacts,
  add,
}: Partial<Pick<ChatService, "getContacts">> & { add?: () => Promise<void> }) {
  const [client] = useState(() => {
    const made = createFakeClient({ contacts: somePeople() });
    if (getContacts) Object.assign(made.api, { getContacts });
    return made;
  });
  return (
    <TestProvider client={client}>
      <AddParticipants present={PRESENT} add={add ?? (async () => undefined)} onDone={nothing} />
    </TestProvider>
  );
}

export const Some: Story = () => <Adding />;
export const NobodyWasChosen: Story = () => (
  <Pressing id="participants.addSubmit">
    <Adding />
  </Pressing>
);
export const Loading: Story = () => <Adding getContacts={() => new Promise(() => undefined)} />;
export const NotLoaded: Story = () => <Adding getContacts={() => Promise.reject(networkError())} />;
