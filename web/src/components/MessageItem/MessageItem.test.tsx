import { act, fireEvent, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeAll, describe, expect, test, vi } from "vitest";
import type { TimelineMessage } from "../../model/types";
import { makeFile, makeMessage, STUDENT, TEACHER, TestProvider } from "../../testing";
import { ThemeRoot } from "../../ui";
import { loadMarkdown } from "../Markdown/Markdown";
import { MessageItem, type MessageItemProps } from "./MessageItem";

beforeAll(loadMarkdown);

const PEOPLE = new Map([[TEACHER.id, TEACHER.name]]);

function show(message: TimelineMessage, props: Partial<MessageItemProps> = {}) {
  const actions = { run: vi.fn(), retry: vi.fn(), discard: vi.fn(), jumpTo: vi.fn(), openImage: vi.fn() };
  const view = (shown: TimelineMessage) => (
    <TestProvider>
      <ThemeRoot>
        <MessageItem
          message={shown}
          isMine={shown.sender?.id === STUDENT.id}
          isFirstOfGroup
          isLastOfGroup
          isGroup={false}
          readerId={STUDENT.id}
          people={PEOPLE}
          actions={actions}
          findActions={() => ["reply", "copy", "remove"]}
          {...props}
        />
      </ThemeRoot>
    </TestProvider>
  );
  const { rerender } = render(view(message));
  const again = (changed: TimelineMessage) => rerender(view(changed));
  return { ...actions, again, item: screen.getByRole("article"), user: userEvent.setup() };
}

const theirs = (part: Partial<TimelineMessage> = {}): TimelineMessage => ({
  ...makeMessage({ sender: TEACHER }),
  ...part,
});
const mine = (part: Partial<TimelineMessage> = {}) => theirs({ sender: STUDENT, ...part });

describe("each message", () => {
  test("has its time", () => {
    const { item } = show(theirs({ created_at: "2025-11-14T10:30:00Z" }));
    expect(item.querySelector("time")).toHaveTextContent("13:30");
  });

  test("says that it was edited", () => {
    expect(show(theirs({ edited_at: "2025-11-14T10:31:00Z" })).item).toHaveTextContent("изменено");
  });

  test("that was deleted keeps its place and none of its words", () => {
    const { item } = show(theirs({ is_deleted: true, text: "тайна", file: makeFile() }));
    expect(item).toHaveTextContent("Сообщение удалено");
    expect(item).not.toHaveTextContent("тайна");
    expect(within(item).queryByRole("img")).toBeNull();
  });

  test("that is nobody's stands in the middle as a sentence", () => {
    const { item } = show(theirs({ message_type: "SYSTEM", sender: null, text: "Преподаватель начал урок" }));
    expect(item).toHaveTextContent("Преподаватель начал урок");
    expect(item.querySelector("[data-bubble]")).toBeNull();
  });

  test("of a few emoji is larger and has no bubble around it", () => {
    const large = show(theirs({ text: "🎉👍" })).item.querySelector("[data-bubble]");
    expect(large?.className).toContain("bare");
  });

  test("highlights whom it mentions", () => {
    const { item } = show(mine({ text: "@Анна Петрова, спасибо", mentions: [TEACHER.id] }));
    expect(item.querySelector("mark")).toHaveTextContent("@Анна Петрова");
  });

  test("that came from elsewhere says from whom", () => {
    const { item } = show(theirs({ forwarded_from: { conversation_id: 3, sender_name: "Олег Волков" } }));
    expect(item).toHaveTextContent("Переслано от: Олег Волков");
  });

  test("is read out with sender, words, time and state", () => {
    const { item } = show(mine({ text: "Готово", created_at: "2025-11-14T10:30:00Z", status: "read" }));
    expect(item).toHaveAccessibleName("Вы, Готово, 13:30, Прочитано");
  });
});

