import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import { beforeAll, describe, expect, test } from "vitest";
import { observeMotion } from "./testbed/pageScripts";
import { SchoolClass } from "./testbed/people";
import type { Person } from "./testbed/person";
import { furnish, SCENES, stage } from "./testbed/scenes";
import { STATES } from "./testbed/states";
import { until } from "./testbed/until";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const school = new SchoolClass("accessible");

beforeAll(() => furnish(school));

/** What axe finds, a line each: rule and place. */
async function violations(person: Person): Promise<string[]> {
  await person.page.evaluate(AXE);
  const { violations: found } = (await person.page.evaluate(
    (tags) => (window as unknown as { axe: typeof import("axe-core") }).axe.run(document, { runOnly: tags }),
    RULES,
  )) as AxeResults;
  return found.flatMap((one) =>
    one.nodes.map((node) => `${one.id}: ${node.target.join(" ")} ${node.html.slice(0, 120)}`),
  );
}

const PHONE = { width: 360, height: 740 };

/** The same page on a phone: cheaper than to begin anew. */
async function makeNarrow(person: Person): Promise<void> {
  await person.page.setViewport(PHONE);
  await person.sees(
    "the layout of a phone",
    () =>
      innerWidth === 360 &&
      document.querySelector("[data-narrow=false]") === null &&
      document
        .getAnimations()
        .every((one) => one.effect?.getComputedTiming().endTime === Infinity || one.playState !== "running"),
    null,
  );
}

function isTooWide(person: Person): Promise<boolean> {
  return person.page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
}

describe.each([
  { scheme: "light", language: "ru" },
  { scheme: "dark", language: "ru" },
  { scheme: "light", language: "en" },
  { scheme: "dark", language: "en" },
] as const)("axe finds nothing: $scheme, $language", ({ scheme, language }) => {
  test.each(SCENES.map((scene) => [scene.name, scene] as const))("%s", async (_, scene) => {
    const person = await stage(school, scene, { scheme, language });
    expect(await violations(person)).toEqual([]);
    if (language === "en" && scheme === "light") {
      await makeNarrow(person);
      expect(await violations(person), "on a phone").toEqual([]);
      expect(await isTooWide(person), "on a phone").toBe(false);
    }
    await person.leave();
  });
});

describe.each([
  { scheme: "light", language: "ru" },
  { scheme: "dark", language: "en" },
] as const)("axe finds nothing in a state of a moment: $scheme, $language", ({ scheme, language }) => {
  test.each(STATES.map((state) => [state.name, state] as const))("%s", async (_, state) => {
    const person = await stage(school, state, { scheme, language });
    expect(await violations(person)).toEqual([]);
    await person.leave();
  });
});

describe("Enlarged", () => {
  /** 200 % of a laptop, of a phone on its side, of a tablet; and the 320 × 256 of WCAG 1.4.10. */
  const SIZES = [
    [720, 450],
    [640, 360],
    [384, 512],
    [320, 256],
  ] as const;

  const isWider = (person: Person) =>
    person.page.evaluate(() =>
      [document.documentElement, ...document.querySelectorAll("[role=log]")].some(
        (one) => one.scrollWidth > one.clientWidth,
      ),
    );

  test.each(SIZES)("at %d × %d nothing is beside the screen, and one can write", async (width, height) => {
    const person = await school.person("petrova", { width, height });
    expect(await isWider(person)).toBe(false);
    for (const [name, last] of [
      ["Миша Зайцев", "План"],
      ["Пётр Орлов", "Отлично!"],
    ] as const) {
      const back = await person.page.$("[data-narrow=true] [data-sc-window]");
      if (back) await person.click("button", person.say("window.back"));
      await person.open(name);
      await person.message(last);
      expect(await isWider(person)).toBe(false);
      const field = await (await person.composer()).evaluate((one) => {
        const { left, top, width: wide, height: high } = one.getBoundingClientRect();
        const isOnTop = one.contains(document.elementFromPoint(left + wide / 2, top + high / 2));
        return { isOnTop, isWhole: left >= 0 && left + wide <= innerWidth && top + high <= innerHeight };
      });
      expect(field).toEqual({ isOnTop: true, isWhole: true });
    }
    await person.leave();
  });
});

