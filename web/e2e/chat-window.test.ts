import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Conversation } from "../src/model/types";
import { colorOf, isGrey, isOrange } from "./testbed/colors";
import { earlierMessages } from "./testbed/pageScripts";
import { SchoolClass } from "./testbed/people";
import type { Person } from "./testbed/person";
import { pdf, png, Samples } from "./testbed/samples";
import { until } from "./testbed/until";
import { say } from "./testbed/words";

const school = new SchoolClass("window");
const samples = new Samples();
const MONTH_MINUTES = 43_200;
const TEACHER = "Анна Петрова";
const STUDENT = "Пётр Орлов";

let teacher: Person;
let student: Person;
let talk: Conversation;

beforeAll(async () => {
  const [petrova, orlov] = [school.api("petrova"), school.api("orlov")];
  talk = await orlov.direct(petrova.user);
  await orlov.say(talk.id, `Самое первое (-${MONTH_MINUTES} мин)`);
  for (let number = 1; number <= 70; number += 1)
    await orlov.say(talk.id, `Вчера, номер ${number} (-1440 мин)`);
  await orlov.say(talk.id, "Здравствуйте!");
  await petrova.say(talk.id, "Здравствуй, Пётр.");
  await orlov.sendFile(talk.id, "закат.png", png(640, 480));
  await orlov.sendFile(talk.id, "Домашняя работа.pdf", pdf(2150));
  talk = await until(
    async () => {
      const now = await orlov.conversation(talk.id);
      return now.room_id ? now : null;
    },
    { limitMs: 30_000, what: "the room" },
  );
  await orlov.settled(talk.id);
  await orlov.readAll(talk.id);
  await petrova.readAll(talk.id);
  const zaitsev = school.api("zaitsev");
  await zaitsev.say((await zaitsev.direct(petrova.user)).id, "Это скроется");
  teacher = await school.person("petrova", { before: [earlierMessages] });
  student = await school.person("orlov", { before: [earlierMessages] });
  await teacher.open(STUDENT);
  await student.open(TEACHER);
  await teacher.message("Домашняя работа.pdf");
  await student.message("Домашняя работа.pdf");
});

afterAll(() => samples.remove());

/** Where the timeline stands: pixels from its end. */
function toTheEnd(person: Person): Promise<number> {
  return person.page.$eval("[role=log]", (log) => log.scrollHeight - log.clientHeight - log.scrollTop);
}

function scrollTo(person: Person, share: number): Promise<void> {
  return person.page.$eval(
    "[role=log]",
    (log, part) => {
      log.scrollTop = (log.scrollHeight - log.clientHeight) * part;
    },
    share,
  );
}

/** Up until the very first message is in sight. */
async function scrollToTheBeginning(person: Person): Promise<void> {
  await until(
    async () => {
      await scrollTo(person, 0);
      return (await person.messages()).some((message) => message.text.includes("Самое первое"));
    },
    { what: "the first message" },
  );
}

async function isTyping(person: Person): Promise<boolean> {
  return person.page.$eval("[data-typing]", (line) => (line as HTMLElement).dataset.typing === "true");
}

async function backToTheEnd(person: Person): Promise<void> {
  await until(
    async () => {
      await scrollTo(person, 1);
      return (await toTheEnd(person)) < 2;
    },
    { what: "the end of the timeline" },
  );
}

