import { readFileSync } from "node:fs";
import { basename } from "node:path";
import type { Plugin } from "vite";

/**
 * A sound of the library is a file of the package, found from the script's own address: Vite would write every asset of
 * a library into its script. Bundlers know `new URL(…, import.meta.url)` and take the file along.
 */
export function soundFile(): Plugin {
  return {
    name: "sound-file",
    enforce: "pre",
    load(id) {
      if (!id.endsWith(".wav")) return null;
      const sound = this.emitFile({ type: "asset", fileName: basename(id), source: readFileSync(id) });
      return `export default import.meta.ROLLUP_FILE_URL_${sound};`;
    },
  };
}
