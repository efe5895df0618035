import { act, createEvent, fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { createFakeClient, makeConversation, makeMe, minutesBefore } from "../../testing";
import { somePeople } from "../../testing/people";
import { SchoolChat, type SchoolChatProps } from "./SchoolChat";

vi.mock("../ChatWindow/ChatWindow", () => ({
  ChatWindow: ({ conversationId, onBack }: { conversationId: number; onBack?: () => void }) => (
    <div>
      <p>window {conversationId}</p>
      {onBack && (
        <button type="button" onClick={onBack}>
          Назад
        </button>
      )}
      <div data-sc-composer="">
        <textarea aria-label="Сообщение" />
      </div>
    </div>
  ),
}));

const CONVERSATIONS = somePeople(4).map((participant, index) =>
  makeConversation({
    id: index + 1,
    participant,
    updated_at: minutesBefore(index),
    unread_count: index === 2 ? 4 : 0,
  }),
);

let width = 1000;
beforeEach(() => {
  width = 1000;
  vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockImplementation(() => width);
});

function show(props: Partial<SchoolChatProps> = {}, me = makeMe()) {
  const client = createFakeClient({ me, conversations: CONVERSATIONS, contacts: somePeople() });
  const view = render(<SchoolChat client={client} {...props} />);
  const again = (next: Partial<SchoolChatProps>) => view.rerender(<SchoolChat client={client} {...next} />);
  return { client, user: userEvent.setup(), again };
}

const row = (name: RegExp) => screen.getByRole("button", { name });
const composer = () => screen.getByRole("textbox", { name: "Сообщение" });

describe("moving about", () => {
  test("with nothing open it says what to do", () => {
    show();
    expect(screen.getByText("Выберите чат")).toBeInTheDocument();
  });

  test("a conversation is opened with the cursor in its composer", async () => {
    const { user } = show();
    await user.click(row(/Олег Волков/));
    await waitFor(() => expect(composer()).toHaveFocus());
  });

  test("on a touch screen the keyboard does not jump up: the focus is on the conversation", async () => {
    const coarse = (query: string) => ({
      matches: query.includes("coarse"),
      addEventListener() {},
      removeEventListener() {},
    });
    vi.stubGlobal("matchMedia", coarse);
    const { user } = show();
    await user.click(row(/Олег Волков/));
    await waitFor(() => expect(document.querySelector("[data-sc-window]")).toHaveFocus());
  });

  test("Esc goes from the conversation back to its line in the list", async () => {
    const { user } = show();
    await user.click(row(/Олег Волков/));
    expect(screen.getByText("window 2")).toBeInTheDocument();
    await user.click(composer());
    await user.keyboard("{Escape}");
    expect(screen.getByText("Выберите чат")).toBeInTheDocument();
    await waitFor(() => expect(row(/Олег Волков/)).toHaveFocus());
  });

  test("the browser's «back» leads to the line of what was open, from wherever the focus was in it", async () => {
    const { again } = show({ openId: 3 });
    act(() => composer().focus());
    again({ openId: null });
    await waitFor(() => expect(row(/Ольга Соколова/)).toHaveFocus());
    again({ openId: 2 });
    act(() => (document.activeElement as HTMLElement).blur());
    again({ openId: null });
    await waitFor(() => expect(row(/Олег Волков/)).toHaveFocus());
  });

  test("a focus that is outside of the chat stays there when the school's page closes a conversation", async () => {
    const { again } = show({ openId: 2 });
    const field = document.body.appendChild(document.createElement("input"));
    act(() => field.focus());
    again({ openId: null });
    await act(async () => void (await new Promise(requestAnimationFrame)));
    expect(field).toHaveFocus();
    field.remove();
  });

  test("where a search has left no line, the way back leads to the search", async () => {
    const { user } = show();
    await user.click(row(/Олег Волков/));
    await user.type(screen.getByRole("searchbox"), "Щукин");
    await waitFor(() => expect(screen.queryByRole("button", { name: /Олег Волков/ })).toBeNull());
    await user.click(composer());
    await user.keyboard("{Escape}");
    await waitFor(() => expect(screen.getByRole("searchbox")).toHaveFocus());
  });

  test("«Повторить» of the banner leaves the cursor where one was writing", async () => {
    const { client, user } = show();
    await user.click(row(/Олег Волков/));
    await waitFor(() => expect(composer()).toHaveFocus());
    act(() => client.store.setState({ connection: { state: "offline", retryAt: null } }));
    await user.click(screen.getByRole("button", { name: "Повторить" }));
    act(() => client.store.setState({ connection: { state: "connecting", retryAt: null } }));
    await waitFor(() => expect(composer()).toHaveFocus());
  });

  test("an Esc that somebody has dealt with stays where it is", async () => {
    const { user } = show();
    await user.click(row(/Олег Волков/));
    composer().addEventListener("keydown", (event) => event.preventDefault());
    await user.click(composer());
    await user.keyboard("{Escape}");
    expect(screen.getByText("window 2")).toBeInTheDocument();
  });

  test("Alt+Shift+↓ opens the next unread conversation with the cursor in its composer", async () => {
    const { user } = show();
    await user.keyboard("{Alt>}{Shift>}[ArrowDown]{/Shift}{/Alt}");
    expect(screen.getByText("window 3")).toBeInTheDocument();
    await waitFor(() => expect(composer()).toHaveFocus());
  });

  test("where it is wide, there is no way back to a list that is in sight", async () => {
    const { user } = show();
    await user.click(row(/Олег Волков/));
    expect(screen.queryByRole("button", { name: "Назад" })).toBeNull();
  });

  test("where it is narrow, the conversation is alone and has a way back", async () => {
    width = 360;
    const { user } = show();
    expect(screen.queryByText("Выберите чат")).toBeNull();
    await user.click(row(/Олег Волков/));
    await user.click(screen.getByRole("button", { name: "Назад" }));
    expect(screen.queryByText("window 2")).toBeNull();
  });
});

describe("the keys", () => {
  test("Ctrl+K finds, on a Russian keyboard too", async () => {
    const { user } = show();
    await user.keyboard("{Control>}[KeyK]{/Control}");
    expect(await screen.findByRole("combobox")).toHaveFocus();
  });

  test("Ctrl+/ explains the keys; Esc closes that and not the conversation", async () => {
    const { user } = show();
    await user.click(row(/Олег Волков/));
    await user.keyboard("{Control>}[Slash]{/Control}");
    expect(await screen.findByRole("dialog", { name: "Горячие клавиши" })).toBeInTheDocument();
    await user.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(screen.getByText("window 2")).toBeInTheDocument();
  });

  test("in a field of the school's page they are not ours", async () => {
    const { user } = show();
    const field = document.body.appendChild(document.createElement("input"));
    field.focus();
    await user.keyboard("{Control>}[KeyK]{/Control}");
    await act(async () => undefined);
    expect(screen.queryByRole("combobox")).toBeNull();
    field.remove();
  });
});

describe("beginning", () => {
  test("a new chat is opened with the cursor in its composer", async () => {
    const { client, user } = show();
    await user.click(screen.getAllByRole("button", { name: "Новый чат" })[0] as HTMLElement);
    await user.click(await screen.findByRole("button", { name: /^.*Вера Белова/ }));
    await waitFor(() => expect(client.callsOf("conversations.createDirect")).toEqual([[105]]));
    await waitFor(() => expect(composer()).toHaveFocus());
  });

  test("a dialog that is closed gives the focus back to what opened it", async () => {
    const { user } = show();
    await user.click(screen.getByRole("button", { name: "Меню" }));
    await user.click(screen.getByRole("menuitem", { name: "Настройки" }));
    expect(await screen.findByRole("dialog", { name: "Настройки" })).toBeInTheDocument();
    await user.keyboard("{Escape}");
    await waitFor(() => expect(screen.getByRole("button", { name: "Меню" })).toHaveFocus());
  });

  test("a student is not offered to create groups", async () => {
    const me = makeMe();
    const { user } = show({}, makeMe({ permissions: { ...me.permissions, can_create_groups: false } }));
    await user.click(screen.getByRole("button", { name: "Меню" }));
    expect(screen.queryByRole("menuitem", { name: "Создать группу" })).toBeNull();
    expect(screen.getByRole("menuitem", { name: "Настройки" })).toBeInTheDocument();
  });
});

test.each([
  ["a file", "Files", true],
  ["a piece of text", "text/plain", false],
])(
  "%s dropped where nobody takes it: that the browser opens it is prevented: %s, %s",
  (_, type, isRefused) => {
    show();
    const dataTransfer = { types: [type], files: [], dropEffect: "copy" };
    for (const drag of [createEvent.dragOver, createEvent.drop]) {
      const event = drag(screen.getByText("Выберите чат"), { dataTransfer });
      fireEvent(screen.getByText("Выберите чат"), event);
      expect(event.defaultPrevented).toBe(isRefused);
    }
  },
);

describe("in the school's app", () => {
  test("its address opens a conversation, and is told which one was opened", async () => {
    const onOpen = vi.fn();
    const { user, again } = show({ openId: 2, onOpen });
    expect(screen.getByText("window 2")).toBeInTheDocument();
    expect(onOpen).not.toHaveBeenCalled();
    await user.click(row(/Анна Петрова/));
    expect(onOpen.mock.calls).toEqual([[1]]);
    again({ openId: null, onOpen });
    expect(screen.getByText("Выберите чат")).toBeInTheDocument();
  });

  test("the count of unread messages is in the page's title, where the page is ours", () => {
    show({ pageTitle: "Сообщения" });
    expect(document.title).toBe("(4) Сообщения");
  });

  test("where the page is ours, all of it is the main landmark, menus too; else that is the school's", async () => {
    const { user, again } = show({ pageTitle: "Сообщения" });
    await user.click(screen.getByRole("button", { name: "Меню" }));
    expect(within(screen.getByRole("main")).getByRole("menu")).toBeInTheDocument();
    again({});
    expect(screen.queryByRole("main")).toBeNull();
  });

  test("the title of the school's page is left alone", () => {
    document.title = "Школа";
    show();
    expect(document.title).toBe("Школа");
  });

  test("everything is inside one element with the language and the theme", () => {
    show({ locale: "en", theme: "dark" });
    const root = document.querySelector(".sc-root");
    expect(root).toHaveAttribute("lang", "en");
    expect(root).toHaveAttribute("data-sc-theme", "dark");
    expect(screen.getByRole("heading", { name: "Messages" })).toBeInTheDocument();
  });
});