describe("UI элементы", () => {
  test("Header с именем собеседника", async () => {
    expect(await teacher.has("heading", STUDENT)).toBe(true);
    expect(await student.has("heading", TEACHER)).toBe(true);
  });

  test("История сообщений (скролл)", async () => {
    expect((await teacher.messages()).length).toBeLessThan(60);
    await scrollToTheBeginning(teacher);
    await backToTheEnd(teacher);
    await teacher.message("Домашняя работа.pdf");
  });

  test("Поле ввода сообщения", async () => {
    await teacher.composer();
  });

  test("Кнопка отправки файла", async () => {
    await teacher.find("button", say("composer.attach"));
  });

  test('Индикатор "печатает..."', async () => {
    await student.write("д");
    await until(() => isTyping(teacher));
    expect(await teacher.page.$eval("[data-typing]", (line) => line.textContent)).toMatch(/Пётр\s+печатает/);
    await student.page.keyboard.press("Backspace");
    await until(async () => !(await isTyping(teacher)));
  });

  test("Статусы сообщений (отправлено ✓, прочитано ✓✓)", async () => {
    await teacher.open(school.math);
    await student.send("Вы это видите?");
    await student.message("Вы это видите?", ({ status }) => status === "sent");
    await teacher.open(STUDENT);
    await student.message("Вы это видите?", ({ status }) => status === "read");
  });
});

describe("Типы сообщений", () => {
  test("Текст", async () => {
    await student.send("Просто текст");
    await teacher.message("Просто текст", ({ isMine }) => !isMine);
  });

  test("Изображение (превью, клик для увеличения)", async () => {
    await teacher.click("button", say("message.openImage", { name: "закат.png" }));
    await teacher.find("button", say("lightbox.close"));
    await teacher.page.keyboard.press("Escape");
    await until(async () => !(await teacher.has("button", say("lightbox.close"))));
  });

  test("Документ (иконка + название + размер)", async () => {
    const bubble = await teacher.element("Домашняя работа.pdf");
    expect(await bubble.evaluate((element) => element.innerText)).toMatch(
      /Домашняя работа\.pdf\s+2,?\d? кБ/i,
    );
    expect(await bubble.$("svg")).not.toBeNull();
  });

  test('Системное (например: "Преподаватель начал урок")', async () => {
    await school.bot().say(talk.room_id!, "Преподаватель начал урок", { msgtype: "m.notice" });
    for (const person of [teacher, student]) await person.message("Преподаватель начал урок");
  });
});

describe("Header", () => {
  test("Аватар собеседника", async () => {
    const header = await teacher.page.$("[data-sc-window] header");
    expect(await header!.evaluate((element) => element.innerText)).toMatch(/^ПО/);
  });

  test("Имя и статус (онлайн/был(а) 5 мин назад)", async () => {
    const status = () =>
      teacher.page.$eval("[data-sc-window] header", (header) => (header as HTMLElement).innerText);
    await teacher.open(STUDENT);
    await until(async () => (await status()).includes(say("window.online")));
    const belova = await school.person("belova");
    const { id } = await teacher.api.direct(belova.user);
    await until(async () => (await teacher.api.conversation(id)).participant?.is_online, {
      what: "belova online",
    });
    await belova.leave();
    await teacher.click("button", say("contacts.title"));
    await (await teacher.find("searchbox", say("contacts.search"))).type("Белова");
    await until(async () => {
      const rows = await teacher.page.$$("[role=dialog] li button");
      return rows.length === 1;
    });
    await teacher.page.click("[role=dialog] li button");
    await until(async () => /был\(а\) \d+ мин/.test(await status()), {
      limitMs: 30_000,
      what: "belova's last time",
    });
    await teacher.open(STUDENT);
  }, 45_000);

  test('Кнопка "..." (меню: Очистить историю, Блокировать - опционально)', async () => {
    const zaitsev = school.api("zaitsev");
    const direct = await zaitsev.direct(teacher.user);
    await teacher.open("Миша Зайцев");
    await teacher.message("Это скроется");
    await teacher.click("button", say("window.menu"));
    await teacher.click("menuitem", "Очистить историю");
    await teacher.click("button", say("window.clear.confirm"));
    await until(async () => (await teacher.messages()).length === 0);
    expect(await zaitsev.messages(direct.id)).toHaveLength(1);
    await teacher.click("button", say("window.menu"));
    await teacher.click("menuitem", "Заблокировать");
    await teacher.click("button", say("window.block.confirm"));
    await until(async () => (await zaitsev.conversation(direct.id)).cannot_write_reason === "blocked");
    await teacher.click("button", say("window.menu"));
    await teacher.click("menuitem", say("window.command.unblock"));
    await teacher.seesText(say("window.unblock.description")); // the notice has a button of this name, too
    await teacher.click("button", say("window.command.unblock"));
    await until(async () => (await zaitsev.conversation(direct.id)).can_write);
    await teacher.open(STUDENT);
  });
});

