/**
 * Looks at what was built (bridge/api/page, or the folder given): prints gzipped sizes, and fails when the first load
 * without React is larger than the limit, or when the address of a foreign host stands anywhere in it.
 */
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { foreignHosts, textsIn } from "./foreignHosts.mjs";

const LIMIT_KB = 150;
const folder = process.argv[2] ?? fileURLToPath(new URL("../../bridge/api/page", import.meta.url));

const files = textsIn(folder);

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
  ...foreignHosts(files).map((one) => `A foreign host: ${one}`),
  ...(first.size === 0 ? ["No script of the page was found."] : []),
  ...(total > LIMIT_KB * 1024 ? [`The first load is ${kb(total)} KB, more than ${LIMIT_KB} KB.`] : []),
];
for (const fault of faults) console.error(fault);
process.exit(faults.length > 0 ? 1 : 0);
