import type { Story } from "@ladle/react";
import { useState } from "react";
import { somePeople } from "../../testing/people";
import { ContactsDialogView, type ContactsDialogViewProps } from "./ContactsDialogView";

export default { title: "ContactsDialog" };

function Contacts(props: Partial<ContactsDialogViewProps>) {
  const [search, setSearch] = useState(props.search ?? "");
  return (
    <ContactsDialogView
      isOpen
      onClose={() => undefined}
      items={somePeople()}
      isLoading={false}
      error={null}
      busyId={null}
      onChoose={() => undefined}
      {...props}
      search={search}
      onSearch={setSearch}
    />
  );
}

export const Teacher: Story = () => <Contacts onNewGroup={() => undefined} busyId={104} />;
export const Student: Story = () => <Contacts items={somePeople(2)} />;
export const Loading: Story = () => <Contacts items={[]} isLoading />;
export const Nobody: Story = () => <Contacts items={[]} />;
export const NobodyFound: Story = () => <Contacts items={[]} search="Щукин" />;
export const Failed: Story = () => <Contacts items={[]} error="Нет связи с сервером." />;
export const OpeningFailed: Story = () => <Contacts error="Вам временно нельзя писать в этот чат." />;