describe("Область сообщений", () => {
  test("Автоскролл вниз при новых сообщениях", async () => {
    for (let number = 1; number <= 5; number += 1) {
      await student.api.say(talk.id, `Новое ${number}\nв\nнесколько\nстрок`);
      await teacher.message(`Новое ${number}`);
      await until(async () => (await toTheEnd(teacher)) < 2, { what: "the end in sight" });
    }
    await until(async () => (await teacher.api.conversation(talk.id)).unread_count === 0); // or it would be counted below, too
    await scrollTo(teacher, 0.4);
    const before = await until(() => toTheEnd(teacher));
    await teacher.find("button", say("window.jumpToLatest")); // a message in the frame of the scrolling itself is followed
    await student.api.say(talk.id, "Не сдвинет читающего");
    await teacher.seesText("Не сдвинет читающего"); // in the list
    await teacher.sees(
      "the count at the arrow",
      ([arrow, count]) =>
        document.querySelector(`[aria-label="${arrow}"]`)?.parentElement?.textContent.includes(count),
      [say("window.jumpToLatest"), say("window.unreadBelow", { count: 1 })] as const,
    );
    expect(await toTheEnd(teacher)).toBeGreaterThanOrEqual(before);
    await teacher.click("button", say("window.jumpToLatest"));
    await teacher.message("Не сдвинет читающего");
    await until(async () => (await toTheEnd(teacher)) < 2);
  });

  test('Группировка по дате ("Сегодня", "Вчера", "21.10.2025")', async () => {
    const seen = new Set<string>();
    const days = async () => {
      for (const day of await teacher.page.$$eval("[data-day] time", (all) =>
        all.map((one) => one.textContent),
      )) {
        if (day) seen.add(day);
      }
    };
    await until(async () => {
      await days();
      return seen.has("Сегодня");
    });
    await scrollToTheBeginning(teacher);
    await days();
    await until(
      async () => {
        await teacher.page.$eval("[role=log]", (log) => log.scrollBy(0, 400));
        await days();
        return seen.has("Вчера");
      },
      { what: "“Вчера”" },
    );
    const monthAgo = new Date(Date.now() - MONTH_MINUTES * 60_000);
    expect(seen).toContain(
      monthAgo.toLocaleDateString("ru", { day: "2-digit", month: "2-digit", year: "numeric" }),
    );
    await backToTheEnd(teacher);
  });

  test("Свои сообщения справа (оранжевый фон)", async () => {
    const own = await student.element("Вы это видите?");
    const color = await colorOf(own, "[data-bubble]", "background-color");
    expect(isOrange(color)).toBe(true);
    expect(await side(own)).toBe("right");
  });

  test("Чужие сообщения слева (серый фон)", async () => {
    const other = await teacher.element("Не сдвинет читающего");
    const color = await colorOf(other, "[data-bubble]", "background-color");
    expect(isGrey(color)).toBe(true);
    expect(await side(other)).toBe("left");
  });

  test("Время под каждым сообщением", async () => {
    const layout = await teacher.page.$$eval("[data-message-id] [data-bubble]", (bubbles) =>
      bubbles.map((bubble) => {
        const time = bubble.querySelector("time")!;
        const below = bubble.getBoundingClientRect().bottom - time.getBoundingClientRect().bottom;
        return { text: time.textContent, below };
      }),
    );
    expect(layout.length).toBeGreaterThan(5);
    for (const { text, below } of layout) {
      expect(text).toMatch(/^\d\d:\d\d$/);
      expect(below).toBeLessThan(16);
    }
  });

  test("Статусы: ✓ отправлено, ✓✓ прочитано", async () => {
    const marks = async (text: string) =>
      (await student.element(text)).$eval("[data-status]", (status) => ({
        word: status.getAttribute("aria-label"),
        strokes: [...status.querySelectorAll("path")].flatMap((path) => path.getAttribute("d")!.match(/M/gi))
          .length,
      }));
    const read = await marks("Вы это видите?");
    expect(read).toEqual({ word: say("message.status.read"), strokes: 2 });
    await teacher.open(school.math);
    await student.send("Ещё не прочитано");
    await student.message("Ещё не прочитано", ({ status }) => status === "sent");
    const sent = await marks("Ещё не прочитано");
    expect(sent).toEqual({ word: say("message.status.sent"), strokes: 1 });
    await teacher.open(STUDENT);
    await student.message("Ещё не прочитано", ({ status }) => status === "read");
  });
});

