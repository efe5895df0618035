import { beforeAll, describe, expect, test } from "vitest";
import { colorOf, isBlue, isGreen } from "./testbed/colors";
import { SchoolClass } from "./testbed/people";
import type { Person } from "./testbed/person";
import { until } from "./testbed/until";
import { say } from "./testbed/words";

const school = new SchoolClass("groups");
const ROSTER_GROUP = school.math;
const CLUB = "Кружок";

let teacher: Person;
let orlov: Person;
let belova: Person;
let clubId: number;

beforeAll(async () => {
  const club = await school.api("petrova").createGroup(CLUB, [school.user("orlov"), school.user("belova")]);
  clubId = club.id;
  await school.api("petrova").say(clubId, "Добро пожаловать");
  teacher = await school.person("petrova");
  orlov = await school.person("orlov");
  belova = await school.person("belova");
  for (const person of [teacher, orlov, belova]) await person.open(CLUB);
});

async function openParticipants(person: Person): Promise<void> {
  await person.click("button", "Участники");
  await person.find("dialog", say("participants.title"));
  await person.sees("people", () => document.querySelector("[role=dialog] [data-role]") !== null, null);
}

async function closeDialog(person: Person): Promise<void> {
  await person.page.keyboard.press("Escape");
  await until(async () => (await person.page.$("[role=dialog]")) === null);
}

function people(person: Person): Promise<string[]> {
  return person.page.$$eval("[role=dialog] li", (rows) => rows.map((row) => (row as HTMLElement).innerText));
}

async function headerText(person: Person): Promise<string> {
  return person.page.$eval("[data-sc-window] header", (header) => (header as HTMLElement).innerText);
}

/** In a dialog with a list of people to choose: find by name and tick. */
async function choose(person: Person, name: string): Promise<void> {
  const field = await person.find("searchbox", say("contacts.search"));
  await field.evaluate((input) => (input as HTMLInputElement).select());
  await field.type(name);
  await until(async () => {
    const rows = await person.page.$$("[role=dialog] li label");
    const names = await Promise.all(rows.map((row) => row.evaluate((label) => label.textContent ?? "")));
    return rows.length === 1 && names[0]!.includes(name);
  });
  await person.page.click("[role=dialog] li label");
  await person.find("button", say("group.unchoose", { name }));
}

describe("Отличия от личных", () => {
  test("Несколько участников", async () => {
    await orlov.send("Я здесь");
    await belova.send("И я");
    for (const text of ["Я здесь", "И я"]) await teacher.message(text);
    await belova.message("Я здесь");
  });

  test("Администратор группы (преподаватель)", async () => {
    await openParticipants(orlov);
    const rows = await people(orlov);
    expect(rows.filter((row) => row.includes(say("participants.manager")))).toHaveLength(1);
    expect(rows.find((row) => row.includes(say("participants.manager")))).toContain("Анна Петрова");
    await closeDialog(orlov);
  });

  test("Возможность добавить/удалить участников", async () => {
    await openParticipants(teacher);
    await teacher.click("button", say("participants.add"));
    await choose(teacher, "Миша Зайцев");
    await teacher.click("button", say("participants.addSubmit"));
    await until(async () => (await people(teacher)).some((row) => row.includes("Миша Зайцев")));
    await teacher.click("button", say("participants.removeName", { name: "Миша Зайцев" }));
    await teacher.click("button", say("participants.remove"));
    await until(async () => !(await people(teacher)).some((row) => row.includes("Миша Зайцев")));
    await closeDialog(teacher);
    await until(async () => (await teacher.api.conversation(clubId)).participants_count === 3);
  });

  test("Название группы можно изменить", async () => {
    await teacher.click("button", say("window.menu"));
    await teacher.click("menuitem", say("window.command.rename"));
    const field = await teacher.find("textbox", say("window.rename.label"));
    await field.evaluate((input) => (input as HTMLInputElement).select());
    await field.type("Кружок по физике");
    await teacher.click("button", say("window.rename.confirm"));
    for (const person of [teacher, orlov])
      await until(async () => (await headerText(person)).includes("Кружок по физике"));
    await teacher.api.call("PATCH", `conversations/${clubId}/`, { name: CLUB });
    await until(
      async () => /^К+\s+Кружок\n/.test(await headerText(teacher)) || (await teacher.has("heading", CLUB)),
    );
  });
});

