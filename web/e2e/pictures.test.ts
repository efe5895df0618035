import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Page } from "puppeteer-core";
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

/** Different colours in a picture, made small: one where nothing is drawn, and more the more there is to see. */
async function countColors(page: Page, picture: Uint8Array): Promise<number> {
  return page.evaluate(async (base64) => {
    const answer = await fetch(`data:image/png;base64,${base64}`);
    const bitmap = await createImageBitmap(await answer.blob());
    const canvas = new OffscreenCanvas(90, 90);
    const context = canvas.getContext("2d")!;
    context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    return new Set(new Uint32Array(data.buffer)).size;
  }, Buffer.from(picture).toString("base64"));
}

beforeAll(async () => {
  mkdirSync(FOLDER, { recursive: true });
  await furnish(school);
});

describe.each(WIDTHS)("$width px", ({ width, height }) => {
  test.each(SCENES.map((scene) => [scene.name, scene] as const))(
    "%s, light and dark",
    async (name, scene) => {
      const person = await stage(school, scene, { width, height, scheme: "light" });
      const pictures: Uint8Array[] = [];
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
        pictures.push(await person.page.screenshot({ path: `${FOLDER}/${name}-${width}-${scheme}.png` }));
      }
      const elsewhere = await person.context.newPage(); // the app's own policy forbids `data:`
      for (const picture of pictures) expect(await countColors(elsewhere, picture)).toBeGreaterThan(50);
      await person.leave();
    },
  );
});
