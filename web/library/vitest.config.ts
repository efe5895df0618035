import { defineConfig } from "vitest/config";

/** Is the built library of use to a school's app? After `npm run build:lib`. */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    environment: "jsdom",
    environmentOptions: { jsdom: { url: "http://school.test/" } },
    globalSetup: ["./folders.ts"],
    setupFiles: ["./setup.ts"],
    include: ["*.test.ts"],
    maxWorkers: 2,
    server: { deps: { external: [/classbridge-school-/] } }, // what was built runs as it is
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
