import { beforeAll, describe, expect, test } from "vitest";
import type { Conversation } from "../src/model/types";
import { observeNotifications } from "./testbed/pageScripts";
import { SchoolClass } from "./testbed/people";
import type { Person } from "./testbed/person";
import { until } from "./testbed/until";
import { setVisible } from "./testbed/visibility";
import { say } from "./testbed/words";

const school = new SchoolClass("notices");
const GROUP = school.math;
const STUDENT = "Пётр Орлов";

let teacher: Person;
let talk: Conversation;
const orlov = school.api("orlov");
const belova = school.api("belova");

beforeAll(async () => {
  talk = await orlov.direct(school.user("petrova"));
  await orlov.say(talk.id, "Было раньше");
  await school.api("petrova").readAll(talk.id);
  teacher = await school.person("petrova", { before: [observeNotifications] });
});

interface Toast {
  text: string;
  left: number;
  top: number;
}

function toasts(): Promise<Toast[]> {
  return teacher.page.$$eval(`section[aria-label="${say("notifications.label")}"] article`, (all) =>
    all.map((one) => {
      const { right, top } = one.getBoundingClientRect();
      return { text: (one as HTMLElement).innerText, left: innerWidth - right, top };
    }),
  );
}

async function toast(text: string): Promise<Toast> {
  return until(async () => (await toasts()).find((one) => one.text.includes(text)), {
    what: `a toast “${text}”`,
  });
}

async function noToasts(): Promise<void> {
  await teacher.page.mouse.move(100, 700); // a toast under the pointer stays
  await until(async () => (await toasts()).length === 0, { what: "no toasts" });
}

/** What is in sight besides a message that is told later, from another conversation: what should be silent had its time. */
async function toldBefore(later: string): Promise<string[]> {
  await belova.say((await belova.direct(teacher.user)).id, later);
  await toast(later);
  return (await toasts()).map((one) => one.text).filter((text) => !text.includes(later));
}

function observed<Answer>(look: (seen: Window["observed"]) => Answer): Promise<Answer> {
  return teacher.page.evaluate(`(${look.toString()})(window.observed)`) as Promise<Answer>;
}

async function openSettings(): Promise<void> {
  await teacher.click("button", say("settings.menu"));
  await teacher.click("menuitem", say("settings.title"));
  await teacher.find("dialog", say("settings.title"));
}

async function closeDialog(): Promise<void> {
  await teacher.page.keyboard.press("Escape");
  await until(async () => !(await teacher.has("dialog", say("settings.title"))));
}

function unread(): number {
  return Number(/^\((\d+)\)/.exec(lastTitle)?.[1] ?? 0);
}

let lastTitle = "";
async function title(): Promise<string> {
  lastTitle = await teacher.page.title();
  return lastTitle;
}

describe("Типы уведомлений", () => {
  test("Новое сообщение (если чат не открыт)", async () => {
    await orlov.say(talk.id, "Можно вопрос?");
    await toast("Можно вопрос?");
    await teacher.open(STUDENT);
    await noToasts();
    await orlov.say(talk.id, "В открытом чате");
    await teacher.message("В открытом чате");
    expect(await toldBefore("А это в другом")).toEqual([]);
  });

  test("Упоминание @username", async () => {
    const group = school.group(GROUP).conversation_id;
    await belova.say(group, "@Анна Петрова посмотрите", { mentions: [teacher.user.id] });
    expect((await toast("посмотрите")).text).toContain(say("notifications.mention"));
    expect(await teacher.rowText(GROUP)).toContain(say("list.mentioned"));
  });

  test("Desktop notifications (если разрешено)", async () => {
    await setVisible(teacher, false);
    await orlov.say(talk.id, "Ещё не разрешено");
    await teacher.message("Ещё не разрешено");
    await orlov.say(talk.id, "И после этого"); // by then the first would have been shown
    await teacher.message("И после этого");
    expect(await observed((seen) => seen.shown.length)).toBe(0);
    await setVisible(teacher, true);
  });

  test("Звуковой сигнал", async () => {
    const before = await observed((seen) => seen.dings);
    await belova.say((await belova.direct(teacher.user)).id, "Слышно?");
    await toast("Слышно?");
    await until(async () => (await observed((seen) => seen.dings)) > before, { what: "the sound" });
  });
});

describe("Toast уведомления (внутри приложения)", () => {
  const long = `Длинное: ${"слово ".repeat(40)}`;

  test("Аватар отправителя", async () => {
    await noToasts();
    await belova.say((await belova.direct(teacher.user)).id, long);
    expect((await toast("Длинное")).text).toMatch(/^ВБ/);
  });

  test("Имя отправителя", async () => {
    expect((await toast("Длинное")).text).toContain("Вера Белова");
  });

  test("Текст сообщения (обрезать до 100 символов)", async () => {
    const { text } = await toast("Длинное");
    expect(text).toContain(`${long.slice(0, 99).trimEnd()}`);
    expect(text).not.toContain(long.slice(0, 110).trimEnd());
    expect(text).toContain("…");
  });

  test('Кнопка "Ответить"', async () => {
    await toast("Длинное");
    await teacher.click("button", "Ответить");
    await until(async () => await teacher.has("heading", "Вера Белова"));
    await until(async () => (await teacher.composer()).evaluate((field) => field === document.activeElement));
    await noToasts();
  });

  test("Автоматически исчезает через 5 секунд", async () => {
    await orlov.say(talk.id, "Скоро исчезнет");
    await toast("Скоро исчезнет");
    const began = Date.now();
    await noToasts();
    expect(Date.now() - began).toBeGreaterThan(4_000);
    expect(Date.now() - began).toBeLessThan(6_500);
  });

  test("Позиция: top-right", async () => {
    await orlov.say(talk.id, "Вверху справа");
    const { left, top } = await toast("Вверху справа");
    expect(left).toBeLessThan(40);
    expect(top).toBeLessThan(120);
  });
});