describe("Типы сообщений в области", () => {
  test("Текст: обычный текст, markdown поддержка", async () => {
    await student.api.say(
      talk.id,
      "**жирный** и `код`, [ссылка](https://school.example) <b>не тег</b> ![x](https://evil.example/x.png)",
    );
    const found = await (await teacher.element("жирный")).evaluate((element) => ({
      strong: element.querySelector("strong")?.textContent,
      code: element.querySelector("code")?.textContent,
      link: element.querySelector("a")?.getAttribute("href"),
      images: element.querySelectorAll("img").length,
      bold: element.querySelectorAll("b").length,
    }));
    expect(found).toEqual({
      strong: "жирный",
      code: "код",
      link: "https://school.example",
      images: 0,
      bold: 0,
    });
  });

  test("Изображение: превью, клик открывает в полном размере", async () => {
    const preview = await (await teacher.element("закат.png")).$eval(
      "img",
      (image) => image.getBoundingClientRect().width,
    );
    expect(preview).toBeLessThan(640);
    await teacher.click("button", say("message.openImage", { name: "закат.png" }));
    await teacher.sees(
      "the whole picture",
      () =>
        [...document.querySelectorAll("img")].some(
          (image) => image.naturalWidth === 640 && image.naturalHeight === 480,
        ),
      null,
    );
    await teacher.click("button", say("lightbox.close"));
    await until(async () => !(await teacher.has("button", say("lightbox.close"))));
  });

  test("Документ: иконка файла, название, размер, кнопка скачать", async () => {
    const bubble = await teacher.element("Домашняя работа.pdf");
    expect(await bubble.$("svg")).not.toBeNull();
    expect(await bubble.evaluate((element) => element.innerText)).toMatch(
      /Домашняя работа\.pdf\s+2,?\d? кБ/i,
    );
    const link = await teacher.find("link", say("message.download", { name: "Домашняя работа.pdf" }));
    const { href, download } = await link.evaluate((element) => ({
      href: (element as HTMLAnchorElement).href,
      download: (element as HTMLAnchorElement).download,
    }));
    const response = await fetch(href);
    expect(download).toBe("Домашняя работа.pdf");
    expect(response.headers.get("Content-Disposition")).toMatch(/^attachment/);
    expect((await response.text()).startsWith("%PDF")).toBe(true);
  });

  test("Системное: центрированное, серый текст", async () => {
    const look = await (await teacher.element("Преподаватель начал урок")).evaluate((element) => {
      const words = [...element.querySelectorAll("span")].find(
        (span) => span.textContent === "Преподаватель начал урок",
      )!;
      const range = document.createRange();
      range.selectNodeContents(words.parentElement!);
      const inner = range.getBoundingClientRect();
      const outer = element.closest("[role=log]")!.getBoundingClientRect();
      const off = (inner.left + inner.right) / 2 - (outer.left + outer.right) / 2;
      return { off: Math.abs(off), color: getComputedStyle(words).color };
    });
    expect(look.off).toBeLessThan(12);
    expect(isGrey(look.color)).toBe(true);
  });
});

