import type { Story } from "@ladle/react";
import { someParticipants } from "../../testing/people";
import type { Removal } from "./ParticipantsList";
import { ParticipantsListView, type ParticipantsListViewProps } from "./ParticipantsListView";

export default { title: "ParticipantsList" };

const nothing = () => undefined;
const NO_REMOVAL: Removal = {
  asked: null,
  isBusy: false,
  error: null,
  ask: nothing,
  cancel: nothing,
  confirm: nothing,
};

function Participants(props: Partial<ParticipantsListViewProps>) {
  const items = someParticipants();
  return (
    <ParticipantsListView
      isOpen
      onClose={nothing}
      name="7Б Математика"
      items={items}
      total={items.length}
      isLoading={false}
      error={null}
      search=""
      onSearch={nothing}
      meId={101}
      canManage={false}
      isManaged={false}
      onAdd={nothing}
      removal={NO_REMOVAL}
      {...props}
    />
  );
}

export const Member: Story = () => <Participants />;
export const Manager: Story = () => <Participants canManage />;
export const OfTheRoster: Story = () => <Participants canManage isManaged />;
export const Removing: Story = () => (
  <Participants canManage removal={{ ...NO_REMOVAL, asked: someParticipants()[3] ?? null }} />
);
export const RemovalFailed: Story = () => (
  <Participants
    canManage
    removal={{ ...NO_REMOVAL, asked: someParticipants()[3] ?? null, error: "Нет связи с сервером." }}
  />
);
export const Loading: Story = () => <Participants items={[]} total={0} isLoading />;
export const Failed: Story = () => <Participants items={[]} total={0} error="Нет связи с сервером." />;
