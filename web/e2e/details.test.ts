/** What the school's text does not name, and everybody notices when it fails. */
import { beforeAll, describe, expect, test } from "vitest";
import type { Conversation } from "../src/model/types";
import { drag, paste } from "./testbed/given";
import { SchoolClass } from "./testbed/people";
import type { Person } from "./testbed/person";
import { pdf, png } from "./testbed/samples";
import { until } from "./testbed/until";
import { setVisible } from "./testbed/visibility";
import { say } from "./testbed/words";

const school = new SchoolClass("details");
const orlov = school.api("orlov");
const STUDENT = "Пётр Орлов";
const TEACHER = "Анна Петрова";

let talk: Conversation;
let teacher: Person;
let student: Person;

beforeAll(async () => {
  talk = await orlov.direct(school.user("petrova"));
  await orlov.sendFile(talk.id, "один.png", png(640, 480));
  await orlov.sendFile(talk.id, "два.png", png(500, 400));
  await orlov.settled(talk.id);
  teacher = await school.person("petrova");
  student = await school.person("orlov");
  await teacher.open(STUDENT);
  await student.open(TEACHER);
  await teacher.message("два.png");
});

const chosen = () =>
  teacher.page.$$eval(`ul[aria-label="${say("upload.chosen")}"] li`, (rows) => rows.length);

async function enter(): Promise<void> {
  await (await teacher.composer()).focus();
  await teacher.page.keyboard.press("Enter");
}

async function setUploadSpeed(bytesPerSecond: number): Promise<void> {
  const session = await teacher.page.createCDPSession();
  const line = { offline: false, latency: 0, downloadThroughput: -1 };
  await session.send("Network.emulateNetworkConditions", { ...line, uploadThroughput: bytesPerSecond });
}

describe("Several files", () => {
  test("pasted and dropped come together, each as a message, in their order", async () => {
    await paste(teacher, { "а.txt": "а", "б.pdf": pdf(900), "в.txt": "в" });
    await until(async () => (await chosen()) === 3);
    await drag(teacher, "dragenter", { "г.txt": "г", "д.txt": "д" });
    await drag(teacher, "drop", { "г.txt": "г", "д.txt": "д" });
    await until(async () => (await chosen()) === 5);
    await enter();
    await student.message("д.txt");
    await teacher.api.settled(talk.id);
    const names = (await teacher.api.messages(talk.id)).slice(-5).map(({ file }) => file?.file_name);
    expect(names).toEqual(["а.txt", "б.pdf", "в.txt", "г.txt", "д.txt"]);
  });

  test("one that is cancelled on its way does not hold up the other", async () => {
    await setUploadSpeed(200_000);
    await paste(teacher, { "долгий.pdf": pdf(3_000_000), "короткий.txt": "коротко" });
    await until(async () => (await chosen()) === 2);
    await enter();
    await until(
      () =>
        teacher.page.$$eval("[role=progressbar]", (bars) => bars.some((bar) => Number(bar.ariaValueNow) > 0)),
      { what: "the first on its way" },
    );
    await teacher.click("button", say("message.cancelUpload", { name: "долгий.pdf" }));
    await student.message("короткий.txt");
    await setUploadSpeed(-1);
    const names = (await teacher.api.messages(talk.id)).map(({ file }) => file?.file_name);
    expect(names).toContain("короткий.txt");
    expect(names).not.toContain("долгий.pdf");
    expect((await teacher.messages()).some(({ label }) => label.includes("долгий.pdf"))).toBe(false);
  });
});

describe("The viewer", () => {
  const inSight = (name: string) =>
    teacher.sees(
      `${name} in the viewer`,
      (wanted) => document.querySelector<HTMLImageElement>(".yarl__slide_current img")?.alt === wanted,
      name,
    );

  test("goes from picture to picture with the arrows, and stays where one is when somebody writes", async () => {
    await teacher.click("button", say("message.openImage", { name: "два.png" }));
    await inSight("два.png");
    await teacher.page.keyboard.press("ArrowLeft");
    await inSight("один.png");
    await student.send("Пока вы смотрите");
    await teacher.sees(
      "the message behind the viewer",
      (text) => document.querySelector("[role=log]")?.textContent.includes(text),
      "Пока вы смотрите",
    );
    await inSight("один.png");
    await teacher.page.keyboard.press("ArrowRight");
    await inSight("два.png");
    await teacher.page.keyboard.press("Escape");
    await teacher.sees("no viewer", () => document.querySelector(".yarl__slide_current") === null, null);
  });
});

describe("Reading", () => {
  test("is only what is looked at: not what comes while another tab is in front", async () => {
    // The picture that was opened stands a little above the end: what came below it is not read yet, and says so.
    await teacher.sees(
      "what waits below",
      (label) => document.querySelector("[role=log]")?.parentElement?.textContent.includes(label),
      say("window.unreadBelow", { count: 1 }),
    );
    await teacher.click("button", say("window.jumpToLatest"));
    await until(async () => (await teacher.api.conversation(talk.id)).unread_count === 0);
    await setVisible(teacher, false);
    await student.send("Никто не видит");
    await teacher.message("Никто не видит");
    await student.send("И это тоже");
    await teacher.message("И это тоже");
    expect((await teacher.api.conversation(talk.id)).unread_count).toBe(2);
    await student.message("Никто не видит", ({ status }) => status === "sent");
    await setVisible(teacher, true);
    await until(async () => (await teacher.api.conversation(talk.id)).unread_count === 0);
    await student.message("И это тоже", ({ status }) => status === "read");
  });
});

describe("A message of nothing but emoji", () => {
  const size = async (text: string) =>
    (await teacher.element(text)).evaluate((article, wanted) => {
      const texts = document.createTreeWalker(article, NodeFilter.SHOW_TEXT);
      while (texts.nextNode())
        if (texts.currentNode.textContent?.includes(wanted))
          return Number.parseFloat(getComputedStyle(texts.currentNode.parentElement!).fontSize);
      throw new Error(`no text ${wanted}`);
    }, text);

  test("is larger than words, also than emoji among words", async () => {
    await student.send("👍");
    await student.send("Хорошо 🎉");
    await teacher.message("Хорошо 🎉");
    const words = await size("Хорошо 🎉");
    expect(await size("👍")).toBeGreaterThanOrEqual(words * 2);
  });
});

describe("The words of an icon", () => {
  test("are near it, within the page, and go with it", async () => {
    const button = await teacher.find("button", say("composer.emoji"));
    await button.hover();
    const tip = await until(() => teacher.page.$("[role=tooltip]"), { what: "the tooltip" });
    await until(async () => (await tip.evaluate((one) => getComputedStyle(one).visibility)) === "visible");
    expect(await tip.evaluate((one) => one.textContent)).toBe(say("composer.emoji"));
    const [at, page] = [(await tip.boundingBox())!, teacher.page.viewport()!];
    const of = (await button.boundingBox())!;
    expect(at.x).toBeGreaterThanOrEqual(0);
    expect(at.x + at.width).toBeLessThanOrEqual(page.width);
    expect(Math.min(Math.abs(at.y - (of.y + of.height)), Math.abs(of.y - (at.y + at.height)))).toBeLessThan(
      12,
    );
    await button.evaluate((one) => one.remove()); // as React takes it away
    const shown = () =>
      teacher.page.$$eval("[role=tooltip]", (all) => all.map(({ textContent }) => textContent));
    // What has moved under the pointer may have its own.
    await until(async () => !(await shown()).includes(say("composer.emoji")), { what: "it gone" });
    await teacher.page.reload();
    await teacher.composer();
  });
});
