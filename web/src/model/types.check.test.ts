import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const web = join(import.meta.dirname, "../..");
const hasBridge = existsSync(join(web, "../.venv/bin/python")) || process.env.PYTHON !== undefined;

test.runIf(hasBridge)(
  "The generated types are those of the bridge as it is now",
  () => {
    const run = () => execFileSync("node", ["scripts/schema.mjs", "--check"], { cwd: web, encoding: "utf8" });
    expect(run).not.toThrow();
  },
  30_000,
);