describe("Header", () => {
  test("Название группы", async () => {
    await until(() => orlov.has("heading", CLUB));
  });

  test('Количество участников (например: "8 участников")', async () => {
    expect(await headerText(orlov)).toContain("3 участника");
    await orlov.open(ROSTER_GROUP);
    expect(await headerText(orlov)).toContain("5 участников");
    await orlov.open(CLUB);
  });

  test('Кнопка "Участники" (открывает список)', async () => {
    await openParticipants(orlov);
    await closeDialog(orlov);
  });
});

describe('Модальное окно "Участники"', () => {
  test("Список всех участников группы", async () => {
    await openParticipants(teacher);
    const rows = await people(teacher);
    expect(rows).toHaveLength(3);
    for (const name of ["Анна Петрова", "Пётр Орлов", "Вера Белова"]) {
      expect(rows.filter((row) => row.includes(name))).toHaveLength(1);
    }
  });

  test("Аватар + имя + роль", async () => {
    const row = (await people(teacher)).find((one) => one.includes("Пётр Орлов"))!;
    expect(row).toMatch(/^ПО/);
    expect(row).toMatch(/Пётр Орлов\s+ученик/);
  });

  test("Индикатор онлайн", async () => {
    await until(async () =>
      (await people(teacher)).find((row) => row.includes("Пётр Орлов"))?.includes("в сети"),
    );
    const dialog = await teacher.find("dialog", say("participants.title"));
    expect(isGreen(await colorOf(dialog, "[data-online]", "background-color"))).toBe(true);
  });

  test("Для админа: кнопка удалить участника", async () => {
    await teacher.find("button", say("participants.removeName", { name: "Пётр Орлов" }));
    await openParticipants(orlov);
    expect(await orlov.has("button", say("participants.removeName", { name: "Вера Белова" }))).toBe(false);
    await closeDialog(orlov);
  });

  test("Для админа: кнопка добавить участника", async () => {
    await teacher.find("button", say("participants.add"));
    await closeDialog(teacher);
    await openParticipants(orlov);
    expect(await orlov.has("button", say("participants.add"))).toBe(false);
    await closeDialog(orlov);
  });
});

describe("Сообщения в группе", () => {
  test("Показывать имя отправителя над каждым сообщением", async () => {
    await orlov.send("Первое подряд");
    await orlov.send("Второе подряд");
    for (const text of ["Первое подряд", "Второе подряд"]) {
      const lines = (await teacher.message(text)).text.split("\n").filter(Boolean);
      expect(lines.indexOf("Пётр Орлов")).toBeGreaterThanOrEqual(0);
      expect(lines.indexOf("Пётр Орлов")).toBeLessThan(lines.indexOf(text));
    }
  });

  test("Разные цвета аватаров для разных людей", async () => {
    await belova.send("Моя очередь");
    const color = async (text: string, initials: string) =>
      (await teacher.element(text)).evaluate((element, letters) => {
        const circle = [...element.querySelectorAll("span")].find(
          (span) => span.textContent === letters && !span.children.length,
        );
        return circle ? getComputedStyle(circle).backgroundColor : null;
      }, initials);
    const [first, second] = [await color("Второе подряд", "ПО"), await color("Моя очередь", "ВБ")];
    expect(first).toMatch(/^rgb/);
    expect(second).toMatch(/^rgb/);
    expect(first).not.toBe(second);
  });

  test("Упоминания @username подсвечиваются", async () => {
    await orlov.write("@вера");
    await orlov.find("listbox", say("composer.mentions"));
    await orlov.page.keyboard.press("Enter");
    await orlov.write("проверь");
    await orlov.page.keyboard.press("Enter");
    const mentioned = await belova.element("@Вера Белова проверь");
    expect(isBlue(await colorOf(mentioned, "mark", "color"))).toBe(true);
    const [of, others] = [mentioned, await teacher.element("@Вера Белова проверь")];
    const look = (element: typeof of) =>
      element.$eval("mark", (mark) => {
        const { backgroundColor, fontWeight, boxShadow } = getComputedStyle(mark);
        return [backgroundColor, fontWeight, boxShadow].join();
      });
    expect(await look(of)).not.toBe(await look(others)); // one's own name stands out more
  });
});

