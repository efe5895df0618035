import { writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { hashOf, shapesIn } from "../testing/shapes";
import { VERSION } from "./database";

interface Shapes {
  version: number;
  /** Conversations, messages, the person: what the server has told. Dropped when the version is another one. */
  told: string;
  /** The outbox and the drafts: carried over. */
  written: string;
}

/** Of each version that was ever released, and of the one that is being made. */
const SHAPES: Shapes[] = [{ version: 2, told: "fa9e969dcc3e4fab", written: "e9b893ac7362916d" }];

function found(): Shapes {
  const of = shapesIn(join(import.meta.dirname, "database.ts"), "ChatDatabase");
  const hash = (names: string[]) => hashOf(names.map(of).join("\n"));
  return {
    version: VERSION,
    told: hash(["conversations", "timelines", "meta"]),
    written: hash(["outbox", "drafts"]),
  };
}

test("a shape that is kept in the browser changes with the version of the cache, or not at all", () => {
  const shapes = found();
  const { told, written } = shapes;
  const next = JSON.stringify({ version: VERSION + 1, told, written });
  expect(
    shapes,
    [
      "What is kept in the browser has another shape now, and a browser with the older one would read it.",
      `If version ${VERSION} was released: raise VERSION in src/cache/database.ts, and add ${next} to SHAPES here.`,
      `If it was not: put these hashes in the place of those of version ${VERSION}.`,
      "If `written` has changed: src/cache/carryOver.ts must bring what readers have written with any version before.",
    ].join("\n"),
  ).toEqual(SHAPES.at(-1));
});

test("no version stands for two shapes, and none is left out", () => {
  const first = SHAPES[0]!.version;
  expect(SHAPES.map(({ version }) => version)).toEqual(SHAPES.map((_, index) => first + index));
  const kinds = SHAPES.map(({ told, written }) => `${told} ${written}`);
  expect(new Set(kinds).size).toBe(SHAPES.length);
});

test("a field far below is part of the shape, the name of a type is not", async () => {
  const folder = await mkdtemp(join(tmpdir(), "shapes-"));
  const file = join(folder, "kept.ts");
  const shapeOf = (source: string) => {
    writeFileSync(file, source);
    return shapesIn(file, "Kept")("a");
  };
  const before = shapeOf("interface B { c: 'x' | null; d?: Blob } export interface Kept { a: { b: B[] } }");
  const renamed = shapeOf("type C = { d?: Blob; c: null | 'x' }; export interface Kept { a: { b: C[] } }");
  const changed = shapeOf("interface B { c: 'x'; d?: Blob } export interface Kept { a: { b: B[] } }");
  await rm(folder, { recursive: true });
  expect(before).toBe('{ b: ({ c: "x" | null; d?: Blob | undefined })[] }');
  expect(renamed).toBe(before);
  expect(changed).not.toBe(before);
});
