import type { Story } from "@ladle/react";
import { useState } from "react";
import type { User } from "../../model/types";
import { somePeople } from "../../testing/people";
import { GroupChatModalView, type GroupChatModalViewProps } from "./GroupChatModalView";

export default { title: "GroupChatModal" };

interface FormProps extends Partial<GroupChatModalViewProps> {
  chosenCount?: number;
}

function Form({ chosenCount = 0, ...props }: FormProps) {
  const [name, setName] = useState(props.name ?? "");
  const [search, setSearch] = useState("");
  const [people, setPeople] = useState<User[]>(somePeople(chosenCount));
  const ids = new Set(people.map((one) => one.id));
  const toggle = (person: User) =>
    setPeople(ids.has(person.id) ? people.filter((one) => one.id !== person.id) : [...people, person]);
  return (
    <GroupChatModalView
      isOpen
      onClose={() => undefined}
      contacts={somePeople()}
      isLoading={false}
      loadError={null}
      errors={{}}
      isBusy={false}
      onSubmit={() => undefined}
      {...props}
      name={name}
      onName={setName}
      chosen={{ people, ids, toggle }}
      search={search}
      onSearch={setSearch}
    />
  );
}

export const Empty: Story = () => <Form />;
export const FilledIn: Story = () => <Form name="Математика 9 класс" chosenCount={4} />;
export const Busy: Story = () => <Form name="Математика 9 класс" chosenCount={2} isBusy />;
export const WrongFields: Story = () => (
  <Form errors={{ name: "Введите название группы.", participants: "Выберите хотя бы одного участника." }} />
);
export const Refused: Story = () => (
  <Form name="Математика 9 класс" chosenCount={2} errors={{ form: "Это вам не разрешено." }} />
);
