import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** `make bench-web`: numbers of the built page in a real Chromium, one after another. */
export default defineConfig({
  root: fileURLToPath(new URL("..", import.meta.url)),
  test: {
    include: ["bench/*.test.ts"],
    globalSetup: ["./globalSetup.ts"],
    setupFiles: ["./setup.ts"],
    pool: "forks",
    fileParallelism: false,
    disableConsoleIntercept: true,
    testTimeout: 120_000,
    hookTimeout: 90_000,
    teardownTimeout: 30_000,
  },
});
