import { act, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, test, vi } from "vitest";
import type { Conversation } from "../../model/types";
import { EMPTY_TIMELINE, type OutboxEntry } from "../../store/state";
import {
  createFakeClient,
  type FakeOptions,
  makeConversation,
  makeDraft,
  makeEntry,
  makeMessage,
  makeUser,
  minutesBefore,
  NOW,
  TEACHER,
  TestProvider,
} from "../../testing";
import { ChatList } from "./ChatList";

const pyotr = makeUser({ id: 11, first_name: "Пётр", last_name: "Орлов", is_online: true });
const vera = makeUser({ id: 12, first_name: "Вера", last_name: "Белова", is_online: false });
const volkov = makeUser({ id: 13, first_name: "Олег", last_name: "Волков", role: "teacher" });

const said = (part: Partial<NonNullable<Conversation["last_message"]>>) => ({
  id: 1,
  text: "Спасибо за объяснение!",
  message_type: "TEXT" as const,
  sender_id: pyotr.id,
  sender_name: pyotr.name,
  timestamp: minutesBefore(5),
  is_read: true,
  ...part,
});

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse(NOW), toFake: ["Date"] });
  return () => vi.useRealTimers();
});

function show(options: FakeOptions) {
  const client = createFakeClient(options);
  render(
    <TestProvider client={client}>
      <ChatList />
    </TestProvider>,
  );
  return { client, user: userEvent.setup() };
}

const row = (name: string | RegExp) => screen.getByRole("button", { name: new RegExp(name) });
const rows = () => within(screen.getByRole("list", { name: "Чаты" })).getAllByRole("listitem");

