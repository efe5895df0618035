import type { Story } from "@ladle/react";
import { useState } from "react";
import {
  createFakeClient,
  type FakeOptions,
  makeConversation,
  makeMe,
  makeMessage,
  minutesBefore,
} from "../../testing";
import { somePeople } from "../../testing/people";
import { SchoolChat } from "./SchoolChat";

export default { title: "SchoolChat" };

const NOW = new Date().toISOString();
const ME = makeMe();
const PEOPLE = somePeople();
const STUDENTS = PEOPLE.filter((one) => one.role === "student");

const last = (text: string, minutes: number, sender_id = 104) => ({
  id: 90,
  text,
  message_type: "TEXT" as const,
  sender_id,
  sender_name: "Пётр Орлов",
  timestamp: minutesBefore(minutes, NOW),
  is_read: true,
});

const GROUP = makeConversation({
  id: 50,
  is_group: true,
  name: "7Б Математика",
  last_message: last("Домашнее задание на пятницу: № 415, 418", 12, ME.id),
  updated_at: minutesBefore(12, NOW),
  unread_count: 3,
});
const DIRECTS = STUDENTS.map((participant, index) =>
  makeConversation({
    id: index + 1,
    participant,
    last_message: last(index % 2 ? "Спасибо за объяснение!" : "Можно пересдать в пятницу?", 20 + index * 300),
    updated_at: minutesBefore(20 + index * 300, NOW),
    unread_count: index === 1 ? 2 : 0,
  }),
);
const TALK = [
  "Добрый день! Не получается задача № 415.",
  "Добрый день, Пётр! Что уже пробовали?",
  "Раскрыл скобки, но ответ не сходится",
  "Проверьте знак во **второй строке**.",
  "Спасибо за объяснение!",
].map((text, index) =>
  makeMessage({
    id: 300 + index,
    conversation_id: 1,
    sender: index % 2 ? ME : (STUDENTS[0] ?? null),
    text,
    created_at: minutesBefore(60 - index * 9, NOW),
    status: "read",
    is_read: true,
  }),
);

function Chat({ openId = null, ...options }: FakeOptions & { openId?: number | null }) {
  const [client] = useState(() =>
    createFakeClient({
      me: ME,
      conversations: [GROUP, ...DIRECTS],
      contacts: PEOPLE,
      messages: { 1: TALK, 50: [] },
      ...options,
    }),
  );
  const theme = document.documentElement.getAttribute("data-theme") === "dark" ? "dark" : "light";
  return (
    <div style={{ height: "100vh" }}>
      <SchoolChat
        client={client}
        theme={theme}
        openId={openId}
        onTheme={() => undefined}
        onLanguage={() => undefined}
        onSignOut={async () => undefined}
      />
    </div>
  );
}

export const NothingOpen: Story = () => <Chat />;
export const Talking: Story = () => <Chat openId={1} />;
export const Offline: Story = () => (
  <Chat openId={1} state={{ connection: { state: "offline", retryAt: Date.now() + 8000 } }} />
);
export const Empty: Story = () => <Chat conversations={[]} />;
