import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { icu } from "./scripts/icu";
import { ownHosts } from "./scripts/ownHosts";

/** React and what comes with it; the school's app brings its own. */
const REACT = /node_modules\/(react|react-dom|scheduler)\//;

export default defineConfig(({ mode }) => ({
  plugins: [react(), icu(), ownHosts()],
  base: "/",
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
    rolldownOptions: {
      output: {
        codeSplitting: { groups: [{ name: "react", test: REACT }] },
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
    rolldownOptions: { external: [/^react($|\/)/, /^react-dom($|\/)/] },
  };
}