describe("a line of the list", () => {
  test("has initials, name, role, what was said last, and when", () => {
    show({ conversations: [makeConversation({ id: 1, participant: pyotr, last_message: said({}) })] });
    const line = row("Пётр Орлов");
    expect(line).toHaveTextContent("ПО");
    expect(line).toHaveTextContent("ученик");
    expect(line).toHaveTextContent("Спасибо за объяснение!");
    expect(line).toHaveTextContent("5 мин назад");
  });

  test.each([
    [minutesBefore(5), "5 мин назад"],
    [minutesBefore(60 * 24), "вчера"],
    ["2025-10-21T09:00:00.000Z", "21.10.25"],
  ])("says %s as «%s»", (timestamp, words) => {
    show({ conversations: [makeConversation({ participant: pyotr, last_message: said({ timestamp }) })] });
    expect(within(row("Пётр Орлов")).getByText(words)).toHaveAttribute("datetime", timestamp);
  });

  test("cuts what was said to 50 characters", () => {
    const text = "Очень длинное сообщение, которое не поместится в одну строку списка чатов";
    show({ conversations: [makeConversation({ participant: pyotr, last_message: said({ text }) })] });
    expect(row("Пётр Орлов")).toHaveTextContent(`${text.slice(0, 50)}…`);
    expect(row("Пётр Орлов")).not.toHaveTextContent(text.slice(0, 51));
  });

  test("does not cut again what the server has cut", () => {
    const text = `${"я".repeat(50)}…`;
    show({ conversations: [makeConversation({ participant: pyotr, last_message: said({ text }) })] });
    expect(row("Пётр Орлов")).toHaveTextContent(text);
  });

  test("has a green dot for who is online, and none for who is not or for a group", () => {
    show({
      conversations: [
        makeConversation({ id: 1, participant: pyotr }),
        makeConversation({ id: 2, participant: vera }),
        makeConversation({ id: 3, is_group: true, name: "7Б Математика" }),
      ],
    });
    expect(within(row("Пётр Орлов")).getByText("в сети")).toBeInTheDocument();
    expect(within(row("Вера Белова")).queryByText("в сети")).toBeNull();
    expect(within(row("7Б Математика")).queryByText("в сети")).toBeNull();
  });

  describe("of what I have said and the server does not have", () => {
    const conversations = [makeConversation({ id: 1, participant: pyotr, last_message: said({}) })];
    const withOutbox = (...entries: OutboxEntry[]) =>
      show({ conversations, state: { outbox: { 1: entries } } });

    test("shows that it is being sent, then that it is", () => {
      const { client } = withOutbox(makeEntry({ text: "Я **опоздаю**" }));
      expect(row("Пётр Орлов")).toHaveTextContent(/отправляется.*Вы: Я опоздаю/);
      expect(row("Пётр Орлов")).not.toHaveTextContent("Спасибо");
      const sent = said({ sender_id: TEACHER.id, text: "Я опоздаю", is_read: false });
      act(() =>
        client.store.setState({
          outbox: {},
          conversations: { 1: makeConversation({ id: 1, participant: pyotr, last_message: sent }) },
        }),
      );
      expect(row("Пётр Орлов")).toHaveTextContent(/отправлено.*Вы: Я опоздаю/);
    });

    test("a message that did not go out stays in sight, also when others wait behind it", () => {
      withOutbox(
        makeEntry({ status: "failed", text: "Не дошло" }),
        makeEntry({ clientId: "c2", seq: 2, text: "Следом" }),
      );
      expect(row("Пётр Орлов")).toHaveTextContent(/не отправлено.*Вы: Не дошло/);
    });

    test("what the homeserver refused afterwards is told where the conversation is loaded, until it is sent anew", () => {
      const refused = makeMessage({
        sender: TEACHER,
        status: "failed",
        text: "Отказано",
        error: "forbidden",
      });
      const timeline = { ...EMPTY_TIMELINE, messages: [refused], status: "ready" as const };
      const { client } = show({ conversations, state: { timelines: { 1: timeline } } });
      expect(row("Пётр Орлов")).toHaveTextContent(/не отправлено.*Вы: Отказано/);
      const gone = { ...timeline, messages: [{ ...refused, is_deleted: true }] };
      act(() => client.store.setState({ timelines: { 1: gone } }));
      expect(row("Пётр Орлов")).toHaveTextContent("Спасибо за объяснение!");
    });

    test("a file is told by its name", () => {
      const blob = new Blob(["abc"]);
      const file = { name: "план.txt", size: 3, mimeType: "text/plain", blob, fileId: null };
      withOutbox(makeEntry({ text: "", file }));
      expect(row("Пётр Орлов")).toHaveTextContent("план.txt");
    });
  });

  test("counts the unread in orange, and in grey where it is muted", () => {
    show({
      conversations: [
        makeConversation({ id: 1, participant: pyotr, unread_count: 3 }),
        makeConversation({ id: 2, participant: vera, unread_count: 4, is_muted: true }),
        makeConversation({ id: 3, participant: volkov, unread_count: 0 }),
      ],
    });
    expect(within(row("Пётр")).getByText("3 непрочитанных сообщения").parentElement).toHaveAttribute(
      "data-tone",
      "accent",
    );
    expect(within(row("Вера")).getByText("4 непрочитанных сообщения").parentElement).toHaveAttribute(
      "data-tone",
      "muted",
    );
    expect(within(row("Вера")).getByText("без звука")).toBeInTheDocument();
    expect(within(row("Олег")).queryByText(/непрочитанн/)).toBeNull();
  });

  test("a mention in a muted group is orange all the same", () => {
    show({
      conversations: [
        makeConversation({ is_group: true, name: "7Б", is_muted: true, unread_count: 2, mention_count: 1 }),
      ],
    });
    expect(within(row("7Б")).getByText("вас упомянули")).toBeInTheDocument();
    expect(within(row("7Б")).getByText("2 непрочитанных сообщения").parentElement).toHaveAttribute(
      "data-tone",
      "accent",
    );
  });

  test("says who wrote in a group, and «Вы» for oneself", () => {
    show({
      conversations: [
        makeConversation({ id: 1, is_group: true, name: "7Б", last_message: said({}) }),
        makeConversation({ id: 2, participant: vera, last_message: said({ sender_id: 1 }) }),
        makeConversation({ id: 3, participant: volkov, last_message: said({}) }),
      ],
    });
    expect(row("7Б")).toHaveTextContent("Пётр: Спасибо");
    expect(row("Вера")).toHaveTextContent("Вы: Спасибо");
    expect(row("Олег")).not.toHaveTextContent("Пётр:");
  });

  test.each([
    ["IMAGE", "Фото"],
    ["FILE", "Файл"],
    ["VOICE", "Голосовое сообщение"],
  ] as const)("of a %s without words says what it is", (message_type, words) => {
    show({
      conversations: [
        makeConversation({ participant: pyotr, last_message: said({ text: "", message_type }) }),
      ],
    });
    expect(row("Пётр")).toHaveTextContent(words);
  });

  test("shows the draft, but not of the conversation that is open", () => {
    const draft = makeDraft({ text: "Завтра **напишу**" });
    const conversations = [
      makeConversation({ id: 1, participant: pyotr }),
      makeConversation({ id: 2, participant: vera }),
    ];
    show({ conversations, state: { drafts: { 1: draft, 2: draft }, activeId: 2 } });
    expect(row("Пётр")).toHaveTextContent("Черновик: Завтра напишу");
    expect(row("Вера")).not.toHaveTextContent("Черновик");
  });

  test("says who is typing, before everything else", () => {
    const typing = (...names: string[]) =>
      names.map((name, userId) => ({ userId, name, until: Date.now() + 5000 }));
    show({
      conversations: [
        makeConversation({ id: 1, participant: pyotr }),
        makeConversation({ id: 2, is_group: true, name: "7Б" }),
      ],
      state: { typing: { 1: typing("Пётр Орлов"), 2: typing("Пётр Орлов", "Вера Белова", "Миша Зайцев") } },
    });
    expect(row("Пётр Орлов")).toHaveTextContent("печатает…");
    expect(row("7Б")).toHaveTextContent("Пётр, Вера и ещё 1 печатают…");
  });
});

