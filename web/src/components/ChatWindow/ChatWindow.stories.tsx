import type { Conversation, Message } from "../../model/types";
import { ApiError, networkError } from "../../services/apiError";
import { EMPTY_TIMELINE } from "../../store/state";
import {
  CLASSMATE,
  createFakeClient,
  type FakeOptions,
  makeConversation,
  makeDraft,
  makeMe,
  makeParticipant,
  makeUser,
  minutesBefore,
  STUDENT,
  TEACHER,
  TestProvider,
} from "../../testing";
import { ChatWindow } from "./ChatWindow";
import styles from "./stories.module.css";
import { ALL_KINDS, BORIS, ON_THEIR_WAY } from "./storyMessages";

export default { title: "ChatWindow" };

const people = [TEACHER, STUDENT, CLASSMATE, BORIS].map((user) =>
  makeParticipant({ ...user, is_manager: user === TEACHER, last_read_message_id: user === BORIS ? 1 : 999 }),
);

interface ShownProps {
  conversation?: Partial<Conversation>;
  messages?: Message[];
  options?: FakeOptions;
}

function Shown({ conversation, messages = ALL_KINDS, options }: ShownProps) {
  const shown = makeConversation({ id: 1, ...conversation });
  const client = createFakeClient({
    conversations: [shown],
    messages: { 1: messages },
    participants: { 1: people },
    ...options,
  });
  return (
    <TestProvider client={client}>
      <div className={styles.stage}>
        <ChatWindow conversationId={1} onBack={() => {}} />
      </div>
    </TestProvider>
  );
}

const GROUP: Partial<Conversation> = {
  is_group: true,
  type: "GROUP",
  name: "7Б Математика",
  participants_count: 8,
};
const TODAY = ALL_KINDS.slice(-6);

export const Group = () => <Shown conversation={GROUP} messages={[...ALL_KINDS, ...ON_THEIR_WAY]} />;

export const GroupFromTheTop = () => <Shown conversation={GROUP} messages={ALL_KINDS.slice(0, 9)} />;

export const DirectOnline = () => (
  <Shown messages={TODAY.filter((m) => m.sender?.id === STUDENT.id || m.sender?.id === TEACHER.id)} />
);

export const DirectLastSeen = () => {
  const participant = makeUser({
    id: 5,
    is_online: false,
    last_seen: minutesBefore(5, new Date().toISOString()),
  });
  return <Shown conversation={{ participant, is_muted: true }} messages={TODAY.slice(-2)} />;
};

export const Typing = () => (
  <Shown
    conversation={GROUP}
    options={{
      state: {
        typing: {
          1: [BORIS, CLASSMATE].map((u) => ({ userId: u.id, name: u.first_name, until: Date.now() + 1e9 })),
        },
      },
    }}
  />
);

export const UnreadDividerStory = () => (
  <Shown
    conversation={{ ...GROUP, unread_count: 4 }}
    options={{
      state: {
        timelines: {
          1: { ...EMPTY_TIMELINE, messages: ALL_KINDS, status: "ready", firstUnreadId: ALL_KINDS[11]!.id },
        },
      },
    }}
  />
);

export const ReplyAndFiles = () => (
  <Shown
    conversation={GROUP}
    options={{
      state: {
        drafts: {
          1: makeDraft({ text: "Вот исправленный вариант, @Борис Кузнецов", replyTo: ALL_KINDS[11]! }),
        },
        uploads: { 1: preparedFiles() },
      },
    }}
  />
);

function preparedFiles() {
  const file = new Blob(["x"]);
  const one = {
    size: 345_000,
    kind: "document" as const,
    previewUrl: null,
    error: null,
    file,
  };
  return [
    { ...one, id: "1", name: "Контрольная работа.pdf", isCompressing: false },
    { ...one, id: "2", name: "доска.jpg", isCompressing: true },
    {
      ...one,
      id: "3",
      name: "фильм.mp4",
      isCompressing: false,
      error: { code: "file_type" as const, name: "фильм.mp4" },
    },
  ];
}

export const BlockedByMe = () => (
  <Shown conversation={{ is_blocked: true }} messages={TODAY.slice(-2)} options={{ me: makeMe() }} />
);

export const LongName = () => (
  <Shown
    conversation={{
      ...GROUP,
      name: "Родительский комитет и классные руководители седьмых классов школы имени Н. И. Лобачевского",
    }}
    messages={TODAY}
  />
);

export const ReadOnly = () => (
  <Shown conversation={{ can_write: false, cannot_write_reason: "no_shared_group" }} messages={TODAY} />
);

export const Empty = () => <Shown messages={[]} />;

export const Loading = () => <Shown options={{ state: { timelines: { 1: EMPTY_TIMELINE } } }} />;

export const LoadError = () => (
  <Shown
    options={{ state: { timelines: { 1: { ...EMPTY_TIMELINE, status: "error", error: new Error("x") } } } }}
  />
);

const notLoaded = (error: ApiError) => ({
  conversations: [],
  state: { timelines: { 1: { ...EMPTY_TIMELINE, status: "error" as const, error } } },
});

export const NoSuchChat = () => <Shown options={notLoaded(new ApiError(404, "not_found", ""))} />;

export const UnknownWithoutANetwork = () => <Shown options={notLoaded(networkError())} />;

export const AsStudent = () => (
  <Shown
    conversation={{ ...GROUP, can_manage: false }}
    options={{
      me: makeMe({
        ...STUDENT,
        permissions: {
          can_create_groups: false,
          can_block: false,
          can_message_students: false,
          edit_window_s: 60,
        },
      }),
    }}
  />
);
