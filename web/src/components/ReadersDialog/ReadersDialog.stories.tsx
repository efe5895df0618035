import { networkError } from "../../services/apiError";
import type { ChatService } from "../../services/chatService";
import {
  CLASSMATE,
  createFakeClient,
  makeMessage,
  makeParticipant,
  STUDENT,
  TEACHER,
  TestProvider,
} from "../../testing";
import { ReadersDialog } from "./ReadersDialog";

export default { title: "ReadersDialog" };

function Shown({ readUpTo }: { readUpTo: number }) {
  const people = [TEACHER, STUDENT, CLASSMATE].map((user) =>
    makeParticipant({ ...user, last_read_message_id: user === STUDENT ? readUpTo : null }),
  );
  return (
    <TestProvider client={createFakeClient({ participants: { 1: people } })}>
      <ReadersDialog message={makeMessage({ id: 50, sender: TEACHER })} onClose={() => {}} />
    </TestProvider>
  );
}

export const Some = () => <Shown readUpTo={50} />;
export const Nobody = () => <Shown readUpTo={1} />;

export const Loading = () => <Asked getParticipants={() => new Promise(() => undefined)} />;
export const WithoutANetwork = () => <Asked getParticipants={() => Promise.reject(networkError())} />;

function Asked(answer: Pick<ChatService, "getParticipants">) {
  const client = createFakeClient();
  Object.assign(client.api, answer);
  return (
    <TestProvider client={client}>
      <ReadersDialog message={makeMessage({ id: 50, sender: TEACHER })} onClose={() => {}} />
    </TestProvider>
  );
}
