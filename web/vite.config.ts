import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { CHUNK_GROUPS } from "./scripts/chunks";
import { icu } from "./scripts/icu";
import { ownHosts } from "./scripts/ownHosts";
import { preloads } from "./scripts/preloads";
import { soundFile } from "./scripts/soundFile";

export default defineConfig(({ mode }) => ({
  plugins: [react(), icu(), ownHosts(), mode === "library" ? soundFile() : preloads()],
  base: mode === "library" ? "./" : "/", // a library does not know where its files will lie
  html: { cspNonce: "__CSP_NONCE__" }, // the bridge puts a fresh one in its place with each answer
  publicDir: mode === "library" ? false : "public",
  css: { modules: { generateScopedName: "sc-[name]-[local]-[hash:base64:5]" } },
  server: {
    host: "127.0.0.1",
    proxy: {
      "/api": { target: process.env.BRIDGE_URL ?? "http://127.0.0.1:8080" },
      "/ws": { target: process.env.BRIDGE_URL ?? "http://127.0.0.1:8080", ws: true },
    },
  },
  build: mode === "library" ? library() : page(),
}));

function page() {
  return {
    outDir: "../bridge/api/page",
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0, // a data: address would need a hole in the Content-Security-Policy
    modulePreload: { polyfill: false },
    // One sheet for all: one of a late part that failed would never be asked for again, and the part come without it.
    cssCodeSplit: false,
    rolldownOptions: {
      output: {
        codeSplitting: { groups: CHUNK_GROUPS },
      },
    },
  };
}

function library() {
  return {
    outDir: "dist",
    target: "es2022",
    emptyOutDir: true,
    cssCodeSplit: false,
    sourcemap: true,
    lib: {
      entry: fileURLToPath(new URL("./src/index.ts", import.meta.url)),
      formats: ["es" as const],
      fileName: "index",
      cssFileName: "style",
    },
    rolldownOptions: { external: [/^react($|\/)/, /^react-dom($|\/)/], checks: { pluginTimings: false } },
  };
}
