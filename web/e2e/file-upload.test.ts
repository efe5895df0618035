import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Message } from "../src/model/types";
import { SchoolClass } from "./testbed/people";
import type { Person } from "./testbed/person";
import { pdf, png, Samples, text } from "./testbed/samples";
import { until } from "./testbed/until";
import { say } from "./testbed/words";

const school = new SchoolClass("upload");
const samples = new Samples();
const GROUP = school.math;
const MEGABYTE = 1024 * 1024;

let teacher: Person;
let student: Person;
let groupId: number;

beforeAll(async () => {
  groupId = school.group(GROUP).conversation_id;
  teacher = await school.person("petrova");
  student = await school.person("orlov");
  await teacher.open(GROUP);
  await student.open(GROUP);
});

afterAll(() => samples.remove());

interface Preview {
  text: string;
  hasImage: boolean;
  hasIcon: boolean;
  isError: boolean;
}

function previews(): Promise<Preview[]> {
  return teacher.page.$$eval(`ul[aria-label="${say("upload.chosen")}"] li`, (rows) =>
    rows.map((row) => ({
      text: (row as HTMLElement).innerText,
      hasImage: (row.querySelector("img")?.naturalWidth ?? 0) > 0,
      hasIcon: row.querySelector("img") === null && row.firstElementChild !== null,
      isError: (row as HTMLElement).dataset.error === "true",
    })),
  );
}

async function preview(name: string): Promise<Preview> {
  return until(async () => (await previews()).find((one) => one.text.includes(name)), {
    what: `preview of ${name}`,
  });
}

async function takeAway(...names: string[]): Promise<void> {
  for (const name of names) await teacher.click("button", say("upload.remove", { name }));
  await until(async () => (await previews()).length === 0);
}

/** As the desktop does it: a drag with files over the window, then perhaps the drop. */
async function drag(
  kind: "dragenter" | "dragover" | "dragleave" | "drop",
  files: Record<string, string>,
): Promise<void> {
  await teacher.page.evaluate(
    (type, contents) => {
      const transfer = new DataTransfer();
      for (const [name, content] of Object.entries(contents)) transfer.items.add(new File([content], name));
      const place =
        document.querySelector("[role=log]") ?? document.querySelector("[data-sc-window] section")!;
      place.dispatchEvent(
        new DragEvent(type, { bubbles: true, cancelable: true, composed: true, dataTransfer: transfer }),
      );
    },
    kind,
    files,
  );
}

function lastMessages(count: number): Promise<Message[]> {
  return teacher.api.messages(groupId).then((all) => all.slice(-count));
}

/** A line so slow that a test can look while something is under way. */
async function slowly<T>(bytesPerSecond: number, during: () => Promise<T>): Promise<T> {
  const session = await teacher.page.createCDPSession();
  const line = { offline: false, latency: 0, downloadThroughput: -1 };
  await session.send("Network.emulateNetworkConditions", { ...line, uploadThroughput: bytesPerSecond });
  try {
    return await during();
  } finally {
    await session.send("Network.emulateNetworkConditions", { ...line, uploadThroughput: -1 });
    await session.detach();
  }
}

