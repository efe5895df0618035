import { beforeAll, describe, expect, test } from "vitest";
import type { Conversation } from "../src/model/types";
import { isGreen, isOrange } from "./testbed/colors";
import { earlierMessages } from "./testbed/pageScripts";
import { SchoolClass } from "./testbed/people";
import type { Person } from "./testbed/person";
import { until } from "./testbed/until";
import { say } from "./testbed/words";

const school = new SchoolClass("list");
const LONG = "(-5 мин) Это очень длинное сообщение, в котором намного больше пятидесяти знаков";
const STUDENTS = ["Пётр Орлов", "Вера Белова", "Миша Зайцев", "Даша Козлова"];

let teacher: Person;
let student: Person;
let withOrlov: Conversation;

beforeAll(async () => {
  const [petrova, volkov, orlov, belova] = [
    school.api("petrova"),
    school.api("volkov"),
    school.api("orlov"),
    school.api("belova"),
  ];
  withOrlov = await orlov.direct(petrova.user);
  await orlov.say(withOrlov.id, LONG);
  const withBelova = await belova.direct(petrova.user);
  await belova.say(withBelova.id, "Вчерашнее (-1440 мин)");
  const withVolkov = await orlov.direct(volkov.user);
  await orlov.say(withVolkov.id, "Давнее (-43200 мин)");
  await Promise.all([
    orlov.settled(withOrlov.id),
    orlov.settled(withVolkov.id),
    belova.settled(withBelova.id),
  ]);
  teacher = await school.person("petrova", { before: [earlierMessages] });
  student = await school.person("orlov", { before: [earlierMessages] });
});

/** A style as the browser has computed it, of what is inside a row. */
function styleInRow(person: Person, name: string, selector: string, property: string): Promise<string> {
  return person
    .row(name)
    .then((row) =>
      row.evaluate(
        (element, inner, wanted) => getComputedStyle(element.querySelector(inner)!).getPropertyValue(wanted),
        selector,
        property,
      ),
    );
}

/** Whom the dialog “new chat” offers, of those with this in their names. */
async function contacts(person: Person, search: string): Promise<string[]> {
  if (!(await person.has("dialog", say("contacts.title"))))
    await person.click("button", say("contacts.title"));
  const field = await person.find("searchbox", say("contacts.search"));
  await field.evaluate((input) => (input as HTMLInputElement).select());
  await field.type(search);
  const dialog = await person.find("dialog", say("contacts.title"));
  const rows = () => dialog.$$eval("li", (all) => all.map((row) => row.textContent ?? ""));
  await until(async () => {
    const found = await rows();
    const isEmpty = await dialog.evaluate(
      (element, word) => element.textContent!.includes(word),
      "Никого не найдено",
    );
    return isEmpty || (found.length > 0 && found.every((row) => row.includes(search)));
  });
  return rows();
}

async function closeDialog(person: Person): Promise<void> {
  await person.page.keyboard.press("Escape");
  await person.sees("no dialog", () => document.querySelector("[role=dialog]") === null, null);
}

describe("Для преподавателя", () => {
  test("Видит всех студентов из своих групп", async () => {
    for (const name of STUDENTS) expect(await contacts(teacher, name)).toHaveLength(1);
    await closeDialog(teacher);
  });

  test("Может начать чат с любым студентом", async () => {
    await contacts(teacher, "Миша Зайцев");
    await teacher.page.click("[role=dialog] li button");
    await teacher.send("Здравствуй, Миша!");
    const zaitsev = school.api("zaitsev");
    const direct = await zaitsev.direct(school.user("petrova"));
    await until(async () =>
      (await zaitsev.messages(direct.id)).some((message) => message.text === "Здравствуй, Миша!"),
    );
  });

  test("Видит групповые чаты своих групп", async () => {
    expect(await teacher.rowNames()).toContain(school.math);
    expect(await teacher.rowNames()).not.toContain(school.physics);
  });
});

describe("Для студента", () => {
  test("Видит своих преподавателей", async () => {
    for (const name of ["Анна Петрова", "Олег Волков"]) {
      const [found, ...others] = await contacts(student, name);
      expect(found).toContain("преподаватель");
      expect(others).toEqual([]);
    }
    await closeDialog(student);
  });

  test("Видит групповые чаты своих групп", async () => {
    expect(await student.rowNames()).toEqual(expect.arrayContaining([school.math, school.physics]));
  });

  test("Не может писать другим студентам (опционально)", async () => {
    for (const name of ["Вера Белова", "Даша Козлова"]) expect(await contacts(student, name)).toEqual([]);
    await closeDialog(student);
    await expect(student.api.direct(school.user("belova"))).rejects.toThrow("403");
  });
});

