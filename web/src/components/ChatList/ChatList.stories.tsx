import type { Story } from "@ladle/react";
import { useState } from "react";
import type { Conversation, Filter } from "../../model/types";
import { makeConversation, makeUser, minutesBefore } from "../../testing";
import { IconButton, MoreIcon, NewChatIcon } from "../../ui";
import { ChatListRow } from "./ChatListRow";
import { ChatListView, type ChatListViewProps, type ConnectedRowProps } from "./ChatListView";
import type { Sending } from "./unsent";

export default { title: "ChatList" };

const NOW = new Date().toISOString();
const ago = (minutes: number) => minutesBefore(minutes, NOW);
const anna = makeUser({ id: 1, first_name: "Анна", last_name: "Петрова", role: "teacher", is_online: true });

function said(text: string, minutes: number, part: Partial<Conversation["last_message"] & object> = {}) {
  return {
    id: 1,
    text,
    message_type: "TEXT" as const,
    sender_id: 99,
    sender_name: "Пётр Орлов",
    timestamp: ago(minutes),
    is_read: false,
    ...part,
  };
}

const person = (first_name: string, last_name: string, avatar_color: string, is_online = false) =>
  makeUser({ first_name, last_name, avatar_color, is_online });

const SOME: Conversation[] = [
  makeConversation({
    id: 1,
    participant: person("Пётр", "Орлов", "#1d4ed8", true),
    last_message: said("Спасибо за объяснение!", 5),
    unread_count: 2,
  }),
  makeConversation({
    id: 2,
    is_group: true,
    name: "7Б Математика",
    last_message: said("Домашнее задание на пятницу: № 415, 418 и 421…", 40, { sender_id: 1 }),
  }),
  makeConversation({
    id: 3,
    participant: person("Вера", "Белова", "#be123c"),
    last_message: said("", 130, { message_type: "IMAGE" }),
    unread_count: 14,
    is_muted: true,
  }),
  makeConversation({
    id: 4,
    participant: person("Миша", "Зайцев", "#0f766e", true),
    last_message: said("Можно пересдать в пятницу?", 60 * 26, { sender_id: 1, is_read: true }),
  }),
  makeConversation({
    id: 5,
    is_group: true,
    name: "Родительский комитет и классные руководители седьмых классов",
    last_message: said("@Анна Петрова, посмотрите, пожалуйста, объявление в", 60 * 27),
    unread_count: 123,
    mention_count: 1,
  }),
  makeConversation({ id: 6, participant: person("Даша", "Козлова", "#7e22ce"), last_message: null }),
  makeConversation({
    id: 7,
    participant: person("Соня", "Гусева", "#a21caf"),
    last_message: said("", 60 * 24 * 24, { message_type: "FILE" }),
    cannot_write_reason: "blocked",
  }),
  makeConversation({
    id: 8,
    is_group: true,
    is_archived: true,
    name: "6Б Математика",
    last_message: said("Всем спасибо за год!", 60 * 24 * 150),
  }),
];
const TYPING: Record<number, string[]> = { 2: ["Вера", "Миша", "Даша"] };

const SENDING: Record<number, Sending> = { 2: "pending", 4: "failed" };

function Row(props: ConnectedRowProps) {
  const { conversation } = props;
  return (
    <ChatListRow
      {...props}
      typing={TYPING[conversation.id] ?? []}
      isOnline={conversation.participant?.is_online ?? false}
      sending={SENDING[conversation.id]}
    />
  );
}

function List(props: Partial<ChatListViewProps>) {
  const [filter, setFilter] = useState<Filter>(props.filter ?? "all");
  const [search, setSearch] = useState(props.search ?? "");
  const [activeId, setActive] = useState<number | null>(props.activeId ?? null);
  return (
    <div style={{ height: "100vh", maxWidth: "24rem" }}>
      <ChatListView
        items={SOME}
        drafts={{ 6: "Добрый день, Даша! Напоминаю про контрольную" }}
        isLoading={false}
        error={null}
        hasMore={false}
        onLoadMore={() => undefined}
        meId={anna.id}
        Row={Row}
        actions={
          <>
            <IconButton label="Новый чат" icon={<NewChatIcon />} />
            <IconButton label="Меню" icon={<MoreIcon />} />
          </>
        }
        {...props}
        filter={filter}
        onFilter={setFilter}
        search={search}
        onSearch={setSearch}
        activeId={activeId}
        onOpen={setActive}
      />
    </div>
  );
}

export const EveryKind: Story = () => <List activeId={4} />;
export const ActiveWithUnread: Story = () => <List activeId={1} />;
export const Loading: Story = () => <List items={[]} isLoading />;
export const Empty: Story = () => <List items={[]} />;
export const NothingUnread: Story = () => <List items={[]} filter="unread" />;
export const NoGroups: Story = () => <List items={[]} filter="groups" />;
export const NothingFound: Story = () => <List items={[]} search="Щукин" />;
export const Failed: Story = () => <List items={[]} error="Нет связи с сервером." />;
export const FailedLater: Story = () => <List error="Сервер сейчас недоступен. Попробуйте позже." hasMore />;
export const TwoThousand: Story = () => <List items={MANY} />;

const MANY = Array.from({ length: 2000 }, (_, index) =>
  makeConversation({
    id: index + 1,
    participant: person("Ученик", `${index + 1}`, "#15803d", index % 3 === 0),
    last_message: said(`Сообщение ${index + 1}`, index * 7),
    unread_count: index % 5 === 0 ? index % 17 : 0,
  }),
);
