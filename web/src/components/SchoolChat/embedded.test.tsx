/** The chat inside the school's own page: who is told when the session is over, and one client for all of its parts. */
import { act, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { type ReactNode, StrictMode, useState } from "react";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ChatProvider } from "../../context/ChatContext";
import { useUnreadCount } from "../../hooks";
import { createFakeClient, makeConversation, makeMe, makeMessage, STUDENT } from "../../testing";
import { startBridge, type TestBridge, tokenOf } from "../../testing/bridge";
import { FakeSocket } from "../../testing/fakeSocket";
import { ThemeRoot } from "../../ui";
import { ChatNotifications } from "../ChatNotifications/ChatNotifications";
import { SchoolChat } from "./SchoolChat";

vi.mock("../ChatWindow/ChatWindow", () => ({
  ChatWindow: ({ conversationId }: { conversationId: number }) => <p>window {conversationId}</p>,
}));

let bridge: TestBridge;
beforeEach(() => {
  bridge = startBridge({ conversations: [makeConversation({ id: 1, rev: 10, unread_count: 3 })] });
});
afterEach(() => {
  vi.unstubAllGlobals();
});

async function connected(): Promise<void> {
  await waitFor(() => expect(FakeSocket.all.at(-1)?.readyState).toBe(FakeSocket.CONNECTING));
  act(() => FakeSocket.last.open());
}

const row = () => screen.findByRole("button", { name: new RegExp(STUDENT.name) });
const words = () => screen.findByText("Сеанс закончился.");
const retry = () => screen.getByRole("button", { name: "Повторить" });

describe("a session that is over", () => {
  test("is told in words and to the school's app; «Повторить» asks for a token again, and the chat goes on", async () => {
    let token: string | null = bridge.token;
    const getToken = vi.fn(() => token);
    const onSignedOut = vi.fn();
    render(<SchoolChat apiBase={bridge.address} getToken={getToken} onSignedOut={onSignedOut} />);
    expect(await row()).toBeInTheDocument();
    await connected();
    token = null;
    bridge.token = null;
    act(() => FakeSocket.last.drop(4401));
    expect(await words()).toBeInTheDocument();
    expect(onSignedOut).toHaveBeenCalledOnce();
    const asked = getToken.mock.calls.length;
    token = tokenOf(bridge.me.id, 2);
    bridge.token = token;
    await userEvent.click(retry());
    await connected();
    await waitFor(() => expect(screen.queryByText("Сеанс закончился.")).toBeNull());
    expect(getToken.mock.calls.slice(asked)).toEqual([[true]]);
    expect(await row()).toBeInTheDocument();
    expect(onSignedOut).toHaveBeenCalledOnce();
  });

  test("that never was one is told as well, whichever way the school's app says so", async () => {
    for (const nobody of [null, undefined, ""]) {
      const onSignedOut = vi.fn();
      const view = render(
        <SchoolChat apiBase={bridge.address} getToken={async () => nobody} onSignedOut={onSignedOut} />,
      );
      expect(await words()).toBeInTheDocument();
      expect(onSignedOut).toHaveBeenCalledOnce();
      expect(bridge.requests).toEqual([]);
      view.unmount();
    }
  });

  test("is over still when the next token is refused, too", async () => {
    const onSignedOut = vi.fn();
    render(<SchoolChat apiBase={bridge.address} getToken={() => "worthless"} onSignedOut={onSignedOut} />);
    await words();
    await userEvent.click(retry());
    await waitFor(() => expect(onSignedOut).toHaveBeenCalledTimes(2));
    expect(await words()).toBeInTheDocument();
  });

  test("and followed by somebody else's leaves nothing of the first person's", async () => {
    let token: string | null = bridge.token;
    render(<SchoolChat apiBase={bridge.address} getToken={() => token} />);
    await row();
    await connected();
    bridge.token = null;
    token = null;
    act(() => FakeSocket.last.drop(4401));
    await words();
    bridge.me = makeMe({ id: 77, name: "Олег Волков" });
    bridge.conversations = [makeConversation({ id: 5, is_group: true, name: "8А Физика", rev: 3 })];
    token = tokenOf(77);
    bridge.token = token;
    await userEvent.click(retry());
    expect(await screen.findByRole("button", { name: /8А Физика/ })).toBeInTheDocument();
    expect(screen.queryByText(STUDENT.name)).toBeNull();
  });

  test("by signing out in another window empties the list, and the next session fills it again", async () => {
    const client = createFakeClient({ conversations: bridge.conversations });
    render(<SchoolChat client={client} />);
    const before = client.callsOf("lists.load").length;
    act(() => {
      client.store.setState({ ...client.store.getInitialState(), conversations: {}, lists: {} }, true);
      client.endSession();
    });
    await waitFor(() => expect(client.callsOf("lists.load").length).toBeGreaterThan(before));
  });
});

