import type { Story } from "@ladle/react";
import { useState } from "react";
import { makeConversation } from "../../testing";
import { somePeople } from "../../testing/people";
import { candidates } from "./candidates";
import { QuickSwitcherView } from "./QuickSwitcherView";

export default { title: "QuickSwitcher" };

const CONVERSATIONS = somePeople(6).map((participant, index) =>
  makeConversation({ id: index + 1, participant, unread_count: index % 3 }),
);
const GROUP = makeConversation({ id: 50, is_group: true, name: "7Б Математика", unread_count: 12 });

function Switcher({ initial = "", error = null }: { initial?: string; error?: string | null }) {
  const [search, setSearch] = useState(initial);
  return (
    <QuickSwitcherView
      isOpen
      onClose={() => undefined}
      search={search}
      onSearch={setSearch}
      candidates={candidates([GROUP, ...CONVERSATIONS], somePeople(), search, null)}
      error={error}
      onChoose={() => undefined}
    />
  );
}

export const Recent: Story = () => <Switcher />;
export const Searching: Story = () => <Switcher initial="в" />;
export const Nothing: Story = () => <Switcher initial="Щукин" />;
export const Failed: Story = () => <Switcher error="Нет связи с сервером." />;
