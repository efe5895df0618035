import { useState } from "react";
import type { User } from "../../model/types";
import { somePeople } from "../../testing/people";
import { PeoplePicker, type PeoplePickerProps } from "./PeoplePicker";

export default { title: "PeoplePicker" };

function Picker({ chosenCount = 0, ...props }: Partial<PeoplePickerProps> & { chosenCount?: number }) {
  const [people, setPeople] = useState<User[]>(somePeople(chosenCount));
  const [search, setSearch] = useState(props.search ?? "");
  const ids = new Set(people.map((one) => one.id));
  const toggle = (person: User) =>
    setPeople(ids.has(person.id) ? people.filter((one) => one.id !== person.id) : [...people, person]);
  return (
    <div style={{ display: "flex", flexDirection: "column", maxWidth: "31rem", height: "36rem" }}>
      <PeoplePicker
        label="Участники"
        people={somePeople()}
        isLoading={false}
        loadError={null}
        {...props}
        chosen={{ people, ids, toggle }}
        search={search}
        onSearch={setSearch}
      />
    </div>
  );
}

export const NobodyChosen = () => <Picker />;
export const SomeChosen = () => <Picker chosenCount={3} />;
export const AllChosen = () => <Picker chosenCount={11} />;
export const NothingWasChosen = () => <Picker error="Выберите хотя бы одного участника." />;
export const Loading = () => <Picker people={[]} isLoading />;
export const NobodyFound = () => <Picker people={[]} search="Щукин" />;
export const NotLoaded = () => <Picker people={[]} loadError="Нет связи с сервером." />;
