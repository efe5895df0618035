import { act, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { toast } from "react-hot-toast/headless";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Notice } from "../../context/client";
import { EMPTY_STATE } from "../../store/state";
import {
  createFakeClient,
  type FakeClient,
  makeConversation,
  makeEntry,
  makeFile,
  makeMe,
  makeMessage,
  makeUser,
  TestProvider,
} from "../../testing";
import { ChatNotifications } from "./ChatNotifications";
import { TOAST_MS, TOASTER } from "./Toaster";

const play = vi.fn(async () => undefined);
const pyotr = makeUser({ id: 11, first_name: "Пётр", last_name: "Орлов" });

beforeEach(() => {
  play.mockClear();
  vi.stubGlobal(
    "Audio",
    class {
      currentTime = 0;
      play = play;
    },
  );
});
afterEach(() => act(() => toast.removeAll(TOASTER)));

const notice = (
  part: Partial<Extract<Notice, { kind: "message" }>> = {},
  text = "Спасибо за объяснение!",
): Notice => ({
  kind: "message",
  key: "message-1",
  conversationId: 3,
  title: pyotr.name,
  isMention: false,
  isLoud: true,
  message: makeMessage({ sender: pyotr, text }),
  ...part,
});

function show({ sound = true, onReply }: { sound?: boolean; onReply?: (id: number) => void } = {}) {
  const me = makeMe();
  const client = createFakeClient({ me: { ...me, settings: { ...me.settings, sound } } });
  const { unmount } = render(
    <TestProvider client={client}>
      <ChatNotifications onReply={onReply} />
    </TestProvider>,
  );
  return { tell: (one: Notice) => act(() => client.notify(one)), client, unmount };
}

test("a toast has who wrote it, with initials, and what", () => {
  const { tell } = show();
  tell(notice());
  const shown = screen.getByRole("article");
  expect(shown).toHaveTextContent("ПО");
  expect(shown).toHaveTextContent("Пётр Орлов");
  expect(shown).toHaveTextContent("Спасибо за объяснение!");
  expect(screen.getByRole("button", { name: "Ответить" })).toBeInTheDocument();
});

test("the text is cut to 100 characters, without its markdown", () => {
  const { tell } = show();
  tell(notice({}, `**Важно** ${"а".repeat(200)}`));
  expect(screen.getByText(`Важно ${"а".repeat(94)}…`)).toBeInTheDocument();
});

test("of a group it says which; a mention is named", () => {
  const { tell } = show();
  tell(notice({ title: "Пётр Орлов · 7Б Математика", isMention: true }));
  expect(screen.getByRole("article")).toHaveTextContent("Пётр Орлов · 7Б Математика");
  expect(screen.getByText("Вас упомянули")).toBeInTheDocument();
});

test("of a file without words it says the name", () => {
  const { tell } = show();
  const file = makeFile({ file_name: "задание.pdf", mime_type: "application/pdf" });
  tell(notice({ message: makeMessage({ sender: pyotr, file }) }));
  expect(screen.getByRole("article")).toHaveTextContent("задание.pdf");
});

test("«Ответить» leads to the conversation, and the toast goes", async () => {
  const onReply = vi.fn();
  const { tell } = show({ onReply });
  tell(notice());
  await userEvent.click(screen.getByRole("button", { name: "Ответить" }));
  expect(onReply).toHaveBeenCalledWith(3);
  await waitFor(() => expect(screen.queryByRole("article")).toBeNull());
});

test("it goes by itself after five seconds, and not before", () => {
  vi.useFakeTimers();
  try {
    const { tell } = show();
    tell(notice());
    act(() => vi.advanceTimersByTime(TOAST_MS - 100));
    expect(screen.getByRole("article").parentElement).toHaveAttribute("data-visible", "true");
    act(() => vi.advanceTimersByTime(200));
    expect(screen.getByRole("article").parentElement).toHaveAttribute("data-visible", "false");
  } finally {
    vi.useRealTimers();
  }
  expect(TOAST_MS).toBe(5000);
});

