import { defineConfig } from "vite";

/** Ladle brings its own React plugin; of the page's settings it needs none. */
export default defineConfig({});