describe("the state of my message", () => {
  test.each([
    ["pending", "Отправляется"],
    ["sent", "Отправлено"],
    ["read", "Прочитано"],
    ["failed", "Не отправлено"],
  ] as const)("%s: «%s»", (status, word) => {
    show(mine({ status }));
    expect(screen.getByRole("img", { name: word })).toHaveAttribute("data-status", status);
  });

  test("is nobody else's business: another's message has none", () => {
    const { item } = show(theirs({ status: "read" }));
    expect(item.querySelector("[data-status]")).toBeNull();
  });

  test("failed: says why, and can be sent again or deleted", async () => {
    const message = mine({ status: "failed", error: "network", localId: "c1" });
    const { retry, discard, user } = show(message);
    expect(screen.getByText("Не отправлено. Нет связи с сервером.")).toBeInTheDocument();
    expect(screen.queryByRole("alert")).toBeNull(); // it would be read out at each scroll into sight
    await user.click(screen.getByRole("button", { name: "Повторить" }));
    await user.click(screen.getByRole("button", { name: "Удалить" }));
    expect(retry).toHaveBeenCalledWith(message);
    expect(discard).toHaveBeenCalledWith(message);
  });
});

describe("in a group", () => {
  test("each message of another has the sender's name above it and, at the end of a row, the face", () => {
    const { item } = show(theirs(), { isGroup: true, isFirstOfGroup: false });
    expect(item).toHaveTextContent(/^АПАнна Петрова/);
  });

  test("mine has neither", () => {
    const { item } = show(mine(), { isGroup: true });
    expect(item).not.toHaveTextContent(STUDENT.name);
  });
});

describe("files", () => {
  test("a picture keeps its room free before it is loaded, and opens on a click", async () => {
    const message = theirs({ message_type: "IMAGE", text: "", file: makeFile({ width: 800, height: 600 }) });
    const { openImage, user } = show(message);
    const image = screen.getByRole("img", { name: "screenshot.jpg" });
    expect(image).toHaveAttribute("loading", "lazy");
    expect(image).toHaveAttribute("src", message.file?.thumbnail_url);
    expect([image.getAttribute("width"), image.getAttribute("height")]).toEqual(["320", "240"]);
    await user.click(screen.getByRole("button", { name: "Открыть изображение «screenshot.jpg»" }));
    expect(openImage).toHaveBeenCalledWith(message);
  });

  describe("a picture that could not be loaded", () => {
    const picture = (file = makeFile()) => theirs({ message_type: "IMAGE", text: "", file });
    const fail = () => fireEvent.error(screen.getByRole("img", { name: "screenshot.jpg" }));

    test("says so, and is loaded again on a click", async () => {
      const { openImage, user } = show(picture());
      fail();
      expect(screen.queryByRole("img", { name: "screenshot.jpg" })).toBeNull();
      await user.click(screen.getByRole("button", { name: /Изображение недоступно.*Загрузить ещё раз/ }));
      expect(screen.getByRole("img", { name: "screenshot.jpg" })).toBeInTheDocument();
      expect(openImage).not.toHaveBeenCalled();
    });

    test("is loaded again when the network is back", () => {
      show(picture());
      fail();
      fireEvent.online(window);
      expect(screen.getByRole("img", { name: "screenshot.jpg" })).toBeInTheDocument();
      fail();
      expect(screen.getByText("Изображение недоступно")).toBeInTheDocument();
    });

    test("is loaded from another address when it gets one", () => {
      const { again } = show(picture());
      fail();
      again(picture(makeFile({ thumbnail_url: "/fresh.jpg" })));
      expect(screen.getByRole("img", { name: "screenshot.jpg" })).toHaveAttribute("src", "/fresh.jpg");
    });
  });

  test("a document has icon, name, size and a button that downloads it", () => {
    const file = makeFile({ file_name: "работа.pdf", file_size: 1024 * 1536, mime_type: "application/pdf" });
    const { item } = show(theirs({ message_type: "FILE", text: "", file }));
    expect(item.querySelector('[data-kind="pdf"]')).not.toBeNull();
    expect(screen.getByText("1,5 МБ")).toBeInTheDocument();
    const link = screen.getByRole("link", { name: "Скачать «работа.pdf»" });
    expect(link).toHaveAttribute("href", file.file_url);
    expect(link).toHaveAttribute("download", "работа.pdf");
  });

  test("a voice message is played by the browser, and not loaded before", () => {
    const file = makeFile({ mime_type: "audio/ogg", duration_ms: 65_000 });
    const audio = show(theirs({ message_type: "VOICE", text: "", file })).item.querySelector("audio");
    expect(audio).toHaveAttribute("preload", "none");
    expect(audio).toHaveAccessibleName("Голосовое сообщение 1:05");
  });

  test("on its way it shows how far it is, and can be stopped", async () => {
    const message = mine({
      message_type: "IMAGE",
      text: "",
      file: makeFile(),
      status: "pending",
      localId: "c1",
      uploadProgress: 0.4,
    });
    const { discard, user } = show(message);
    expect(screen.getByRole("progressbar")).toHaveAttribute("aria-valuenow", "40");
    await user.click(screen.getByRole("button", { name: "Отменить отправку файла «screenshot.jpg»" }));
    expect(discard).toHaveBeenCalledWith(message);
  });
});

