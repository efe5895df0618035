import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

const HERE = "src/components";
const folders = readdirSync(HERE, { withFileTypes: true }).flatMap((one) =>
  one.isDirectory() ? [one.name] : [],
);

test.each(folders)("%s has a page of stories", (name) => {
  expect(existsSync(`${HERE}/${name}/${name}.stories.tsx`)).toBe(true);
});

describe("a part of the interface that many use", () => {
  const story = readFileSync("src/ui/ui.stories.tsx", "utf8");
  // What draws nothing by itself: it is around every story, or in a part that has one.
  const unseen = new Set(["ThemeRoot", "icons"]);
  const parts = readdirSync("src/ui")
    .filter((file) => file.endsWith(".tsx") && !/\.(stories|test)\./.test(file))
    .map((file) => file.replace(".tsx", ""))
    .filter((name) => !unseen.has(name));

  test.each(parts)("%s stands in the stories of ui", (name) => {
    expect(story).toMatch(new RegExp(`<${name}\\b`));
  });
});