describe("Who has asked for less motion", () => {
  /** From the list into a conversation where somebody types, and to a window above it. */
  async function movedFor(preference: "reduce" | "no-preference"): Promise<string[]> {
    const person = await school.person("petrova", { before: [observeMotion] });
    await person.page.emulateMediaFeatures([{ name: "prefers-reduced-motion", value: preference }]);
    await person.page.reload();
    await person.listIsShown();
    await person.open("Пётр Орлов");
    await person.message("Отлично!");
    const other = await school.person("orlov");
    await other.open("Анна Петрова");
    await other.write("д");
    await person.sees("typing", () => document.querySelector("[data-typing=true]") !== null, null);
    await person.click("button", person.say("settings.menu"));
    await person.click("menuitem", person.say("settings.title"));
    await person.find("dialog", person.say("settings.title"));
    await person.page.keyboard.press("Escape");
    await until(async () => !(await person.has("dialog", person.say("settings.title"))));
    await other.page.keyboard.press("Backspace");
    await person.sees("no typing", () => document.querySelector("[data-typing=true]") === null, null);
    const moved = await person.page.evaluate(() => [...window.moved]);
    await Promise.all([person.leave(), other.leave()]);
    return moved;
  }

  test("nothing moves for them: neither list, nor typing dots, nor a window that opens", async () => {
    expect(await movedFor("no-preference")).not.toEqual([]); // for the others it does
    expect(await movedFor("reduce")).toEqual([]);
  });
});

describe("On a phone", () => {
  test.each(SCENES.map((scene) => [scene.name, scene] as const))(
    "axe finds nothing: %s",
    async (_, scene) => {
      const person = await stage(school, scene, PHONE);
      expect(await violations(person)).toEqual([]);
      expect(await isTooWide(person)).toBe(false);
      await person.leave();
    },
  );
});

describe("The focus", () => {
  const focused = (person: Person) =>
    person.page.evaluate(() => {
      const { activeElement: element } = document;
      return element?.getAttribute("aria-label") ?? element?.textContent ?? "";
    });

  test("is on the message that was deleted, as before the question", async () => {
    const person = await school.person("petrova");
    await person.open(school.math);
    await person.send("Это лишнее");
    await person.message("Это лишнее", ({ status }) => status === "sent" || status === "read");
    await (await person.element("Это лишнее")).focus();
    await person.page.keyboard.press("Enter");
    await person.click("menuitem", person.say("message.action.remove"));
    await person.click("button", person.say("message.remove.confirm"));
    await until(async () => (await focused(person)).includes(person.say("message.deleted")), {
      what: "the focus on the deleted message",
    });
    await person.leave();
  });

  test("is in the list when the conversation has gone from it", async () => {
    const person = await school.person("petrova");
    await person.open("Миша Зайцев");
    await person.click("button", person.say("window.menu"));
    await person.click("menuitem", person.say("window.command.leave"));
    await person.click("button", person.say("window.leave.confirm"));
    await until(async () => (await person.findRow("Миша Зайцев")) === null);
    await person.sees(
      "a row in focus",
      () => document.activeElement?.hasAttribute("data-conversation"),
      null,
    );
    await person.api.direct(school.user("zaitsev")); // back again
    await person.leave();
  });

  describe.each([
    [360, 740],
    [768, 1024],
    [1440, 900],
  ])("at %d × %d", (width, height) => {
    /** The name on the line that has the focus; else what it is on. */
    const line = (person: Person) =>
      person.page.evaluate(() => {
        const { activeElement: element, body } = document;
        if (element === null || element === body) return "nowhere";
        if (!element.closest("[data-sc-list]")) return "beside the list";
        return element.hasAttribute("data-conversation") ? (element as HTMLElement).innerText : "in the list";
      });
    const isOn = (person: Person, where: RegExp) =>
      until(async () => where.test(await line(person)), { limitMs: 5_000, what: `the focus on ${where}` });
    const goTo = async (person: Person, hash: string) => {
      await person.page.goto("about:blank");
      await person.page.goto(`${person.where.base}/${hash}`);
    };
    const nothingInFocus = (person: Person) =>
      person.page.evaluate(() => (document.activeElement as HTMLElement).blur());

    test("is on the line of the conversation that was left: by Esc, the arrow, the browser's «back»", async () => {
      const person = await school.person("petrova", { width, height });
      const { id } = (await person.api.conversations()).find(({ name }) => name === "Пётр Орлов")!;
      const ways = [
        () => person.page.keyboard.press("Escape"),
        () => person.page.goBack(),
        ...(width < 720 ? [() => person.click("button", person.say("window.back"))] : []),
      ];
      for (const leave of ways) {
        await person.open("Пётр Орлов");
        await person.message("Отлично!");
        await (await person.composer()).focus();
        await leave();
        await isOn(person, /Пётр Орлов/);
        await person.open("Пётр Орлов");
        await nothingInFocus(person);
        await leave();
        await isOn(person, /Пётр Орлов/);
      }
      await goTo(person, `#/c/${id}`);
      await person.message("Отлично!");
      await nothingInFocus(person);
      await person.page.evaluate(() => location.assign("#/"));
      await isOn(person, /Пётр Орлов/);
      await person.leave();
    });

    test("is in the list where what was left has no line there", async () => {
      const person = await school.person("petrova", { width, height });
      person.watch.allow(/status of 404/);
      const { id } = (await person.api.conversations()).find(({ name }) => name === "Пётр Орлов")!;
      await goTo(person, "#/c/999999999");
      await person.click("button", person.say("window.back"));
      await isOn(person, /\S+ \S+|in the list/);
      await person.click("radio", person.say("list.filter.groups"));
      await until(async () => (await person.findRow("Пётр Орлов")) === null);
      await person.page.evaluate((there) => location.assign(`#/c/${there}`), id);
      await person.message("Отлично!");
      await nothingInFocus(person);
      await person.page.goBack();
      await isOn(person, /Математика|Кружок/);
      await (await person.find("searchbox", person.say("list.search"))).type("Щукин");
      await person.seesText(person.say("list.nothingFound", { search: "Щукин" }));
      await person.page.evaluate((there) => location.assign(`#/c/${there}`), id);
      await (await person.composer()).focus();
      await person.page.goBack();
      await isOn(person, /in the list/);
      await person.leave();
    });
  });

  test("is in the field again when the banner goes whose «Повторить» had it", async () => {
    const person = await school.person("petrova");
    await person.open(school.math);
    await (await person.composer()).focus();
    person.watch.allow(/ERR_INTERNET_DISCONNECTED|Failed to (load|fetch)|WebSocket/);
    await person.page.setOfflineMode(true);
    await (await person.find("button", person.say("connection.retryNow"))).focus();
    await person.page.setOfflineMode(false);
    await until(async () => !(await person.has("button", person.say("connection.retryNow"))));
    await until(async () => (await focused(person)) === person.say("composer.label"), {
      limitMs: 5_000,
      what: "the cursor in the field",
    });
    await person.leave();
  });

  test("is in the field when an upload was cancelled", async () => {
    const state = STATES.find(({ name }) => name === "upload under way")!;
    const person = await stage(school, state, {});
    await person.click("button", person.say("message.cancelUpload", { name: "запись.pdf" }));
    await person.sees("no upload", () => document.querySelector("[role=progressbar]") === null, null);
    await until(async () => (await focused(person)) !== "", { what: "something in focus" });
    expect(await person.page.evaluate(() => document.activeElement === document.body)).toBe(false);
    await person.leave();
  });
});