test("a reply shows what it answers, and leads there", async () => {
  const { jumpTo, user } = show(theirs({ reply_to: { id: 7, sender_name: "Иван Иванов", text: "Когда?" } }));
  await user.click(screen.getByRole("button", { name: /Иван Иванов.*Когда\?/ }));
  expect(jumpTo).toHaveBeenCalledWith(7);
});

describe("what can be done with it", () => {
  const open = () => screen.findByRole("menu");

  test("shows on hover and is gone afterwards", async () => {
    const { item, user } = show(theirs());
    expect(screen.queryByRole("button", { name: "Ответить" })).toBeNull();
    await user.hover(item);
    expect(screen.getByRole("button", { name: "Ответить" })).toBeInTheDocument();
    await user.unhover(item);
    expect(screen.queryByRole("button", { name: "Ответить" })).toBeNull();
  });

  test("opens with Enter, with the menu key and with the right button", async () => {
    const { item, user, run } = show(theirs(), { isCurrent: true });
    act(() => item.focus());
    await user.keyboard("{Enter}");
    expect(
      within(await open())
        .getAllByRole("menuitem")
        .map((one) => one.textContent),
    ).toEqual(["Ответить", "Копировать текст", "Удалить"]);
    await user.keyboard("{Escape}");
    fireEvent.keyDown(item, { key: "F10", shiftKey: true });
    await open();
    await user.keyboard("{Escape}");
    fireEvent.contextMenu(item);
    await user.click(within(await open()).getByRole("menuitem", { name: "Копировать текст" }));
    expect(run).toHaveBeenCalledWith("copy", expect.objectContaining({ text: "Спасибо за объяснение!" }));
  });

  test("opens under a finger that rests, not under one that scrolls", async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    try {
      const { item } = show(theirs());
      const finger = { pointerType: "touch", clientX: 10, clientY: 10 };
      fireEvent.pointerDown(item, finger);
      fireEvent.pointerMove(item, { ...finger, clientY: 60 });
      act(() => void vi.advanceTimersByTime(600));
      expect(screen.queryByRole("menu")).toBeNull();
      fireEvent.pointerDown(item, finger);
      act(() => void vi.advanceTimersByTime(600));
      expect(await open()).toBeInTheDocument();
    } finally {
      vi.useRealTimers();
    }
  });

  test("where nothing is allowed there is no menu", async () => {
    const { item, user } = show(theirs(), { findActions: () => [], isCurrent: true });
    await user.hover(item);
    act(() => item.focus());
    await user.keyboard("{Enter}");
    expect(screen.queryByRole("button")).toBeNull();
    expect(screen.queryByRole("menu")).toBeNull();
  });
});
