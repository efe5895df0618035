/** @type {import("@ladle/react").UserConfig} */
export default {
  stories: "src/**/*.stories.tsx",
  host: "127.0.0.1",
  viteConfig: ".ladle/vite.config.ts",
  outDir: "build/stories",
  defaultStory: "",
  addons: { width: { enabled: true, options: { phone: 360, tablet: 768, laptop: 1440 }, defaultState: 0 } },
};
