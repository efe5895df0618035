import type { Story } from "@ladle/react";
import { useEffect, useState } from "react";
import type { Notice } from "../../context/client";
import { createFakeClient, makeMessage, makeUser, TestProvider } from "../../testing";
import { ChatNotifications } from "./ChatNotifications";

export default { title: "ChatNotifications" };

const pyotr = makeUser({ first_name: "Пётр", last_name: "Орлов" });
const notice = (part: Partial<Extract<Notice, { kind: "message" }>>, text: string): Notice => ({
  kind: "message",
  key: text,
  conversationId: 1,
  title: pyotr.name,
  isMention: false,
  isLoud: false,
  message: makeMessage({ sender: pyotr, text }),
  ...part,
});

function Toasts({ notices }: { notices: Notice[] }) {
  const [client] = useState(() => createFakeClient());
  useEffect(() => {
    const tell = () => notices.forEach(client.notify);
    tell();
    const timer = setInterval(tell, 4000);
    return () => clearInterval(timer);
  }, [client, notices]);
  return (
    <TestProvider client={client}>
      <ChatNotifications />
    </TestProvider>
  );
}

const ONE = [notice({}, "Спасибо за объяснение!")];
const LONG = [notice({}, "Здравствуйте! Я решил задачу двумя способами, и ответы вышли разные. ".repeat(3))];
const SEVERAL = [
  notice({}, "Можно пересдать **в пятницу**?"),
  notice(
    { conversationId: 2, title: "Пётр Орлов · 7Б Математика", isMention: true },
    "@Анна Петрова, посмотрите, пожалуйста",
  ),
];
const SUMMARY: Notice[] = [
  { kind: "summary", key: "s", messages: 41, conversations: 5, lastConversationId: 1, isLoud: false },
];

export const One: Story = () => <Toasts notices={ONE} />;
export const Long: Story = () => <Toasts notices={LONG} />;
export const Mention: Story = () => <Toasts notices={SEVERAL} />;
export const AfterAnAbsence: Story = () => <Toasts notices={SUMMARY} />;
