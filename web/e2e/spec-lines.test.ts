import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

interface Section {
  file: string;
  lines: string[];
}

/** The table: each section with its file and its lines, “part: line”. */
function readTable(): Section[] {
  const sections: Section[] = [];
  let part = "";
  for (const line of read("spec-lines.md").split("\n")) {
    const section = /^## .*: (\S+\.test\.ts)$/.exec(line);
    if (section) sections.push({ file: section[1]!, lines: [] });
    else if (line.startsWith("### ")) part = line.slice(4);
    else if (line.startsWith("- ")) sections.at(-1)!.lines.push(`${part}: ${line.slice(2)}`);
  }
  return sections;
}

/** What a file's tests are called, “describe: test”; one that is skipped or still to do counts as none. */
function readTests(file: string): string[] {
  const found: string[] = [];
  let part = "";
  for (const [, kind, , name] of read(file).matchAll(/^\s*(describe|test)\(\s*(["'`])(.*?)\2,/gms)) {
    if (kind === "describe") part = name!;
    else found.push(`${part}: ${name}`);
  }
  return found;
}

function read(name: string): string {
  return readFileSync(fileURLToPath(new URL(name, import.meta.url)), "utf8");
}

describe("The school's text", () => {
  const sections = readTable();

  test("the table has all six sections", () => {
    expect(sections.map((section) => section.file)).toEqual([
      "chat-list.test.ts",
      "chat-window.test.ts",
      "message-input.test.ts",
      "file-upload.test.ts",
      "notifications.test.ts",
      "group-chats.test.ts",
    ]);
    expect(sections.flatMap((section) => section.lines).length).toBeGreaterThan(150);
  });

  test.each(sections)("every line is one test, in its order: $file", ({ file, lines }) => {
    expect(readTests(file)).toEqual(lines);
  });
});