describe("opening", () => {
  const conversations = ["Орлов", "Белова", "Зайцев"].map((last_name, index) =>
    makeConversation({
      id: index + 1,
      participant: makeUser({ id: 20 + index, first_name: "А", last_name }),
      updated_at: minutesBefore(index),
    }),
  );

  test("a click opens the conversation, and its line says that it is the current one", async () => {
    const { client, user } = show({ conversations });
    await user.click(row("Белова"));
    expect(client.callsOf("timelines.open")).toEqual([[2]]);
    expect(row("Белова")).toHaveAttribute("aria-current", "true");
    expect(row("Орлов")).not.toHaveAttribute("aria-current");
  });

  test("the list is one stop of the Tab key; arrows, Home and End move in it, Enter opens", async () => {
    const { client, user } = show({ conversations });
    expect(rows().map((one) => within(one).getByRole("button").tabIndex)).toEqual([0, -1, -1]);
    row("Орлов").focus();
    await user.keyboard("{ArrowDown}");
    expect(row("Белова")).toHaveFocus();
    await user.keyboard("{End}");
    expect(row("Зайцев")).toHaveFocus();
    await user.keyboard("{ArrowDown}");
    expect(row("Зайцев")).toHaveFocus();
    await user.keyboard("{Home}{ArrowDown}{Enter}");
    expect(client.callsOf("timelines.open")).toEqual([[2]]);
    expect(rows().map((one) => within(one).getByRole("button").tabIndex)).toEqual([-1, 0, -1]);
  });

  test("from the search field the arrow leads into the list, and Enter opens the first", async () => {
    const { client, user } = show({ conversations });
    const field = screen.getByRole("searchbox", { name: "Поиск по чатам" });
    await user.click(field);
    await user.keyboard("{ArrowDown}");
    expect(row("Орлов")).toHaveFocus();
    await user.click(field);
    await user.keyboard("зайц{Enter}");
    expect(client.callsOf("timelines.open")).toEqual([[3]]);
  });
});

describe("search and filters", () => {
  const conversations = [
    makeConversation({
      id: 1,
      participant: makeUser({ id: 31, first_name: "Алёна", last_name: "Ёлкина" }),
      unread_count: 1,
    }),
    makeConversation({ id: 2, is_group: true, name: "7Б Математика" }),
  ];

  test("a search finds «ё» by «е», and Esc gives everything back", async () => {
    const { user } = show({ conversations });
    await user.type(screen.getByRole("searchbox"), "елк");
    expect(rows()).toHaveLength(1);
    await user.keyboard("{Escape}");
    expect(screen.getByRole("searchbox")).toHaveValue("");
    expect(rows()).toHaveLength(2);
  });

  test("the filters show the unread, the groups, and all", async () => {
    const { user } = show({ conversations });
    await user.click(screen.getByRole("radio", { name: "Группы" }));
    expect(rows()).toHaveLength(1);
    expect(row("7Б")).toBeInTheDocument();
    await user.click(screen.getByRole("radio", { name: "Непрочитанные" }));
    expect(rows()).toHaveLength(1);
    expect(row("Алёна")).toBeInTheDocument();
    await user.click(screen.getByRole("radio", { name: "Все" }));
    expect(rows()).toHaveLength(2);
  });

  test("among the unread the one that is being read stays, until another one is opened", async () => {
    const unread = [pyotr, vera].map((participant, index) =>
      makeConversation({ id: index + 1, participant, unread_count: 2 }),
    );
    const { client, user } = show({ conversations: unread });
    const read = (id: number) =>
      act(() =>
        client.store.setState(({ conversations }) => ({
          conversations: { ...conversations, [id]: { ...conversations[id]!, unread_count: 0 } },
        })),
      );
    await user.click(screen.getByRole("radio", { name: "Непрочитанные" }));
    await user.click(row("Пётр Орлов"));
    read(1);
    expect(rows()).toHaveLength(2);
    act(() => client.store.setState({ activeId: null })); // Esc: the focus goes back to its line
    expect(row("Пётр Орлов")).toBeInTheDocument();
    await user.click(row("Вера Белова"));
    expect(screen.queryByRole("button", { name: /Пётр Орлов/ })).toBeNull();
    read(2);
    expect(row("Вера Белова")).toBeInTheDocument();
    await user.click(screen.getByRole("radio", { name: "Все" }));
    expect(rows()).toHaveLength(2);
    await user.click(screen.getByRole("radio", { name: "Непрочитанные" }));
    expect(screen.queryByRole("button", { name: /Вера Белова/ })).toBeNull();
  });

  test("nothing found says what was looked for", async () => {
    const found = { nextPage: null, isLoading: false, error: null, found: new Set<number>() };
    const { user } = show({ conversations, state: { lists: { "all\nщукин": found } } });
    await user.type(screen.getByRole("searchbox"), "Щукин");
    expect(screen.getByText("Ничего не найдено: «Щукин»")).toBeInTheDocument();
  });
});

