import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { beginAfreshAfterAFailure } from "./testbed/afresh";
import { colorOf, isBlue } from "./testbed/colors";
import { SchoolClass } from "./testbed/people";
import type { Person } from "./testbed/person";
import { pdf, png, Samples, text } from "./testbed/samples";
import { until } from "./testbed/until";
import { say } from "./testbed/words";

const school = new SchoolClass("input");
const samples = new Samples();
const GROUP = school.math;
const MEGABYTE = 1024 * 1024;

let teacher: Person;
let student: Person;

beforeAll(async () => {
  teacher = await school.person("petrova");
  student = await school.person("orlov");
  await teacher.open(GROUP);
  await student.open(GROUP);
});

afterAll(() => samples.remove());

beginAfreshAfterAFailure(() => [teacher, student]);

async function value(person: Person): Promise<string> {
  return (await person.composer()).evaluate((field) => (field as HTMLTextAreaElement).value);
}

async function empty(person: Person): Promise<void> {
  await (await person.composer()).focus();
  await person.page.keyboard.down("Control");
  await person.page.keyboard.press("KeyA");
  await person.page.keyboard.up("Control");
  await person.page.keyboard.press("Backspace");
  await until(async () => (await value(person)) === "");
}

async function newLines(person: Person, count: number): Promise<void> {
  await person.page.keyboard.down("Shift");
  for (let line = 0; line < count; line += 1) await person.page.keyboard.press("Enter");
  await person.page.keyboard.up("Shift");
}

/** Of the lines, without the padding around them. */
async function height(person: Person): Promise<number> {
  return (await person.composer()).evaluate((field) => {
    const { paddingTop, paddingBottom } = getComputedStyle(field);
    return field.clientHeight - Number.parseFloat(paddingTop) - Number.parseFloat(paddingBottom);
  });
}

function chosen(person: Person): Promise<string[]> {
  return person.page.$$eval(`ul[aria-label="${say("upload.chosen")}"] li`, (rows) =>
    rows.map((row) => (row as HTMLElement).innerText),
  );
}

/** Whom the open list of mentions offers. */
function options(person: Person): Promise<(string | undefined)[]> {
  return person.page.$$eval("[role=option]", (all) =>
    all.map((one) => (one as HTMLElement).innerText.split("\n").at(-1)),
  );
}

async function isOff(person: Person, button: string): Promise<boolean> {
  return (await person.find("button", button)).evaluate((element) => (element as HTMLButtonElement).disabled);
}

async function focusIsInTheField(person: Person): Promise<boolean> {
  return (await person.composer()).evaluate((field) => field === document.activeElement);
}

describe("Фичи", () => {
  test("Автоматический рост при многострочном тексте", async () => {
    const one = await height(teacher);
    await teacher.write("раз");
    await newLines(teacher, 2);
    await until(async () => (await height(teacher)) > one * 1.8);
    await empty(teacher);
    await until(async () => (await height(teacher)) === one);
  });

  test("Отправка по Enter (Shift+Enter = новая строка)", async () => {
    await teacher.write("первая строка");
    await newLines(teacher, 1);
    await teacher.write("вторая строка");
    await teacher.page.keyboard.press("Enter");
    const message = await student.message("первая строка");
    expect(message.text).toContain("первая строка\nвторая строка");
  });

  test("Поддержка упоминаний @username", async () => {
    await teacher.write("Спросите @Вера");
    await until(async () => (await options(teacher)).join() === "Вера Белова");
    await teacher.page.keyboard.press("Enter");
    await teacher.page.keyboard.press("Enter");
    await student.message("Спросите @Вера Белова");
    const [last] = (await teacher.api.messages(school.group(GROUP).conversation_id)).slice(-1);
    expect(last!.mentions).toEqual([school.user("belova").id]);
  });

  test("Эмодзи пикер", async () => {
    await teacher.click("button", say("composer.emoji"));
    await (await teacher.find("searchbox", say("emoji.search"))).type("кошка");
    await teacher.sees(
      "a cat",
      () => [...document.querySelectorAll("button")].some((one) => one.textContent?.startsWith("🐈")),
      null,
    );
    await teacher.page.keyboard.press("Escape");
  });

  test("Предпросмотр файлов перед отправкой", async () => {
    await teacher.attach(samples.write("план.txt", text("План урока")));
    await until(async () => (await chosen(teacher)).some((row) => row.includes("план.txt")));
    await teacher.click("button", say("upload.remove", { name: "план.txt" }));
  });
});

