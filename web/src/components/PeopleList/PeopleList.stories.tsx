import { somePeople } from "../../testing/people";
import { PersonRow } from "../PersonRow/PersonRow";
import { PeopleList, type PeopleListProps } from "./PeopleList";

export default { title: "PeopleList" };

const SOME = somePeople();
type Someone = (typeof SOME)[number];

function List(props: Partial<PeopleListProps<Someone>>) {
  return (
    <div style={{ display: "flex", flexDirection: "column", maxWidth: "31rem", height: "30rem" }}>
      <PeopleList
        label="Контакты"
        items={SOME}
        isLoading={false}
        error={null}
        renderRow={(person, focus) => (
          <button type="button" {...focus} style={{ display: "block", width: "100%", height: "100%" }}>
            <PersonRow person={person} />
          </button>
        )}
        {...props}
      />
    </div>
  );
}

const MANY = Array.from({ length: 1000 }, (_, index) => ({ ...SOME[index % SOME.length]!, id: index + 1 }));

export const Some = () => <List />;
export const Thousand = () => <List items={MANY} />;
export const Loading = () => <List items={[]} isLoading />;
export const Nobody = () => <List items={[]} />;
export const NobodyFound = () => <List items={[]} search="Щукин" />;
export const Failed = () => <List items={[]} error="Нет связи с сервером." />;
export const FailedLater = () => <List error="Сервер сейчас недоступен. Попробуйте позже." />;
