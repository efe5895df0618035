import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [react()],
  css: { modules: { generateScopedName: "[local]" } },
  test: {
    pool: "vmForks", // a file has a window and all modules to itself, but what makes the windows is loaded once
    vmMemoryLimit: "1GB", // then a fresh process takes the next file
    environment: "jsdom",
    environmentOptions: { jsdom: { url: "http://school.test/" } },
    setupFiles: ["./vitest.setup.ts"],
    include: ["src/**/*.test.{ts,tsx}"],
    maxWorkers: 2,
    testTimeout: 20_000, // a busy machine must not fail a law
    restoreMocks: true,
    unstubGlobals: true,
  },
});
