/** What stands in the way of what, and what is too narrow: only a browser can tell. */
import { beforeAll, describe, expect, test } from "vitest";
import type { Conversation } from "../src/model/types";
import { SchoolClass } from "./testbed/people";
import type { Person } from "./testbed/person";
import { png } from "./testbed/samples";
import { until } from "./testbed/until";
import { say } from "./testbed/words";

const school = new SchoolClass("looks");
const STUDENT = "Пётр Орлов";
const PICTURE = "закат.png";
const orlov = school.api("orlov");
const belova = school.api("belova");

describe("Toasts", () => {
  let teacher: Person;
  let talk: Conversation;
  let other: Conversation;

  beforeAll(async () => {
    talk = await orlov.direct(school.user("petrova"));
    other = await belova.direct(school.user("petrova"));
    await orlov.sendFile(talk.id, PICTURE, png(640, 480));
    teacher = await school.person("petrova");
  });

  const TOAST = `section[aria-label="${say("notifications.label")}"] article`;
  const VIEWER = `[role="dialog"][aria-label="${say("lightbox.title")}"]`;

  async function openPicture(): Promise<void> {
    await teacher.click("button", say("message.openImage", { name: PICTURE }));
    await teacher.page.waitForSelector(`${VIEWER} button`);
  }

  async function closePicture(): Promise<void> {
    await (await teacher.page.waitForSelector(`${VIEWER} button[title="${say("lightbox.close")}"]`))!.click();
    await until(async () => (await teacher.page.$(VIEWER)) === null, { what: "the picture's end" });
  }

  test("one that goes takes no click from what lies under it", async () => {
    await teacher.open(school.math);
    await orlov.say(talk.id, "Уже ухожу");
    await teacher.page.waitForSelector(TOAST);
    const isInTheWay = teacher.page.evaluate(
      (shown) =>
        new Promise<boolean>((resolve) => {
          const look = () => {
            const going = document.querySelector(shown)?.closest('[data-visible="false"]');
            if (!going) {
              requestAnimationFrame(look);
              return;
            }
            const { left, top, width, height } = going.getBoundingClientRect();
            resolve(going.contains(document.elementFromPoint(left + width / 2, top + height / 2)));
          };
          look();
        }),
      TOAST,
    );
    await teacher.open(STUDENT);
    expect(await isInTheWay).toBe(false);
  });

  test("a picture closes at the first click, also while it is still fading in", async () => {
    for (let time = 0; time < 3; time += 1) {
      await teacher.open(school.math);
      await orlov.say(talk.id, `Над картинкой ${time}`);
      await teacher.page.waitForSelector(TOAST);
      await teacher.open(STUDENT); // the toast is still on its way out, above the viewer's buttons
      await openPicture();
      await closePicture();
    }
  });

  test.each([360, 1100])("one that comes leaves the viewer's buttons free, at %d px", async (width) => {
    await teacher.open(STUDENT);
    await teacher.page.setViewport({ width, height: 800 });
    await openPicture();
    await belova.say(other.id, `Поверх картинки, ${width}`);
    await teacher.sees(
      "the toast",
      ([shown, text]) => document.querySelector(shown)?.textContent.includes(text),
      [TOAST, `Поверх картинки, ${width}`] as const,
    );
    const covered = await teacher.page.$$eval(`${VIEWER} button`, (buttons) =>
      buttons.flatMap((button) => {
        const { left, top, width, height } = button.getBoundingClientRect();
        const isFree = button.contains(document.elementFromPoint(left + width / 2, top + height / 2));
        return isFree ? [] : [button.title];
      }),
    );
    expect(covered).toEqual([]);
    await closePicture();
    await teacher.page.setViewport({ width: 1100, height: 800 });
  });
});

describe("The field for a message", () => {
  test.each(["ru", "en"] as const)("one line while it is empty, at 320 and 360 px (%s)", async (language) => {
    const person = await school.person("zaitsev", { width: 320, height: 640, language });
    await person.open(school.math);
    for (const width of [320, 360]) {
      await person.page.setViewport({ width, height: 640 });
      const height = async () => (await person.composer()).evaluate((field) => field.offsetHeight);
      const empty = await until(height);
      await (await person.composer()).focus();
      await person.page.keyboard.type("Я");
      await until(async () =>
        (await person.composer()).evaluate((field) => (field as HTMLTextAreaElement).value === "Я"),
      );
      expect(await height()).toBe(empty);
      expect(empty).toBeLessThan(48);
      await person.page.keyboard.press("Backspace");
      await until(async () =>
        (await person.composer()).evaluate((field) => (field as HTMLTextAreaElement).value === ""),
      );
    }
  });
});
