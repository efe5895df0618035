import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import { beforeAll, describe, expect, test } from "vitest";
import { SchoolClass } from "./testbed/people";
import type { Person } from "./testbed/person";
import { furnish, SCENES, stage } from "./testbed/scenes";

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

describe.each([
  { scheme: "light", language: "ru" },
  { scheme: "dark", language: "ru" },
  { scheme: "light", language: "en" },
  { scheme: "dark", language: "en" },
] as const)("axe finds nothing: $scheme, $language", ({ scheme, language }) => {
  test.each(SCENES.map((scene) => [scene.name, scene] as const))("%s", async (_, scene) => {
    const person = await stage(school, scene, { scheme, language });
    expect(await violations(person)).toEqual([]);
    await person.leave();
  });
});

describe("On a phone", () => {
  test.each(SCENES.map((scene) => [scene.name, scene] as const))(
    "axe finds nothing: %s",
    async (_, scene) => {
      const person = await stage(school, scene, { width: 360, height: 740 });
      expect(await violations(person)).toEqual([]);
      const isWider = await person.page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
      expect(isWider).toBe(false);
      await person.leave();
    },
  );
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
