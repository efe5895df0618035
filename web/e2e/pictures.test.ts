import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { SchoolClass } from "./testbed/people";
import { furnish, SCENES, stage } from "./testbed/scenes";

/** Pictures of the main states, for people to look at; three of them are kept in docs/pictures for the README. */
const FOLDER = fileURLToPath(new URL("pictures", import.meta.url));
const WIDTHS = [
  { width: 360, height: 740 },
  { width: 768, height: 1024 },
  { width: 1440, height: 900 },
];
const school = new SchoolClass("pictures");

beforeAll(async () => {
  mkdirSync(FOLDER, { recursive: true });
  await furnish(school);
});

describe.each(WIDTHS)("$width px", ({ width, height }) => {
  test.each(SCENES.map((scene) => [scene.name, scene] as const))(
    "%s, light and dark",
    async (name, scene) => {
      const person = await stage(school, scene, { width, height, scheme: "light" });
      const sizes = [];
      for (const scheme of ["light", "dark"] as const) {
        await person.page.emulateMediaFeatures([
          { name: "prefers-color-scheme", value: scheme },
          { name: "prefers-reduced-motion", value: "reduce" },
        ]);
        await person.sees(
          "a page at rest",
          () => document.getAnimations().every((one) => one.playState !== "running"),
          null,
        );
        const picture = await person.page.screenshot({ path: `${FOLDER}/${name}-${width}-${scheme}.png` });
        sizes.push(picture.length);
      }
      expect(Math.min(...sizes)).toBeGreaterThan(3_000); // not an empty page
      await person.leave();
    },
  );
});