describe("Фичи", () => {
  test("Drag & Drop", async () => {
    await until(async () => {
      await drag("dragenter", { "упражнение.txt": "2 + 2" });
      return teacher.page.evaluate(() => document.body.innerText.includes("Перетащите файлы сюда"));
    });
    await drag("drop", { "упражнение.txt": "2 + 2" });
    await preview("упражнение.txt");
    await takeAway("упражнение.txt");
  });

  test("Множественная загрузка", async () => {
    await teacher.attach(samples.write("первый.txt", text("раз")), samples.write("второй.pdf", pdf(900)));
    await preview("первый.txt");
    await preview("второй.pdf");
    await teacher.write("Два файла");
    await teacher.page.keyboard.press("Enter");
    await student.message("первый.txt");
    await student.message("второй.pdf");
    await student.message("Два файла");
    const files = (await lastMessages(2)).map((message) => message.file?.file_name);
    expect(files).toEqual(["первый.txt", "второй.pdf"]);
  });

  test("Прогресс-бар", async () => {
    await slowly(400_000, async () => {
      await teacher.attach(samples.write("запись.pdf", pdf(MEGABYTE)));
      await preview("запись.pdf");
      await teacher.page.keyboard.press("Enter");
      const values = new Set<number>();
      await until(
        async () => {
          const now = await teacher.page.$$eval("[role=progressbar]", (bars) =>
            bars.map((bar) => bar.ariaValueNow),
          );
          for (const value of now) values.add(Number(value));
          return [...values].filter((value) => value > 0 && value < 100).length >= 2;
        },
        { what: "progress on its way" },
      );
    });
    await student.message("запись.pdf");
  });

  test("Превью для изображений", async () => {
    await teacher.attach(samples.write("доска.png", png(300, 200)));
    await until(async () => (await preview("доска.png")).hasImage);
    await takeAway("доска.png");
  });

  test("Сжатие изображений на клиенте", async () => {
    await teacher.attach(samples.write("фото.png", png(1600, 1200, { noise: true })));
    await until(async () => /КБ|кБ/.test((await preview("фото")).text), {
      limitMs: 20_000,
      what: "a smaller picture",
    });
    await takeAway("фото.jpg");
  });
});

describe("Drag & Drop зона", () => {
  test("Пунктирная рамка", async () => {
    await teacher.click("button", say("composer.attach"));
    await teacher.find("button", say("upload.choose"));
    expect(await teacher.page.$eval("[data-active]", (zone) => getComputedStyle(zone).borderTopStyle)).toBe(
      "dashed",
    );
  });

  test('Иконка и текст "Перетащите файлы сюда"', async () => {
    const zone = await teacher.page.$eval("[data-active]", (element) => ({
      text: (element as HTMLElement).innerText,
      icons: element.querySelectorAll("svg").length,
    }));
    expect(zone.text).toContain("Перетащите файлы сюда");
    expect(zone.icons).toBeGreaterThan(0);
    await teacher.page.keyboard.press("Escape");
    await until(async () => (await teacher.page.$("[data-active]")) === null);
  });

  test("Подсветка при наведении файла", async () => {
    await teacher.click("button", say("composer.attach"));
    await teacher.find("button", say("upload.choose"));
    const look = () => teacher.page.$eval("[data-active]", (zone) => getComputedStyle(zone).backgroundColor);
    const before = await look();
    await teacher.page.$eval("[data-active]", (zone) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File(["x"], "x.txt"));
      zone.dispatchEvent(
        new DragEvent("dragenter", { bubbles: true, cancelable: true, dataTransfer: transfer }),
      );
    });
    await until(() =>
      teacher.page.$eval("[data-active]", (zone) => zone.getAttribute("data-active") === "true"),
    );
    await until(async () => (await look()) !== before, { what: "a lit zone" });
    await teacher.page.$eval("[data-active]", (zone) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File(["x"], "подсветка.txt"));
      zone.dispatchEvent(new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: transfer }));
    });
    await preview("подсветка.txt");
    await takeAway("подсветка.txt");
  });
});

describe('Или кнопка "Выбрать файлы"', () => {
  test("Открывает file picker", async () => {
    await teacher.click("button", say("composer.attach"));
    const button = await teacher.find("button", "Выбрать файлы");
    const [chooser] = await Promise.all([teacher.page.waitForFileChooser(), button.click()]);
    await chooser.cancel();
    await teacher.page.keyboard.press("Escape");
  });

  test("Можно выбрать несколько файлов", async () => {
    await teacher.click("button", say("composer.attach"));
    const button = await teacher.find("button", "Выбрать файлы");
    const [chooser] = await Promise.all([teacher.page.waitForFileChooser(), button.click()]);
    expect(chooser.isMultiple()).toBe(true);
    await chooser.accept(["а.txt", "б.txt", "в.txt"].map((name) => samples.write(name, text(name))));
    await until(async () => (await previews()).length === 3);
  });
});

