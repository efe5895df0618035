/** A school's own app, of a few lines: its bar counts on every page what is unread; the chat is on one of them. */

import {
  type Chat,
  ChatContext,
  ChatProvider,
  type ChatService,
  type Conversation,
  chatService,
  EarlyCache,
  type Frame,
  type GetToken,
  SchoolChat,
  useChat,
  useUnreadCount,
  useWebSocket,
  websocketService,
} from "@classbridge/chat";
import { StrictMode, useContext, useState } from "react";
import { createRoot } from "react-dom/client";
import "@classbridge/chat/style.css";

const BRIDGE = "https://chat.school.example";
const getToken: GetToken = async () =>
  (await fetch("/panel/chat-token")).json().then((answer) => answer.access);
const early = new EarlyCache(BRIDGE, 1);

function Bar({ onChat }: { onChat: () => void }) {
  return (
    <nav>
      <button type="button" onClick={onChat}>
        Сообщения: {useUnreadCount()}
      </button>
    </nav>
  );
}

/** A view of the school's own, made of hooks. */
function Lesson({ conversationId }: { conversationId: number }) {
  const [last, setLast] = useState<Frame["type"] | null>(null);
  const { state } = useWebSocket((frame) => setLast(frame.type));
  const { conversation, timeline }: Chat = useChat(conversationId);
  return (
    <aside>
      {nameOf(conversation)}, {timeline.entries.length}, {state}, {last}
    </aside>
  );
}

function nameOf(conversation: Conversation | undefined): string {
  return conversation?.name ?? "…";
}

function School() {
  const [isChat, setIsChat] = useState(true);
  const [isOver, setIsOver] = useState(false);
  const [openId, setOpenId] = useState<number | null>(null);
  return (
    <ChatProvider
      apiBase={BRIDGE}
      getToken={getToken}
      lastPersonId={1}
      early={early}
      locale="ru"
      theme="light"
      onSignedOut={() => setIsOver(true)}
    >
      <Bar onChat={() => setIsChat(!isChat)} />
      {isOver && <p>Войдите снова</p>}
      {isChat ? <SchoolChat openId={openId} onOpen={setOpenId} /> : <Lesson conversationId={1} />}
      <Above />
    </ChatProvider>
  );
}

function Above() {
  return <footer>{useContext(ChatContext) ? "Чат есть" : "Чата нет"}</footer>;
}

/** What has no view. */
export const rest: ChatService = chatService({ apiBase: BRIDGE, getToken });
export const socket = websocketService({ apiBase: BRIDGE, getToken, onFrame: () => undefined });

const place = document.getElementById("school");
if (!place) throw new Error("The page has no #school.");
const root = createRoot(place);
root.render(
  <StrictMode>
    <School />
  </StrictMode>,
);
addEventListener("school:close", () => root.unmount(), { once: true });
