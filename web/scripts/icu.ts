import { parse } from "@formatjs/icu-messageformat-parser";
import type { Plugin } from "vite";

/** Texts are parsed when the app is built, so that no parser of ICU messages is loaded to read them. */
export function icu(): Plugin {
  return {
    name: "icu",
    enforce: "pre",
    config: () => ({
      resolve: {
        alias: [
          {
            find: /^@formatjs\/icu-messageformat-parser$/,
            replacement: "@formatjs/icu-messageformat-parser/no-parser.js",
          },
        ],
      },
    }),
    transform(code, id) {
      if (!/\/src\/i18n\/\w+\.json$/.test(id)) return null;
      const texts = Object.entries(JSON.parse(code) as Record<string, string>);
      const all = Object.fromEntries(texts.map(([key, text]) => [key, parsed(text)]));
      return { code: JSON.stringify(all), map: null };
    },
  };
}

function parsed(text: string): unknown {
  return parse(text, { captureLocation: false, shouldParseSkeletons: true });
}