describe("Создание группового чата", () => {
  test("Модальное окно с формой", async () => {
    await teacher.click("button", say("settings.menu"));
    await teacher.click("menuitem", say("group.create"));
    await teacher.find("dialog", say("group.title"));
  });

  test("Название группы", async () => {
    await (await teacher.find("textbox", "Название группы")).type("Математика 9 класс");
  });

  test("Выбор участников (чекбоксы)", async () => {
    await choose(teacher, "Пётр Орлов");
    await choose(teacher, "Даша Козлова");
    expect(await teacher.page.$$eval("[role=dialog] input[type=checkbox]:checked", (all) => all.length)).toBe(
      1,
    );
  });

  test('Кнопка "Создать"', async () => {
    await teacher.click("button", "Создать");
    await until(() => teacher.has("heading", "Математика 9 класс"));
    await orlov.row("Математика 9 класс");
  });
});

describe("API", () => {
  const bodies = (method: string, path: RegExp) =>
    teacher.traffic.requests
      .filter((one) => one.method === method && path.test(one.url))
      .map((one) => JSON.parse(one.body ?? "{}"));

  test("POST /api/chat/conversations/group/", () => {
    expect(bodies("POST", /\/api\/chat\/conversations\/group\/$/)).toEqual([
      { name: "Математика 9 класс", participants: [school.user("orlov").id, school.user("kozlova").id] },
    ]);
  });

  test("POST /api/chat/conversations/{id}/add_participant/", () => {
    const [body] = bodies("POST", new RegExp(`/conversations/${clubId}/add_participant/$`));
    expect(body.user_ids ?? [body.user_id]).toEqual([school.user("zaitsev").id]);
  });

  test("DELETE /api/chat/conversations/{id}/remove_participant/", () => {
    const path = new RegExp(`/conversations/${clubId}/remove_participant/`);
    const removal = teacher.traffic.requests.find(
      (one) => ["DELETE", "POST"].includes(one.method) && path.test(one.url),
    );
    expect(removal?.method).toBe("DELETE");
    expect(`${removal?.url} ${removal?.body}`).toContain(String(school.user("zaitsev").id));
  });
});

describe("Права доступа", () => {
  test("Только преподаватель может создавать групповые чаты", async () => {
    await orlov.click("button", say("settings.menu"));
    await orlov.find("menuitem", say("settings.title"));
    expect(await orlov.has("menuitem", say("group.create"))).toBe(false);
    await orlov.page.keyboard.press("Escape");
    await expect(orlov.api.createGroup("Наша", [school.user("belova")])).rejects.toThrow("403");
  });

  test("Только преподаватель может управлять участниками", async () => {
    const body = { user_id: school.user("kozlova").id };
    await expect(orlov.api.call("POST", `conversations/${clubId}/add_participant/`, body)).rejects.toThrow(
      "403",
    );
    await orlov.click("button", say("window.menu"));
    await orlov.find("menuitem", say("window.command.clear"));
    expect(await orlov.has("menuitem", say("window.command.rename"))).toBe(false);
    await orlov.page.keyboard.press("Escape");
  });

  test("Все могут писать сообщения", async () => {
    await orlov.open(CLUB);
    for (const [person, text] of [
      [orlov, "Ученик пишет"],
      [teacher, "Преподаватель пишет"],
    ] as const) {
      if (person === teacher) await teacher.open(CLUB);
      await person.send(text);
      await belova.message(text);
    }
  });
});