describe("Превью выбранных файлов", () => {
  test("Миниатюра для изображений", async () => {
    await takeAway("а.txt", "б.txt", "в.txt");
    await teacher.attach(samples.write("схема.png", png(200, 100)), samples.write("задачи.pdf", pdf(5000)));
    await until(async () => (await preview("схема.png")).hasImage);
  });

  test("Иконка для документов", async () => {
    expect(await preview("задачи.pdf")).toMatchObject({ hasImage: false, hasIcon: true });
  });

  test("Название файла", async () => {
    expect((await previews()).map((one) => /схема\.png|задачи\.pdf/.exec(one.text)?.[0])).toEqual([
      "схема.png",
      "задачи.pdf",
    ]);
  });

  test("Размер файла", async () => {
    expect((await preview("задачи.pdf")).text).toMatch(/4,\d кБ/);
  });

  test("Кнопка удалить (крестик)", async () => {
    await teacher.click("button", say("upload.remove", { name: "схема.png" }));
    await until(async () => (await previews()).length === 1);
    await takeAway("задачи.pdf");
  });

  test("Прогресс-бар загрузки", async () => {
    await slowly(400_000, async () => {
      await teacher.attach(samples.write("лекция.pdf", pdf(MEGABYTE)));
      await preview("лекция.pdf");
      await teacher.page.keyboard.press("Enter");
      await until(
        () =>
          teacher.page.$$eval("[role=progressbar]", (bars) =>
            bars.some((bar) => Number(bar.ariaValueNow) > 0),
          ),
        { what: "progress" },
      );
    });
    await teacher.message("лекция.pdf", ({ status }) => status === "sent" || status === "read");
    expect(await teacher.page.$$("[role=progressbar]")).toEqual([]);
  });
});

describe("Валидация", () => {
  test("Проверка типа файла", async () => {
    await teacher.attach(samples.write("архив.zip", text("PK")));
    await until(async () => (await preview("архив.zip")).isError);
    await takeAway("архив.zip");
    // By its content, too: the bridge looks inside.
    teacher.watch.allow(/status of 415/);
    await teacher.attach(samples.write("не картинка.png", text("просто слова")));
    await preview("не картинка.png");
    await teacher.page.keyboard.press("Enter");
    await teacher.message("не картинка.png", ({ status }) => status === "failed");
    await teacher.click("button", say("message.discard"));
    await until(async () => (await teacher.messages()).every((message) => message.status !== "failed"));
  });

  test("Проверка размера", async () => {
    await teacher.attach(samples.write("тяжёлый.pdf", pdf(10 * MEGABYTE + 500)));
    expect((await preview("тяжёлый.pdf")).text).toContain(
      say("error.file_too_large", { name: "тяжёлый.pdf", limit: "10 МБ" }),
    );
    await takeAway("тяжёлый.pdf");
  });

  test("Показать ошибку если не валиден", async () => {
    await teacher.attach(
      samples.write("скрипт.sh", text("#!/bin/sh")),
      samples.write("ответ.txt", text("42")),
    );
    await until(async () => (await preview("скрипт.sh")).isError);
    expect((await preview("скрипт.sh")).text).toContain("Файлы такого типа не принимаются");
    expect((await preview("ответ.txt")).isError).toBe(false);
    await teacher.page.keyboard.press("Enter"); // what is good goes out
    await student.message("ответ.txt");
    expect((await lastMessages(1))[0]!.file?.file_name).toBe("ответ.txt");
  });
});

