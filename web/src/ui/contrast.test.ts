import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { avatarColors, contrast } from "./avatarColors";

const css = readFileSync("src/ui/tokens.css", "utf8");
const [light = "", dark = ""] = css.split(':where(.sc-root[data-sc-theme="dark"])');
const LIGHT = tokens(light);
const THEMES: [string, Record<string, string>][] = [
  ["light", LIGHT],
  ["dark", { ...LIGHT, ...tokens(dark) }],
];

/** WCAG 2.2, 1.4.3: words; 1.4.11: what else must be seen. */
const WORDS = 4.5;
const SHAPES = 3;

function tokens(text: string): Record<string, string> {
  const found = [...text.matchAll(/--sc-([\w-]+):\s*(#[0-9a-f]{6});/gu)];
  return Object.fromEntries(found.map(([, name, value]) => [name, value])) as Record<string, string>;
}

const every = (fronts: string[], backs: string[], least: number): [string, string, number][] =>
  fronts.flatMap((front) => backs.map((back): [string, string, number] => [front, back, least]));

const SURFACES = ["bg", "bg-app", "bg-window", "bg-raised", "bg-field", "bg-hover"];
const PAIRS: [string, string, number][] = [
  ...every(["text", "text-muted", "text-faint", "accent-text", "danger-text", "link"], SURFACES, WORDS),
  ...every(["border-control", "focus", "online", "accent"], SURFACES, SHAPES),
  ...every(["text", "text-muted"], ["bg-pressed"], WORDS),
  ...every(["text-selected", "text-selected-muted", "accent-text"], ["bg-selected"], WORDS),
  ...every(["online", "focus", "badge"], ["bg-selected"], SHAPES),
  ...every(["badge", "badge-muted"], ["bg"], SHAPES),
  ...every(["on-accent"], ["accent", "accent-hover"], WORDS),
  ...every(["on-danger"], ["danger", "danger-hover"], WORDS),
  ...["accent-soft", "badge", "badge-muted", "danger-soft", "warning-soft", "success-soft"].map(
    (back): [string, string, number] => [`on-${back}`, back, WORDS],
  ),
  ...["teacher", "student", "admin"].map((role): [string, string, number] => [
    `on-role-${role}`,
    `role-${role}`,
    WORDS,
  ]),
  ...["own", "other"].flatMap((whose) =>
    every(
      [`on-bubble-${whose}`, `bubble-${whose}-muted`, "mention", "link", "danger-text"],
      [`bubble-${whose}`],
      WORDS,
    ),
  ),
  ...every(["read"], ["bubble-own"], SHAPES),
];

describe.each(THEMES)("the %s theme", (_, theme) => {
  test.each(PAIRS)("%s can be seen on %s", (front, back, least) => {
    const [one, other] = [theme[front], theme[back]];
    expect(one, front).toBeDefined();
    expect(other, back).toBeDefined();
    expect(contrast(one as string, other as string)).toBeGreaterThanOrEqual(least);
  });
});

test.each(["#000000", "#ffffff", "#3b82f6", "#fde68a", "#808080", "#1d4ed8"])(
  "the initials can be read on %s, whatever colour the school has chosen",
  (chosen) => {
    const { backgroundColor, color } = avatarColors(chosen, 1);
    expect(backgroundColor).toBe(chosen);
    expect(contrast(color, backgroundColor)).toBeGreaterThanOrEqual(WORDS);
  },
);

test("what is no colour is replaced, never written into the page", () => {
  expect(avatarColors("url(https://example.org)", 3).backgroundColor).toMatch(/^#[0-9a-f]{6}$/);
});

test("contrast is that of the standard: black on white is 21, the same on itself 1", () => {
  expect(contrast("#000000", "#ffffff")).toBeCloseTo(21);
  expect(contrast("#c2410c", "#c2410c")).toBe(1);
});