test("the next message of a conversation takes the place of the last one", () => {
  const { tell } = show();
  tell(notice({}, "Первое"));
  tell(notice({}, "Второе"));
  expect(screen.getAllByRole("article")).toHaveLength(1);
  expect(screen.getByText("Второе")).toBeInTheDocument();
});

test("it goes when its conversation is opened in any other way", async () => {
  const { tell, client } = show();
  tell(notice());
  act(() => client.store.setState({ activeId: 4 }));
  expect(screen.getByRole("article").parentElement).toHaveAttribute("data-visible", "true");
  act(() => client.store.setState({ activeId: 3 }));
  expect(screen.getByRole("article").parentElement).toHaveAttribute("data-visible", "false");
});

test("whoever comes next on this page sees nothing of it", () => {
  const { tell, unmount } = show();
  tell(notice());
  unmount();
  show();
  expect(screen.queryByRole("article")).toBeNull();
});

test("somebody else sees nothing of what was told to the person before", () => {
  const { tell, client } = show();
  tell(notice());
  act(() => client.store.setState({ ...EMPTY_STATE, me: makeMe({ ...pyotr }) }, true));
  expect(screen.queryByRole("article")).toBeNull();
});

test("what came during an absence is one toast", () => {
  const { tell } = show();
  tell({ kind: "summary", key: "s", messages: 41, conversations: 5, lastConversationId: 9, isLoud: false });
  expect(screen.getByRole("article")).toHaveTextContent("41 новое сообщение");
  expect(screen.getByRole("article")).toHaveTextContent("в 5 чатах");
});

test("it rings where the sound is wanted and this tab is the one to ring", async () => {
  const { tell } = show();
  tell(notice());
  await waitFor(() => expect(play).toHaveBeenCalledTimes(1));
  tell(notice({ isLoud: false }));
  await new Promise((resolve) => setTimeout(resolve));
  expect(play).toHaveBeenCalledTimes(1);
});

test("it is silent where the sound is switched off", async () => {
  const { tell } = show({ sound: false });
  tell(notice());
  await new Promise((resolve) => setTimeout(resolve));
  expect(play).not.toHaveBeenCalled();
});

test("a browser that refuses to play before the first click is no error", async () => {
  play.mockRejectedValueOnce(new DOMException("no gesture yet", "NotAllowedError"));
  const { ding } = await import("./ding");
  expect(await ding()).toBe(false);
});

test("the toasts are announced", () => {
  show();
  expect(screen.getByRole("region", { name: "Уведомления" })).toHaveAttribute("aria-live", "polite");
});

describe("a message that does not go out", () => {
  const failed = makeEntry({ conversationId: 3, status: "failed", error: { code: "blocked", detail: "" } });
  const fail = (client: FakeClient, entry = failed) =>
    act(() => {
      client.store.setState({ outbox: { 3: [{ ...entry, status: "waiting", error: null }] } });
      client.store.setState({ outbox: { 3: [entry] } });
    });

  test("is told with its reason to whoever has left the chat, and leads there", async () => {
    const onReply = vi.fn();
    const { client } = show({ onReply });
    client.store.setState({ conversations: { 3: makeConversation({ id: 3, name: "Пётр Орлов" }) } });
    fail(client);
    const told = screen.getByRole("article");
    expect(told).toHaveTextContent("Пётр Орлов");
    expect(told).toHaveTextContent("Не отправлено. Вам временно нельзя писать в этот чат.");
    await userEvent.click(screen.getByRole("button", { name: "Открыть" }));
    expect(onReply).toHaveBeenCalledWith(3);
  });

  test("is not told where its chat is open, nor when it was left so by an earlier visit", () => {
    const { client } = show();
    act(() => client.store.setState({ outbox: { 3: [failed] } }));
    act(() => client.store.setState({ activeId: 3 }));
    fail(client);
    expect(screen.queryByRole("article")).toBeNull();
  });
});