describe("Сжатие изображений", () => {
  const WIDTH = 2000;
  const HEIGHT = 1000;
  let sent: Message;

  test("Если изображение > 1MB, сжать до 1MB", async () => {
    const original = png(WIDTH, HEIGHT, { noise: true });
    expect(original.length).toBeGreaterThan(5 * MEGABYTE); // not even allowed as it is
    await teacher.attach(samples.write("снимок.png", original));
    await until(async () => /кБ/.test((await preview("снимок")).text), {
      limitMs: 20_000,
      what: "a smaller picture",
    });
    await teacher.page.keyboard.press("Enter");
    await student.message("снимок.jpg");
    sent = (await lastMessages(1))[0]!;
    expect(sent.message_type).toBe("IMAGE");
    expect(sent.file!.file_size!).toBeLessThanOrEqual(MEGABYTE);
  });

  test("Сохранить пропорции", () => {
    const { width, height } = sent.file!;
    expect(Math.abs(width! / height! - WIDTH / HEIGHT)).toBeLessThan(0.02);
  });

  test("Качество 85%", async () => {
    const bytes = new Uint8Array(await (await fetch(sent.file!.file_url)).arrayBuffer());
    expect(firstQuantum(bytes)).toBe(5); // libjpeg's table at 85 %: 16 becomes 5
  });
});

/** The first number of a JPEG's luminance table (DQT), which says its quality. */
function firstQuantum(jpeg: Uint8Array): number {
  for (let at = 2; at < jpeg.length; at += 2 + (jpeg[at + 2]! << 8) + jpeg[at + 3]!) {
    if (jpeg[at + 1] === 0xdb) return jpeg[at + 5]!;
  }
  throw new Error("this is no JPEG");
}

describe("Загрузка", () => {
  test("POST /api/chat/upload/", async () => {
    const before = uploads().length;
    await teacher.attach(samples.write("лист.txt", text("лист")));
    await preview("лист.txt");
    await teacher.page.keyboard.press("Enter");
    await student.message("лист.txt");
    expect(uploads()).toHaveLength(before + 1);
    expect(uploads().at(-1)!.method).toBe("POST");
  });

  test("FormData с файлами", () => {
    expect(uploads().at(-1)!.contentType).toMatch(/^multipart\/form-data; boundary=/);
  });

  test("Показать прогресс (onUploadProgress)", async () => {
    await slowly(300_000, async () => {
      await teacher.attach(samples.write("отменяемый.pdf", pdf(2 * MEGABYTE)));
      await preview("отменяемый.pdf");
      await teacher.page.keyboard.press("Enter");
      await until(() =>
        teacher.page.$$eval("[role=progressbar]", (bars) => bars.some((bar) => Number(bar.ariaValueNow) > 0)),
      );
      await teacher.click("button", say("message.cancelUpload", { name: "отменяемый.pdf" }));
      await until(async () =>
        (await teacher.messages()).every((message) => !message.label.includes("отменяемый.pdf")),
      );
    });
    await teacher.send("После отмены");
    await student.message("После отмены");
    expect((await lastMessages(2)).map((message) => message.file?.file_name ?? message.text)).toEqual([
      "лист.txt",
      "После отмены",
    ]);
  });

  test("После загрузки отправить сообщение с файлом", async () => {
    await teacher.attach(samples.write("итог.txt", text("итог")));
    await preview("итог.txt");
    await teacher.write("Вот итог");
    await teacher.page.keyboard.press("Enter");
    await student.message("Вот итог");
    const [last] = await lastMessages(1);
    expect(last).toMatchObject({ text: "Вот итог", message_type: "FILE", file: { file_name: "итог.txt" } });
    expect(await (await fetch(last!.file!.file_url)).text()).toBe("итог");
  });
});

function uploads(): { method: string; contentType: string }[] {
  return teacher.traffic.requests
    .filter(({ url }) => url.endsWith("/api/chat/upload/"))
    .map(({ method, contentType }) => ({ method, contentType }));
}

describe("Формат ответа API", () => {
  test("file_id, file_url, file_name, file_size, mime_type", async () => {
    const form = new FormData();
    form.append("file", new Blob([png(20, 10)]), "screenshot.png");
    const file = await teacher.api.call<Record<string, unknown>>("POST", "upload/", form);
    expect(file).toMatchObject({
      file_name: "screenshot.png",
      mime_type: "image/png",
      width: 20,
      height: 10,
    });
    expect(file.file_id).toMatch(/^\w+/);
    expect(file.file_size).toBeGreaterThan(60);
    expect((await fetch(String(file.file_url))).headers.get("Content-Type")).toBe("image/png");
  });
});