describe('Индикатор "печатает..."', () => {
  test("Показывать когда собеседник печатает", async () => {
    const matrix = await school.matrix("orlov");
    await matrix.type(talk.room_id!, true); // in a Matrix client, too
    await until(() => isTyping(teacher));
    await matrix.type(talk.room_id!, false);
    await until(async () => !(await isTyping(teacher)));
  });

  test("Анимированные точки", async () => {
    await student.write("д");
    await until(() => isTyping(teacher));
    const running = await teacher.page.$$eval(
      "[data-typing=true] span",
      (spans) =>
        spans.filter((span) => span.getAnimations().some((animation) => animation.playState === "running"))
          .length,
    );
    expect(running).toBe(3);
    await student.page.keyboard.press("Backspace");
  });
});

describe("Footer (поле ввода)", () => {
  test("Textarea с auto-resize", async () => {
    const composer = await teacher.composer();
    const height = () => composer.evaluate((element) => element.getBoundingClientRect().height);
    const one = await height();
    await composer.focus();
    await teacher.page.keyboard.down("Shift");
    await teacher.page.keyboard.press("Enter");
    await teacher.page.keyboard.press("Enter");
    await teacher.page.keyboard.up("Shift");
    await until(async () => (await height()) > one * 1.5);
    await teacher.page.keyboard.press("Backspace");
    await teacher.page.keyboard.press("Backspace");
    await until(async () => (await height()) === one);
  });

  test('Плейсхолдер "Напишите сообщение..."', async () => {
    const placeholder = await (await teacher.composer()).evaluate(
      (field) => (field as HTMLTextAreaElement).placeholder,
    );
    expect(placeholder.replace("…", "...")).toBe("Напишите сообщение...");
  });

  test("Кнопка отправки (Enter или клик)", async () => {
    await teacher.send("Клавишей Enter");
    await teacher.write("Щелчком");
    await teacher.click("button", say("composer.send"));
    await student.message("Клавишей Enter");
    await student.message("Щелчком");
  });

  test("Кнопка прикрепить файл", async () => {
    await teacher.click("button", say("composer.attach"));
    await teacher.find("button", say("upload.choose"));
    await teacher.page.keyboard.press("Escape");
  });

  test("Счетчик символов (опционально)", async () => {
    const composer = await teacher.composer();
    await fill(composer, "я".repeat(9_990));
    await teacher.seesText(say("composer.charactersLeft", { count: 10 }));
    await fill(composer, "я".repeat(10_001));
    await teacher.seesText(say("composer.charactersOver", { count: 1 }));
    expect(
      await (await teacher.find("button", say("composer.send"))).evaluate(
        (button) => (button as HTMLButtonElement).disabled,
      ),
    ).toBe(true);
    await fill(composer, "");
  });
});

describe("WebSocket события", () => {
  test("message.new - новое сообщение", async () => {
    await student.send("Событие");
    await until(() =>
      teacher.traffic.received.some(
        (frame) => frame.type === "message.new" && (frame.message as { text: string }).text === "Событие",
      ),
    );
    await teacher.message("Событие");
  });

  test("message.read - сообщение прочитано", async () => {
    const { id } = await student.message("Событие", ({ status }) => status === "read");
    expect(
      student.traffic.received.some(
        (frame) =>
          frame.type === "message.read" &&
          frame.user_id === teacher.user.id &&
          (frame.message_id as number) >= id,
      ),
    ).toBe(true);
  });

  test("typing.start - начал печатать", async () => {
    const before = count(teacher, "typing.start");
    await student.write("а");
    await until(() => count(teacher, "typing.start") > before);
  });

  test("typing.stop - перестал печатать", async () => {
    const before = count(teacher, "typing.stop");
    await student.page.keyboard.press("Backspace");
    await until(() => count(teacher, "typing.stop") > before);
    await until(async () => !(await isTyping(teacher)));
  });
});

