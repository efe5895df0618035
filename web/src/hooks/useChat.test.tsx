import { act, renderHook } from "@testing-library/react";
import { type ReactNode, useContext } from "react";
import { expect, test, vi } from "vitest";
import { ChatContext } from "../context/ChatContext";
import type { Frame } from "../model/frames";
import { listKey } from "../store/state";
import { createFakeClient, type FakeClient, makeConversation, makeMessage, TestProvider } from "../testing";
import { useChat, useUnreadCount, useWebSocket } from "./index";

const PONG: Frame = { type: "pong", conversation_id: null, rev: null };

function within(client: FakeClient) {
  return {
    wrapper: ({ children }: { children: ReactNode }) => (
      <TestProvider client={client}>{children}</TestProvider>
    ),
  };
}

test("useChat: all of one conversation, for a view of one's own", () => {
  const client = createFakeClient({
    conversations: [makeConversation({ id: 1 }), makeConversation({ id: 2, is_group: true, name: "7Б" })],
    messages: { 1: [makeMessage({ id: 90 })], 2: [] },
  });
  const { result, rerender } = renderHook(({ id }) => useChat(id), {
    ...within(client),
    initialProps: { id: 1 },
  });
  expect(client.callsOf("timelines.ensure")).toEqual([[1]]);
  const shown = result.current.timeline.entries.filter((one) => one.kind === "message");
  expect(shown).toMatchObject([{ message: { id: 90 } }]);
  const draft = { text: "Да", mentions: [], replyTo: null, files: [] };
  act(() => void result.current.sending.send(draft));
  expect(client.callsOf("outbox.send")).toEqual([[1, draft]]);
  act(() => result.current.typing.notifyTyping(true));
  expect(client.callsOf("typing.notify")).toEqual([[1, true]]);
  rerender({ id: 2 });
  expect(result.current.conversation?.name).toBe("7Б");
  expect(client.callsOf("typing.notify").at(-1)).toEqual([1, false]);
});

test("useWebSocket: how the socket is, and each frame to the listener of the last drawing, until it goes", () => {
  const client = createFakeClient();
  const [first, second] = [vi.fn(), vi.fn()];
  const { result, rerender, unmount } = renderHook(({ onFrame }) => useWebSocket(onFrame), {
    ...within(client),
    initialProps: { onFrame: first },
  });
  expect(result.current.state).toBe("online");
  client.receive(PONG);
  rerender({ onFrame: second });
  client.receive(PONG);
  unmount();
  client.receive(PONG);
  expect(first).toHaveBeenCalledExactlyOnceWith(PONG);
  expect(second).toHaveBeenCalledExactlyOnceWith(PONG);
});

test("useUnreadCount asks for what is unread by itself, and once more when all was forgotten", () => {
  const client = createFakeClient({ conversations: [makeConversation({ id: 1, unread_count: 2 })] });
  const { result } = renderHook(() => useUnreadCount(), within(client));
  const unread = listKey("unread", "");
  expect(result.current).toBe(2);
  expect(client.callsOf("lists.load")).toEqual([[unread]]);
  act(() => client.store.setState({ conversations: {}, lists: {} }));
  expect(result.current).toBe(0);
  expect(client.callsOf("lists.load")).toEqual([[unread], [unread]]);
});

test("ChatContext is the provider's client, and null where there is none", () => {
  const client = createFakeClient();
  expect(renderHook(() => useContext(ChatContext)).result.current).toBeNull();
  expect(renderHook(() => useContext(ChatContext), within(client)).result.current).toBe(client);
});