describe("UI элементы", () => {
  test("Аватар собеседника", async () => {
    expect(await teacher.rowText("Пётр Орлов")).toMatch(/^ПО/);
  });

  test("Имя и роль", async () => {
    expect(await teacher.rowText("Пётр Орлов")).toMatch(/Пётр Орлов\s+ученик/);
    expect(await student.rowText("Анна Петрова")).toMatch(/Анна Петрова\s+(препод\.\s+)?преподаватель/);
  });

  test("Последнее сообщение (превью)", async () => {
    expect(await teacher.rowText("Пётр Орлов")).toContain(LONG.slice(0, 40));
  });

  test("Время последнего сообщения", async () => {
    const time = await (await teacher.row("Пётр Орлов")).$eval("time", (element) => element.dateTime);
    expect(Date.now() - Date.parse(time)).toBeGreaterThan(4 * 60_000);
    expect(Date.now() - Date.parse(time)).toBeLessThan(8 * 60_000);
  });

  test("Счетчик непрочитанных (badge)", async () => {
    expect(await teacher.rowText("Пётр Орлов")).toContain(say("list.unreadCount", { count: 1 }));
  });

  test("Индикатор онлайн/оффлайн", async () => {
    await until(async () => (await teacher.rowText("Пётр Орлов")).includes("в сети"));
    expect(await teacher.rowText("Вера Белова")).not.toContain("в сети");
    const belova = await school.person("belova");
    await until(async () => (await teacher.rowText("Вера Белова")).includes("в сети"), {
      what: "belova online",
    });
    await belova.leave();
    await until(async () => !(await teacher.rowText("Вера Белова")).includes("в сети"), {
      limitMs: 30_000,
      what: "belova offline",
    });
  }, 45_000);

  test("Поиск по чатам", async () => {
    const field = await teacher.find("searchbox", say("list.search"));
    await field.type("орлов");
    await until(
      async () => (await teacher.rowNames()).length === 1 && (await teacher.findRow("Пётр Орлов")) !== null,
    );
    await teacher.page.keyboard.press("Escape");
    await until(async () => (await teacher.rowNames()).length > 2);
  });
});

describe("Header", () => {
  test('Заголовок "Сообщения"', async () => {
    expect(await teacher.has("heading", "Сообщения")).toBe(true);
  });

  test("Поиск по чатам", async () => {
    const field = await teacher.find("searchbox", "Поиск по чатам");
    await field.type("петр"); // ё counts as е
    await until(async () => (await teacher.rowNames()).length === 1);
    await field.type(" нет такого");
    await teacher.seesText("Ничего не найдено");
    await teacher.page.keyboard.press("Escape");
    await teacher.row("Вера Белова");
  });

  test("Фильтры: Все / Непрочитанные / Группы", async () => {
    await teacher.click("radio", "Группы");
    await until(async () => (await teacher.rowNames()).join() === school.math);
    await teacher.click("radio", "Непрочитанные");
    await until(async () => {
      const names = await teacher.rowNames();
      return names.includes("Пётр Орлов") && !names.includes(school.math);
    });
    await teacher.click("radio", "Все");
    await until(async () => (await teacher.rowNames()).includes(school.math));
  });
});

describe("Список чатов", () => {
  test("Аватар (цветной круг с инициалами)", async () => {
    const look = await (await teacher.row("Пётр Орлов")).evaluate((row) => {
      const circle = [...row.querySelectorAll("span")].find(
        (span) => span.textContent === "ПО" && !span.children.length,
      )!;
      const { width, height } = circle.getBoundingClientRect();
      const { borderRadius, backgroundColor } = getComputedStyle(circle);
      return { isRound: width === height && Number.parseFloat(borderRadius) >= 50, backgroundColor };
    });
    expect(look.isRound).toBe(true);
    expect(look.backgroundColor).not.toMatch(/^rgba\(0, 0, 0, 0\)|rgb\((\d+), \1, \1\)$/);
  });

  test("Имя собеседника", async () => {
    expect(await teacher.rowNames()).toEqual(expect.arrayContaining(["Пётр Орлов", "Вера Белова"]));
  });

  test("Роль (teacher/student badge)", async () => {
    const roles = (person: Person, name: string) =>
      person
        .row(name)
        .then((row) => row.$eval("[data-role]", (badge) => (badge as HTMLElement).dataset.role));
    expect(await roles(teacher, "Пётр Орлов")).toBe("student");
    expect(await roles(student, "Анна Петрова")).toBe("teacher");
  });

  test("Превью последнего сообщения (обрезать до 50 символов)", async () => {
    const text = await teacher.rowText("Пётр Орлов");
    expect(text).toContain(`${LONG.slice(0, 50)}…`);
    expect(text).not.toContain(LONG.slice(0, 52));
  });

  test('Время (относительное: "5 мин назад", "вчера", "21.10.25")', async () => {
    expect(await teacher.rowText("Пётр Орлов")).toMatch(/[5-7]\s+мин\.?\s+назад/);
    expect(await teacher.rowText("Вера Белова")).toContain("вчера");
    const monthAgo = new Date(Date.now() - 43_200 * 60_000);
    const two = (part: number) => String(part).padStart(2, "0");
    const date = `${two(monthAgo.getDate())}.${two(monthAgo.getMonth() + 1)}.${two(monthAgo.getFullYear() % 100)}`;
    expect(await student.rowText("Олег Волков")).toContain(date);
  });

  test("Счетчик непрочитанных (оранжевый badge)", async () => {
    const color = await styleInRow(teacher, "Пётр Орлов", "[data-tone=accent]", "background-color");
    expect(isOrange(color)).toBe(true);
  });

  test("Индикатор онлайн (зеленая точка)", async () => {
    const color = await styleInRow(teacher, "Пётр Орлов", "[data-online]", "background-color");
    expect(isGreen(color)).toBe(true);
  });
});