describe("Desktop notifications", () => {
  test("Запросить разрешение при первом входе", async () => {
    expect(await observed((seen) => seen.asked)).toBe(0); // not without a click: browsers refuse that
    await teacher.click("button", say("notifications.offer.yes"));
    await until(async () => (await observed((seen) => seen.asked)) === 1);
    await until(async () => !(await teacher.has("button", say("notifications.offer.yes"))));
    await until(
      async () => (await teacher.api.call<{ settings: { desktop: boolean } }>("GET", "me/")).settings.desktop,
    );
  });

  test("Показывать если вкладка неактивна", async () => {
    await orlov.say(talk.id, "Видно и так");
    await toast("Видно и так");
    expect(await observed((seen) => seen.shown.length)).toBe(0);
    await setVisible(teacher, false);
    await orlov.say(talk.id, "Видно на рабочем столе");
    await until(async () => (await observed((seen) => seen.shown.length)) === 1);
    expect(await observed((seen) => [seen.shown[0]!.title, seen.shown[0]!.body])).toEqual([
      STUDENT,
      "Видно на рабочем столе",
    ]);
  });

  test("Клик по уведомлению открывает чат", async () => {
    await observed((seen) => {
      const [last] = seen.shown.slice(-1);
      for (const listener of [last!.onclick, ...last!.listeners]) listener?.(new Event("click"));
    });
    await setVisible(teacher, true);
    await until(() => teacher.has("heading", STUDENT));
    await teacher.message("Видно на рабочем столе");
  });
});

describe("Badge счетчик", () => {
  test("Показывать на иконке чата в навбаре", async () => {
    await until(async () => {
      await title();
      return unread() > 0;
    });
    expect(await teacher.page.$eval("link[rel~=icon]", (icon) => icon.getAttribute("href"))).toContain(
      "unread",
    );
  });

  test("Общее количество непрочитанных", async () => {
    await until(async () => {
      await title();
      const sum = (await teacher.api.conversations()).reduce((all, one) => all + one.unread_count, 0);
      return unread() === sum && sum > 0;
    });
  });

  test("Обновлять real-time", async () => {
    await title();
    const before = unread();
    await belova.say(school.group(GROUP).conversation_id, "Раз");
    await belova.say(school.group(GROUP).conversation_id, "Два");
    await until(async () => (await title()).startsWith(`(${before + 2})`));
    await teacher.open(GROUP);
    await until(async () => {
      await title();
      return unread() < before;
    });
  });
});

describe("Звуковой сигнал", () => {
  test("Короткий звук при новом сообщении", async () => {
    const seconds = await teacher.page.evaluate(async () => {
      const files = performance.getEntriesByType("resource").map((entry) => entry.name);
      const sound = files.find((name) => /\/assets\/ding-.*\.(wav|mp3|ogg)$/.test(name)) ?? "";
      const address =
        sound ||
        ((await import(files.find((name) => /\/ding-.*\.js$/.test(name))!)) as { default: string }).default;
      const bytes = await (await fetch(address)).arrayBuffer();
      return (await new OfflineAudioContext(1, 8000, 8000).decodeAudioData(bytes)).duration;
    });
    expect(seconds).toBeGreaterThan(0.1);
    expect(seconds).toBeLessThanOrEqual(1.1);
  });

  test("Настройка: включить/выключить в профиле", async () => {
    await openSettings();
    await teacher.click("switch", say("settings.sound"));
    await until(
      async () => !(await teacher.api.call<{ settings: { sound: boolean } }>("GET", "me/")).settings.sound,
    );
    await closeDialog();
    const before = await observed((seen) => seen.dings);
    await orlov.say(talk.id, "Без звука");
    await toast("Без звука");
    await toldBefore("И это тоже");
    expect(await observed((seen) => seen.dings)).toBe(before);
    await openSettings();
    await teacher.click("switch", say("settings.sound"));
    await until(
      async () => (await teacher.api.call<{ settings: { sound: boolean } }>("GET", "me/")).settings.sound,
    );
    await closeDialog();
    await orlov.say(talk.id, "Снова со звуком");
    await until(async () => (await observed((seen) => seen.dings)) > before);
    expect(await observed((seen) => seen.dings)).toBe(before + 1); // those without a sound did not ring later
  });
});

describe("WebSocket обработка", () => {
  test("Слушать событие message.new", async () => {
    const heard = () => teacher.traffic.received.filter((frame) => frame.type === "message.new").length;
    const before = heard();
    await orlov.say(talk.id, "Событие");
    await until(() => heard() === before + 1);
  });

  test("Проверить: открыт ли чат с этим собеседником", async () => {
    await teacher.open(STUDENT);
    await noToasts();
    await orlov.say(talk.id, "Чат открыт");
    await teacher.message("Чат открыт");
    expect(await toldBefore("Чат не открыт")).toEqual([]);
  });

  test("Если нет - показать уведомление", async () => {
    await teacher.open(GROUP);
    await orlov.say(talk.id, "Чат закрыт");
    await toast("Чат закрыт");
  });

  test("Обновить счетчик непрочитанных", async () => {
    await until(async () => (await teacher.rowText(STUDENT)).includes(say("list.unreadCount", { count: 1 })));
    await teacher.open(STUDENT);
    await until(async () => !(await teacher.rowText(STUDENT)).includes("непрочитанн"));
  });
});
