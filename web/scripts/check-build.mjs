/**
 * Looks at what was built (bridge/api/page, or the folder given): prints gzipped sizes, and fails when the first load
 * without React is larger than the limit, or when the address of a foreign host stands anywhere in it.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const LIMIT_KB = 150;
const folder = process.argv[2] ?? fileURLToPath(new URL("../../bridge/api/page", import.meta.url));

/** Never fetched: names of XML vocabularies, and what error messages of libraries refer to. */
const HARMLESS = new Set([
  "www.w3.org",
  "react.dev",
  "formatjs.github.io",
  "github.com",
  "developer.mozilla.org",
  "radix-ui.com",
]);
const ADDRESS = /(?:https?|wss?):(?:\\?\/){2}([a-z0-9-]+(?:\.[a-z0-9-]+)+)/gi;
const SCHEMELESS = /(?:url\(|src=|href=)["']?\/\/([a-z0-9-]+(?:\.[a-z0-9-]+)+)/gi;

function* filesIn(path) {
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const full = join(path, entry.name);
    if (entry.isDirectory()) yield* filesIn(full);
    else if (/\.(js|css|html|svg|json|webmanifest)$/.test(entry.name)) yield full;
  }
}

const files = [...filesIn(folder)].map((path) => ({
  name: relative(folder, path),
  text: readFileSync(path, "utf8"),
}));
const foreign = files.flatMap(({ name, text }) =>
  [ADDRESS, SCHEMELESS].flatMap((pattern) =>
    [...text.matchAll(pattern)]
      .filter(([, host]) => !HARMLESS.has(host))
      .map(([found]) => `${name}: ${found}`),
  ),
);

const html = files.find(({ name }) => name === "index.html").text;
const scripts = new Map(
  files.filter(({ name }) => name.endsWith(".js")).map(({ name, text }) => [name, text]),
);
const first = new Set();
const load = (name) => {
  if (first.has(name) || !scripts.has(name)) return;
  first.add(name);
  for (const [, other] of scripts.get(name).matchAll(/(?:from|import)\s*["']\.\/([^"']+\.js)["']/g)) {
    load(`assets/${other}`);
  }
};
// What the page names itself: the script that runs first, and what that imports at once.
for (const [, name] of html.matchAll(/<(?:script|link rel="modulepreload")[^>]+(?:src|href)="\/([^"]+)"/g))
  load(name);

const kb = (bytes) => (bytes / 1024).toFixed(1).padStart(7);
const sizes = [...scripts].map(([name, text]) => ({ name, bytes: gzipSync(text, { level: 9 }).length }));
for (const { name, bytes } of sizes.sort((a, b) => b.bytes - a.bytes)) {
  console.log(`${kb(bytes)} KB  ${first.has(name) ? "first" : "later"}  ${name}`);
}
const isReact = (name) => /assets\/react-[^/]*\.js$/.test(name) && !name.includes("intl");
const total = sizes
  .filter(({ name }) => first.has(name) && !isReact(name))
  .reduce((sum, { bytes }) => sum + bytes, 0);
console.log(`${kb(total)} KB  first load without React, gzipped (limit ${LIMIT_KB})`);

const faults = [
  ...foreign.map((one) => `A foreign host: ${one}`),
  ...(first.size === 0 ? ["No script of the page was found."] : []),
  ...(total > LIMIT_KB * 1024 ? [`The first load is ${kb(total)} KB, more than ${LIMIT_KB} KB.`] : []),
];
for (const fault of faults) console.error(fault);
process.exit(faults.length > 0 ? 1 : 0);