describe("Textarea с auto-resize", () => {
  test("Минимум 1 строка, максимум 5 строк", async () => {
    const line = await (await teacher.composer()).evaluate((field) =>
      Number.parseFloat(getComputedStyle(field).lineHeight),
    );
    const one = await height(teacher);
    expect(Math.abs(one - line)).toBeLessThan(2);
    await teacher.write("начало");
    await newLines(teacher, 4);
    await until(async () => Math.abs((await height(teacher)) - one - 4 * line) < 2);
    await newLines(teacher, 6);
    await until(async () => (await value(teacher)).split("\n").length === 11);
    expect(Math.abs((await height(teacher)) - one - 4 * line)).toBeLessThan(2);
  });

  test("При превышении появляется скролл", async () => {
    const room = await (await teacher.composer()).evaluate((field) => ({
      isLonger: field.scrollHeight > field.clientHeight + 1,
      overflow: getComputedStyle(field).overflowY,
    }));
    expect(room.isLonger).toBe(true);
    expect(room.overflow).not.toBe("hidden");
    await empty(teacher);
  });

  test('Placeholder "Напишите сообщение..."', async () => {
    const placeholder = await (await teacher.composer()).evaluate(
      (field) => (field as HTMLTextAreaElement).placeholder,
    );
    expect(placeholder).toBe("Напишите сообщение...");
  });
});

describe("Панель инструментов", () => {
  test("Кнопка эмодзи (открывает emoji-picker)", async () => {
    await teacher.click("button", say("composer.emoji"));
    await teacher.sees(
      "emoji",
      () => [...document.querySelectorAll("button")].some((one) => one.textContent === "😀"),
      null,
    );
    // At once, not letter by letter: each change of the results begins with the first of them again, a little later.
    await (await teacher.find("searchbox", say("emoji.search"))).focus();
    await teacher.page.keyboard.sendCharacter("ракета");
    await teacher.sees(
      "the results alone, with a rocket",
      () => {
        const shown = [...document.querySelectorAll("button")].map((one) => one.textContent);
        return shown.includes("🚀") && !shown.includes("😀");
      },
      null,
    );
    await teacher.page.keyboard.press("ArrowDown"); // before it comes the astronaut, among people
    await teacher.sees(
      "the rocket chosen",
      () => document.querySelector("button[data-active=true]")?.textContent === "🚀",
      null,
    );
    await teacher.page.keyboard.press("Enter");
    await until(async () => (await value(teacher)) === "🚀");
    await teacher.page.keyboard.press("Escape");
    await until(() => focusIsInTheField(teacher));
    await empty(teacher);
  });

  test("Кнопка прикрепить файл", async () => {
    await teacher.click("button", say("composer.attach"));
    await teacher.find("button", "Выбрать файлы");
    await teacher.page.keyboard.press("Escape");
  });

  test("Кнопка отправки (активна только если есть текст/файл)", async () => {
    expect(await isOff(teacher, say("composer.send"))).toBe(true);
    await teacher.write("  ");
    expect(await isOff(teacher, say("composer.send"))).toBe(true);
    await teacher.write("слово");
    await until(async () => !(await isOff(teacher, say("composer.send"))));
    await empty(teacher);
    await until(() => isOff(teacher, say("composer.send")));
    await teacher.attach(samples.write("план.txt", text("План урока")));
    await until(async () => !(await isOff(teacher, say("composer.send"))));
    await teacher.click("button", say("upload.remove", { name: "план.txt" }));
    await until(() => isOff(teacher, say("composer.send")));
  });
});

describe("Логика отправки", () => {
  test("Enter - отправить", async () => {
    await teacher.send("По Enter");
    await student.message("По Enter");
  });

  test("Shift+Enter - новая строка", async () => {
    await teacher.write("одна");
    await newLines(teacher, 1);
    expect(await value(teacher)).toBe("одна\n");
    await empty(teacher);
  });

  test("Очистить поле после отправки", async () => {
    await teacher.send("Поле пусто");
    expect(await value(teacher)).toBe("");
  });

  test("Фокус остается в поле", async () => {
    await teacher.send("Фокус на месте");
    expect(await focusIsInTheField(teacher)).toBe(true);
    await teacher.write("И после щелчка");
    await teacher.click("button", say("composer.send"));
    await teacher.message("И после щелчка");
    expect(await focusIsInTheField(teacher)).toBe(true);
  });
});

describe("Упоминания @", () => {
  test("При вводе @ показать список участников", async () => {
    await student.write("@");
    await student.find("listbox", say("composer.mentions"));
    const shown = (
      await student.page.$eval("[role=listbox]", (list) => (list as HTMLElement).innerText)
    ).split("\n");
    for (const name of ["Анна Петрова", "Вера Белова", "Миша Зайцев", "Даша Козлова"])
      expect(shown).toContain(name);
    expect(shown).not.toContain("Пётр Орлов");
    await empty(student);
  });

  test("Автодополнение имени", async () => {
    await student.write("@даш");
    await until(async () => (await options(student)).length === 1);
    await student.page.keyboard.press("Tab");
    await until(async () => (await value(student)) === "@Даша Козлова ");
    await empty(student);
  });

  test("Выделение упоминаний синим цветом", async () => {
    await student.write("@анна");
    await student.find("listbox", say("composer.mentions"));
    await student.page.keyboard.press("Enter");
    await student.write("здравствуйте");
    await student.page.keyboard.press("Enter");
    for (const person of [student, teacher]) {
      const message = await person.element("@Анна Петрова здравствуйте");
      expect(await message.$eval("mark", (mark) => mark.textContent)).toBe("@Анна Петрова");
      expect(isBlue(await colorOf(message, "mark", "color"))).toBe(true);
    }
  });
});