describe("Интерактив", () => {
  test("Клик открывает ChatWindow", async () => {
    await teacher.open("Вера Белова");
    await teacher.message("Вчерашнее");
    expect(await teacher.has("heading", "Вера Белова")).toBe(true);
  });

  test("Hover эффект", async () => {
    const row = await teacher.row(school.math);
    const color = () => row.evaluate((element) => getComputedStyle(element).backgroundColor);
    await teacher.page.mouse.move(1000, 10);
    const before = await color();
    await row.hover();
    await until(async () => (await color()) !== before, { what: "another colour under the pointer" });
  });

  test("Активный чат выделен", async () => {
    await teacher.open("Пётр Орлов");
    const look = async (name: string) =>
      (await teacher.row(name)).evaluate((row) => [
        row.getAttribute("aria-current"),
        getComputedStyle(row).backgroundColor,
      ]);
    const [current, color] = await look("Пётр Орлов");
    const [other, otherColor] = await look(school.math);
    expect([current, other]).toEqual(["true", null]);
    expect(color).not.toBe(otherColor);
  });
});

describe("API и средства", () => {
  test("GET /api/chat/conversations/", async () => {
    expect(teacher.traffic.asked("GET", /\/api\/chat\/conversations\/(\?|$)/)).toBe(true);
    const conversation = await until(async () => {
      const now = await teacher.api.conversation(withOrlov.id);
      return now.unread_count === 0 ? now : null;
    });
    expect(conversation).toMatchObject({
      id: withOrlov.id,
      participant: { id: school.user("orlov").id, name: "Пётр Орлов", role: "student", is_online: true },
      last_message: { is_read: true },
      unread_count: 0,
      is_group: false,
    });
    expect(conversation.participant?.avatar_color).toMatch(/^#[0-9a-f]{6}$/);
  });

  test("WebSocket для real-time обновлений", async () => {
    const asked = teacher.traffic.requests.filter((request) =>
      request.url.includes("/conversations/"),
    ).length;
    await school
      .api("belova")
      .say((await school.api("belova").direct(school.user("petrova"))).id, "Прямо сейчас");
    await until(async () => (await teacher.rowText("Вера Белова")).includes("Прямо сейчас"));
    expect((await teacher.rowNames())[0]).toBe("Вера Белова");
    expect(teacher.traffic.received.some((frame) => frame.type === "message.new")).toBe(true);
    expect(teacher.traffic.requests.filter((request) => request.url.includes("/conversations/")).length).toBe(
      asked,
    );
  });

  test("Виртуализация списка для большого количества чатов", async () => {
    const petrova = school.api("petrova");
    for (let number = 1; number <= 60; number += 1)
      await petrova.createGroup(`Кружок ${number}`, [school.user("kozlova")]);
    const club = await school.person("kozlova");
    const list = await club.find("list", say("list.conversations"));
    const height = await list.evaluate((element) => element.getBoundingClientRect().height);
    expect(height).toBeGreaterThan(60 * 40);
    expect((await club.rowNames()).length).toBeLessThan(40);
    await until(
      async () => {
        await list.evaluate((element) => {
          element.parentElement!.scrollTop = element.parentElement!.scrollHeight; // with each page the end moves on
        });
        return club.findRow("Кружок 1");
      },
      { what: "the last row" },
    );
    expect((await club.rowNames()).length).toBeLessThan(40);
    await club.leave();
  }, 60_000);

  test("Локальное кэширование в IndexedDB", async () => {
    await until(
      () =>
        student.page.evaluate(async () => {
          const names = (await indexedDB.databases()).map((database) => database.name);
          return names.length > 0;
        }),
      { what: "a database" },
    );
    student.watch.allow(/ERR_FAILED|Failed to load|Failed to fetch|WebSocket/);
    const session = await student.page.createCDPSession();
    await student.page.setRequestInterception(true);
    student.page.on("request", (request) => {
      void (request.url().includes("/api/chat/") ? request.abort() : request.continue());
    });
    await student.page.reload();
    await student.listIsShown();
    expect(await student.rowText("Анна Петрова")).toContain(LONG.slice(0, 40));
    await session.detach();
    await student.leave();
  });
});
