import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

/** Never fetched: names of XML vocabularies, and what error messages of libraries refer to. */
const HARMLESS = new Set([
  "www.w3.org",
  "react.dev",
  "formatjs.github.io",
  "github.com",
  "developer.mozilla.org",
  "radix-ui.com",
  "tanstack.com",
]);
const ADDRESS = /(?:https?|wss?):(?:\\?\/){2}([a-z0-9-]+(?:\.[a-z0-9-]+)+)/gi;
const SCHEMELESS = /(?:url\(|src=|href=)["']?\/\/([a-z0-9-]+(?:\.[a-z0-9-]+)+)/gi;

/** What browsers read of a build: name (from the folder) and text of each file. */
export function textsIn(folder) {
  return [...pathsIn(folder)].map((path) => ({
    name: relative(folder, path),
    text: readFileSync(path, "utf8"),
  }));
}

/** Every address of a foreign host in these files: `file: address`. */
export function foreignHosts(files) {
  return files.flatMap(({ name, text }) =>
    [ADDRESS, SCHEMELESS].flatMap((pattern) =>
      [...text.matchAll(pattern)]
        .filter(([, host]) => !HARMLESS.has(host))
        .map(([found]) => `${name}: ${found}`),
    ),
  );
}

function* pathsIn(path) {
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const full = join(path, entry.name);
    if (entry.isDirectory()) yield* pathsIn(full);
    else if (/\.(js|css|html|svg|json|webmanifest)$/.test(entry.name)) yield full;
  }
}
