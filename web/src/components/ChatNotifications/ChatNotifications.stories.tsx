import type { Story } from "@ladle/react";
import { useEffect, useState } from "react";
import type { Notice } from "../../context/client";
import { createFakeClient, makeEntry, makeMessage, makeUser, TestProvider } from "../../testing";
import { AnswerToast } from "./AnswerToast";
import { ChatNotifications } from "./ChatNotifications";
import { UnsentToast } from "./UnsentToast";

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

function Answers({ text, isFault }: { text: string; isFault: boolean }) {
  return (
    <TestProvider>
      <div style={{ maxWidth: "23rem" }}>
        <AnswerToast text={text} isFault={isFault} onClose={() => undefined} />
      </div>
    </TestProvider>
  );
}

export const Done: Story = () => <Answers text="Скопировано" isFault={false} />;
export const Refused: Story = () => (
  <Answers text="Сервер сообщений сейчас недоступен. Попробуйте позже." isFault />
);

const UNSENT = makeEntry({ status: "failed", error: { code: "blocked", detail: "" } });

export const NotSent: Story = () => (
  <TestProvider>
    <div style={{ maxWidth: "23rem" }}>
      <UnsentToast entry={UNSENT} name="Пётр Орлов" onOpen={() => undefined} onClose={() => undefined} />
    </div>
  </TestProvider>
);