describe("API и средства", () => {
  test("GET /api/chat/messages/?conversation_id=X&page=1", async () => {
    const page = await teacher.api.call<{ results: { text: string }[]; next: string | null }>(
      "GET",
      `messages/?conversation_id=${talk.id}&page=1`,
    );
    expect(page.results.at(-1)!.text).toBe("Событие");
    expect(page.next).toContain("before=");
    expect(teacher.traffic.asked("GET", new RegExp(`/api/chat/messages/\\?conversation_id=${talk.id}`))).toBe(
      true,
    );
  });

  test("POST /api/chat/messages/", async () => {
    const sent = student.traffic.requests.filter(
      ({ method, url }) => method === "POST" && url.endsWith("/api/chat/messages/"),
    );
    const bodies = sent.map(({ body }) => JSON.parse(body!) as { text: string; client_id: string });
    expect(bodies.filter((body) => body.text === "Событие")).toHaveLength(1);
    expect(new Set(bodies.map((body) => body.client_id)).size).toBe(bodies.length);
  });

  test("PATCH /api/chat/messages/{id}/read/", async () => {
    await teacher.open(school.math);
    await student.send("Прочтут по API");
    const { id } = await student.message("Прочтут по API", ({ status }) => status === "sent");
    const answer = await teacher.api.call<{ status: string }>("PATCH", `messages/${id}/read/`);
    expect(answer.status).toBe("ok");
    await student.message("Прочтут по API", ({ status }) => status === "read");
    await teacher.open(STUDENT);
  });

  test("WebSocket: ws://localhost:8000/ws/chat/{conversation_id}/", async () => {
    const { ticket } = await teacher.api.call<{ ticket: string }>("POST", "ws-ticket/");
    const heard = teacher.page.evaluate(
      (id, secret) =>
        new Promise<string>((resolve, reject) => {
          const socket = new WebSocket(`ws://${location.host}/ws/chat/${id}/?ticket=${secret}`);
          socket.onopen = () => document.body.setAttribute("data-open", "");
          socket.onmessage = ({ data }) => {
            const frame = JSON.parse(data as string);
            if (frame.type !== "message.new") return;
            socket.close();
            resolve(frame.message.text as string);
          };
          socket.onerror = () => reject(new Error("the socket does not open"));
        }),
      talk.id,
      ticket,
    );
    await teacher.sees("an open socket", () => document.body.hasAttribute("data-open"), null);
    await student.api.say(talk.id, "В один чат");
    expect(await heard).toBe("В один чат");
  });

  test("Infinite scroll для истории", async () => {
    await teacher.page.reload();
    await teacher.listIsShown();
    await teacher.open(STUDENT);
    await teacher.message("В один чат");
    const older = () =>
      teacher.traffic.requests.filter(({ url }) => /messages\/\?.*before=/.test(url)).length;
    const before = older();
    await scrollToTheBeginning(teacher);
    expect(older()).toBeGreaterThan(before);
    await backToTheEnd(teacher);
  });

  test('Debounce для индикатора "печатает"', async () => {
    const sent = () => student.traffic.sent.filter((frame) => String(frame.type).startsWith("typing")).length;
    const before = sent();
    await student.write("двадцать букв подряд");
    await until(() => sent() > before);
    expect(sent() - before).toBeLessThanOrEqual(2);
    await fill(await student.composer(), "");
  });
});

function count(person: Person, type: string): number {
  return person.traffic.received.filter((frame) => frame.type === type).length;
}

async function fill(field: Awaited<ReturnType<Person["composer"]>>, text: string): Promise<void> {
  await field.evaluate((element, value) => {
    const set = Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value")!.set!;
    set.call(element, value);
    element.dispatchEvent(new Event("input", { bubbles: true }));
  }, text);
}

async function side(message: Awaited<ReturnType<Person["element"]>>): Promise<"left" | "right"> {
  return message.evaluate((element) => {
    const bubble = element.querySelector("[data-bubble]")!.getBoundingClientRect();
    const log = element.closest("[role=log]")!.getBoundingClientRect();
    return bubble.left - log.left < log.right - bubble.right ? "left" : "right";
  });
}