describe("Предпросмотр файлов", () => {
  test("Показать превью выбранного файла", async () => {
    await teacher.attach(samples.write("доска.png", png(320, 200)));
    await teacher.sees(
      "the picture's preview",
      (label) =>
        document.querySelector<HTMLImageElement>(`ul[aria-label="${label}"] img`)?.naturalWidth === 320,
      say("upload.chosen"),
    );
  });

  test("Кнопка удалить файл (крестик)", async () => {
    await teacher.click("button", say("upload.remove", { name: "доска.png" }));
    await until(async () => (await chosen(teacher)).length === 0);
  });

  test("Валидация: макс 10MB, разрешенные типы", async () => {
    await teacher.attach(
      samples.write("большой.pdf", pdf(10 * MEGABYTE + 1000)),
      samples.write("программа.exe", text("MZ")),
      samples.write("годится.pdf", pdf(1000)),
    );
    await until(async () => (await chosen(teacher)).length === 3);
    const [large, program, good] = await chosen(teacher);
    expect(large).toContain(say("error.file_too_large", { name: "большой.pdf", limit: "10 МБ" }));
    expect(program).toContain("Файлы такого типа не принимаются");
    expect(good).not.toContain("не принимаются");
    for (const name of ["большой.pdf", "программа.exe", "годится.pdf"]) {
      await teacher.click("button", say("upload.remove", { name }));
    }
  });
});

describe('Индикатор "печатает"', () => {
  const sent = (type: RegExp) =>
    student.traffic.sent.filter((frame) => type.test(`${frame.type} ${frame.is_typing ?? ""}`)).length;
  const STARTED = /^typing\.start|^typing true/;
  const STOPPED = /^typing\.stop|^typing false/;

  test("Отправлять WebSocket событие при начале печати", async () => {
    const before = sent(STARTED);
    await student.write("п");
    await until(() => sent(STARTED) === before + 1);
  });

  test('Отправлять "перестал" если 3 секунды нет ввода', async () => {
    const before = sent(STOPPED);
    const began = Date.now();
    await student.write("о");
    await until(() => sent(STOPPED) > before);
    expect(Date.now() - began).toBeGreaterThan(2_500);
    expect(Date.now() - began).toBeLessThan(4_500);
    await empty(student);
  });
});

describe("Валидация файлов", () => {
  const tryFiles = async (files: Record<string, Uint8Array>): Promise<Record<string, boolean>> => {
    await teacher.attach(...Object.entries(files).map(([name, content]) => samples.write(name, content)));
    await until(async () => (await chosen(teacher)).length === Object.keys(files).length);
    const label = say("upload.chosen");
    const isGood = await teacher.page.$$eval(`ul[aria-label="${label}"] li`, (rows) =>
      rows.map((row) => (row as HTMLElement).dataset.error === "false"),
    );
    for (const name of Object.keys(files)) await teacher.click("button", say("upload.remove", { name }));
    return Object.fromEntries(Object.keys(files).map((name, index) => [name, isGood[index]!]));
  };

  test("Изображения: jpg, png, gif, webp (макс 5MB)", async () => {
    const small = png(40, 40);
    const found = await tryFiles({
      "а.jpg": small,
      "а.png": small,
      "а.gif": small,
      "а.webp": small,
      "а.bmp": small,
      "а.gif.svg": small,
      "велика.gif": new Uint8Array(5 * MEGABYTE + 1),
    });
    expect(found).toEqual({
      "а.jpg": true,
      "а.png": true,
      "а.gif": true,
      "а.webp": true,
      "а.bmp": false,
      "а.gif.svg": false,
      "велика.gif": false,
    });
  });

  test("Документы: pdf, doc, docx, xls, xlsx, txt (макс 10MB)", async () => {
    const some = text("x".repeat(100));
    const names = ["а.pdf", "а.doc", "а.docx", "а.xls", "а.xlsx", "а.txt"];
    const found = await tryFiles({
      ...Object.fromEntries(names.map((name) => [name, some])),
      "а.zip": some,
      "велик.txt": new Uint8Array(10 * MEGABYTE + 1),
    });
    expect(found).toEqual({
      ...Object.fromEntries(names.map((name) => [name, true])),
      "а.zip": false,
      "велик.txt": false,
    });
  });
});