describe("By the keyboard alone", () => {
  test("from the list into a chat, a message, and back", async () => {
    const person = await school.person("orlov");
    const focused = () =>
      person.page.evaluate(() => {
        const { activeElement: element, body } = document;
        if (element === null || element === body) return "";
        return element.getAttribute("aria-label") ?? element.textContent;
      });
    const tabUntil = async (wanted: RegExp) => {
      for (let step = 0; step < 25; step += 1) {
        if (wanted.test(await focused())) return;
        await person.page.keyboard.press("Tab");
      }
      throw new Error(`Tab never came to ${wanted}; it is at ${await focused()}`);
    };
    await tabUntil(/Анна Петрова|Математика|Физика/);
    await person.page.keyboard.press("Home");
    await person.page.keyboard.press("Enter");
    await tabUntil(/^Сообщение$/);
    await person.page.keyboard.type("С клавиатуры");
    await person.page.keyboard.press("Enter");
    await person.message("С клавиатуры", ({ status }) => status === "sent");
    await person.page.keyboard.press("ArrowUp"); // edit the last one
    await person.sees(
      "the text in the field",
      () => (document.activeElement as HTMLTextAreaElement).value === "С клавиатуры",
      null,
    );
    await person.page.keyboard.type(", исправлено");
    await person.page.keyboard.press("Enter");
    await person.message("С клавиатуры, исправлено");
    await person.page.keyboard.press("Escape");
    await person.sees(
      "a row in focus",
      () => document.activeElement?.hasAttribute("data-conversation"),
      null,
    );
    await person.page.keyboard.down("Control");
    await person.page.keyboard.press("KeyK");
    await person.page.keyboard.up("Control");
    await person.page.waitForSelector("[role=dialog]");
    await person.page.keyboard.press("Escape");
    await person.leave();
  });
});
