import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Page } from "puppeteer-core";
import { beforeAll, describe, expect, test } from "vitest";
import { SchoolClass } from "./testbed/people";
import type { Person } from "./testbed/person";
import { furnish, SCENES, stage } from "./testbed/scenes";
import { STATES } from "./testbed/states";

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

/** Of what somebody sees, light and dark. */
async function picture(person: Person, name: string): Promise<void> {
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
    pictures.push(await person.page.screenshot({ path: `${FOLDER}/${name}-${scheme}.png` }));
  }
  const elsewhere = await person.context.newPage(); // the app's own policy forbids `data:`
  for (const taken of pictures) expect(await countColors(elsewhere, taken)).toBeGreaterThan(50);
  await elsewhere.close();
}

describe.each(WIDTHS)("$width px", ({ width, height }) => {
  test.each(SCENES.map((scene) => [scene.name, scene] as const))(
    "%s, light and dark",
    async (name, scene) => {
      const person = await stage(school, scene, { width, height, scheme: "light" });
      await picture(person, `${name}-${width}`);
      await person.leave();
    },
  );
});

/** Of those that look like nothing else; the window is made narrower instead of staging them anew. */
const MOMENTS = ["failed message", "messages that wait for the network", "part that could not be fetched"];

describe("A state of a moment", () => {
  test.each(MOMENTS)("%s, at each width, light and dark", async (name) => {
    const state = STATES.find((one) => one.name === name)!;
    const person = await stage(school, state, { ...WIDTHS.at(-1), scheme: "light" });
    for (const { width, height } of WIDTHS.toReversed()) {
      await person.page.setViewport({ width, height });
      await person.sees(
        `its new width, ${width}`,
        (wanted) =>
          innerWidth === wanted &&
          document.querySelector("[data-narrow]")?.getAttribute("data-narrow") === String(wanted < 720),
        width,
      );
      await person.sees(
        "the end, which is what the state is about",
        () => {
          const log = document.querySelector("[role=log]")!;
          log.scrollTop = log.scrollHeight;
          return log.scrollHeight - log.clientHeight - log.scrollTop < 2;
        },
        null,
      );
      await picture(person, `${name.replaceAll(" ", "-")}-${width}`);
    }
    await person.leave();
  });
});
