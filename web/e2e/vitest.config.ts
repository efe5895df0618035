import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** End to end: real browsers, a real bridge, a real homeserver. One demo and one Chromium serve all files. */
export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  test: {
    include: ["*.test.ts"],
    globalSetup: ["./globalSetup.ts"],
    setupFiles: ["./setup.ts"],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 180_000,
    teardownTimeout: 30_000,
  },
});
