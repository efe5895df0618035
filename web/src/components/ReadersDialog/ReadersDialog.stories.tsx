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
