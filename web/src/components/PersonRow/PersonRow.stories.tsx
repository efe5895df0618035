import { makeUser } from "../../testing";
import { somePeople } from "../../testing/people";
import { CheckMark } from "../../ui";
import { PersonRow } from "./PersonRow";

export default { title: "PersonRow" };

const somebody = (role: string) => somePeople().find((one) => one.role === role)!;
const [teacher, admin, student] = [somebody("teacher"), somebody("admin"), somebody("student")];
const LONG = makeUser({
  first_name: "Константин-Александр",
  last_name: "Преображенский-Воскресенский",
  role: "teacher",
});

export const EachRole = () => (
  <>
    <PersonRow person={teacher} />
    <PersonRow person={admin} />
    <PersonRow person={student} />
  </>
);
export const WithNote = () => <PersonRow person={teacher} note="это вы · администратор группы · в сети" />;
export const Ticked = () => <PersonRow person={student} start={<CheckMark isChecked />} />;
/** The name keeps its line, and the role goes below. */
export const LongName = () => (
  <div style={{ width: "18rem" }}>
    <PersonRow person={LONG} note="был(а) вчера в 21:40" />
  </div>
);
