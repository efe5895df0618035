import type { Browser } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchFirefox } from "./testbed/browsers";
import { SchoolClass } from "./testbed/people";
import type { Person } from "./testbed/person";
import { png, Samples } from "./testbed/samples";
import { until } from "./testbed/until";
import { say } from "./testbed/words";

const school = new SchoolClass("firefox");
const samples = new Samples();
let firefox: Browser;
let teacher: Person;
let student: Person;

beforeAll(async () => {
  firefox = await launchFirefox();
  const talk = await school.api("orlov").direct(school.user("petrova"));
  await school.api("orlov").say(talk.id, "Здравствуйте!");
  teacher = await school.person("petrova", { browser: firefox });
  student = await school.person("orlov"); // in Chromium: the two must understand each other
});

afterAll(async () => {
  samples.remove();
  await teacher.leave();
  await firefox.close();
});

describe("In Firefox", () => {
  test("list, unread count, opening a chat, reading it", async () => {
    expect(await teacher.rowText("Пётр Орлов")).toContain(say("list.unreadCount", { count: 1 }));
    await teacher.open("Пётр Орлов");
    await teacher.message("Здравствуйте!");
    await until(async () => !(await teacher.rowText("Пётр Орлов")).includes("непрочитанн"));
  });

  test("messages in both directions with ✓ and ✓✓", async () => {
    await student.open("Анна Петрова");
    await teacher.send("Привет из Firefox");
    await student.message("Привет из Firefox");
    await teacher.message("Привет из Firefox", ({ status }) => status === "read");
    await student.send("Привет из Chromium");
    await teacher.message("Привет из Chromium");
  });

  test("typing is seen", async () => {
    await student.write("п");
    await teacher.page.waitForSelector("[data-typing=true]");
    await student.page.keyboard.press("Backspace");
    await teacher.page.waitForSelector("[data-typing=false]");
  });

  test("a picture is sent, shown and opened", async () => {
    await teacher.click("button", say("composer.attach"));
    await teacher.find("button", say("upload.choose"));
    const chooser = (await teacher.page.$("input[type=file]"))!;
    await chooser.uploadFile(samples.write("лиса.png", png(640, 400)));
    await teacher.find("list", say("upload.chosen"));
    await (await teacher.composer()).focus();
    await teacher.page.keyboard.press("Enter");
    await student.message("лиса.png");
    await teacher.message("лиса.png", ({ status }) => status === "sent" || status === "read");
    await teacher.click("button", say("message.openImage", { name: "лиса.png" }));
    await teacher.sees(
      "the whole picture",
      () => [...document.querySelectorAll("img")].some((one) => one.naturalWidth === 640),
      null,
    );
    await teacher.page.keyboard.press("Escape");
    await until(async () => !(await teacher.has("button", say("lightbox.close"))));
  });

  test("a mention, an emoji, a group", async () => {
    await teacher.open(school.math);
    await teacher.write("@вера");
    await teacher.find("listbox", say("composer.mentions"));
    await teacher.page.keyboard.press("Enter");
    await teacher.click("button", say("composer.emoji"));
    await teacher.sees(
      "emoji",
      () => [...document.querySelectorAll("button")].some((one) => one.textContent === "😀"),
      null,
    );
    await teacher.page.keyboard.press("Escape");
    await (await teacher.composer()).focus();
    await teacher.page.keyboard.press("Enter");
    expect((await teacher.message("@Вера Белова")).isMine).toBe(true);
  });

  test("a reload goes on where it was", async () => {
    await teacher.page.reload();
    await teacher.listIsShown();
    await teacher.open("Пётр Орлов");
    await teacher.message("Привет из Chromium");
  });
});