describe("the archive", () => {
  const conversations = [
    makeConversation({ id: 1, participant: pyotr, updated_at: minutesBefore(50) }),
    makeConversation({
      id: 2,
      is_group: true,
      name: "6Б Математика",
      is_archived: true,
      updated_at: minutesBefore(1),
    }),
  ];

  test("is closed at the end, and opens", async () => {
    const { user } = show({ conversations });
    expect(screen.queryByRole("button", { name: /6Б/ })).toBeNull();
    const archive = screen.getByRole("button", { name: "Архив (1)" });
    expect(archive).toHaveAttribute("aria-expanded", "false");
    await user.click(archive);
    expect(rows().map((one) => one.textContent)).toEqual([
      expect.stringContaining("Пётр"),
      expect.stringContaining("Архив"),
      expect.stringContaining("6Б"),
    ]);
  });

  test("is searched too", async () => {
    const { user } = show({ conversations });
    await user.type(screen.getByRole("searchbox"), "6б");
    expect(row("6Б")).toBeInTheDocument();
  });
});

describe("while there is nothing", () => {
  const list = (part: object) => ({
    state: {
      lists: { "all\n": { nextPage: 1, isLoading: false, error: null, found: new Set<number>(), ...part } },
    },
  });

  test("it shows that it loads", () => {
    show(list({ isLoading: true }));
    expect(screen.getByRole("status", { name: "Чаты загружаются…" })).toBeInTheDocument();
  });

  test("it says why it could not load, and tries again on a click", async () => {
    const { client, user } = show(list({ error: new Error("broken") }));
    expect(screen.getByRole("alert")).toHaveTextContent("Не удалось загрузить чаты");
    await user.click(screen.getByRole("button", { name: "Повторить" }));
    expect(client.callsOf("lists.loadMore")).toEqual([["all\n"]]);
  });

  test("it says how to begin", () => {
    show({});
    expect(screen.getByText("Чатов пока нет")).toBeInTheDocument();
  });
});

test("of two thousand conversations only what is in sight is drawn, and the end asks for more", () => {
  const conversations = Array.from({ length: 2000 }, (_, index) =>
    makeConversation({
      id: index + 1,
      participant: makeUser({ id: 5000 + index }),
      updated_at: minutesBefore(index),
    }),
  );
  const { client } = show({ conversations });
  expect(rows().length).toBeLessThan(40);
  expect(rows()[0]).toHaveAttribute("aria-setsize", "2000");
  expect(client.callsOf("lists.loadMore")).toEqual([]);
});

test("a message that comes moves its conversation up and is shown", () => {
  const first = makeConversation({ id: 1, participant: pyotr, updated_at: minutesBefore(1) });
  const second = makeConversation({
    id: 2,
    participant: vera,
    updated_at: minutesBefore(9),
    last_message: null,
  });
  const { client } = show({ conversations: [first, second] });
  expect(rows()[1]).toHaveTextContent("Сообщений пока нет");
  const changed = {
    ...second,
    updated_at: NOW,
    last_message: said({ text: "Новое!", timestamp: NOW }),
    unread_count: 1,
  };
  act(() => client.store.setState({ conversations: { 1: first, 2: changed } }));
  expect(rows()[0]).toHaveTextContent("Новое!");
  expect(rows()[0]).toHaveTextContent("Вера");
});