function Bar() {
  return <nav aria-label="Школа">Сообщения: {useUnreadCount()}</nav>;
}

/** The school's app: its bar on every page, the chat on one of them. */
function School({ chat, children }: { chat?: ReactNode; children?: ReactNode }) {
  const [isChat, setIsChat] = useState(true);
  return (
    <ChatProvider apiBase={bridge.address} getToken={() => bridge.token} locale="en" theme="dark">
      <Bar />
      <button type="button" onClick={() => setIsChat(!isChat)}>
        Другая страница
      </button>
      {isChat && chat}
      {children}
    </ChatProvider>
  );
}

const bar = () => screen.getByRole("navigation", { name: "Школа" });

describe("a provider of the school's own", () => {
  test("counts for its navigation bar, with one client for the bar and the chat", async () => {
    render(<School chat={<SchoolChat />} />, { wrapper: StrictMode });
    await row();
    await connected();
    await waitFor(() => expect(bar()).toHaveTextContent("Сообщения: 3"));
    expect(FakeSocket.all.filter((one) => one.readyState === FakeSocket.OPEN)).toHaveLength(1);
    expect(bridge.requests.filter((one) => one.includes("ws-ticket"))).toHaveLength(1);
    const message = makeMessage({ id: 91, rev: 200 });
    act(() =>
      FakeSocket.last.receive({
        type: "message.new",
        conversation_id: 1,
        rev: 200,
        message,
        unread_count: 4,
      }),
    );
    expect(bar()).toHaveTextContent("Сообщения: 4");
  });

  test("counts where the chat itself is not on the page", async () => {
    render(<School />);
    await waitFor(() => expect(bar()).toHaveTextContent("Сообщения: 3"));
  });

  test("gives its language and colours to the chat, which may have its own", async () => {
    const view = render(<School chat={<SchoolChat />} />);
    await row();
    const root = () => view.container.querySelector(".sc-root");
    expect(root()).toHaveAttribute("data-sc-theme", "dark");
    expect(root()).toHaveAttribute("lang", "en");
    view.rerender(<School chat={<SchoolChat theme="light" />} />);
    expect(root()).toHaveAttribute("data-sc-theme", "light");
    expect(root()).toHaveAttribute("lang", "en");
  });

  test("goes on while the chat is not on the page, and no conversation counts as open then", async () => {
    const client = createFakeClient({ conversations: bridge.conversations });
    const view = render(
      <ChatProvider client={client}>
        <SchoolChat openId={1} />
      </ChatProvider>,
    );
    expect(client.store.getState().activeId).toBe(1);
    view.rerender(
      <ChatProvider client={client}>
        <Bar />
      </ChatProvider>,
    );
    expect(client.store.getState().activeId).toBeNull();
    expect(client.callsOf("stop")).toEqual([]);
  });

  test("tells the chat's own listener, too, when the session is over", () => {
    const client = createFakeClient();
    const told: string[] = [];
    render(
      <ChatProvider client={client} onSignedOut={() => told.push("provider")}>
        <SchoolChat onSignedOut={() => told.push("chat")} />
      </ChatProvider>,
    );
    act(() => client.endSession());
    expect(told.sort()).toEqual(["chat", "provider"]);
  });

  test("has its notices told on the pages without the chat, if the school wants them there", async () => {
    const client = createFakeClient({ conversations: bridge.conversations });
    const onReply = vi.fn();
    render(
      <ChatProvider client={client}>
        <ThemeRoot>
          <ChatNotifications onReply={onReply} />
        </ThemeRoot>
      </ChatProvider>,
    );
    const message = makeMessage({ id: 91, text: "Можно пересдать?" });
    const notice = { kind: "message", key: "1", conversationId: 1, title: STUDENT.name, message } as const;
    act(() => client.notify({ ...notice, isMention: false }));
    expect(await screen.findByText("Можно пересдать?")).toBeInTheDocument();
    await userEvent.click(screen.getByRole("button", { name: "Ответить" }));
    expect(onReply).toHaveBeenCalledExactlyOnceWith(1);
  });

  test("is what a chat without a token of its own needs", () => {
    const reported = vi.spyOn(console, "error").mockImplementation(() => {});
    render(<SchoolChat apiBase={bridge.address} />);
    expect(screen.getByRole("alert")).toHaveTextContent("This needs `getToken`");
    expect(reported).toHaveBeenCalled();
  });
});
