import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Where the schools stand. They go when all is over: an app that is closed may still be fetching parts of itself. */
export default function makeFolder(): () => void {
  const folder = mkdtempSync(join(tmpdir(), "classbridge-school-"));
  process.env.SCHOOLS_FOLDER = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
