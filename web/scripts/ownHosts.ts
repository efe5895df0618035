import type { Plugin } from "vite";

/** The emoji picker's own default is a network of others; ours is given, so the default must not even be there. */
const FOREIGN = "https://cdn.jsdelivr.net/npm/";

export function ownHosts(): Plugin {
  return {
    name: "own-hosts",
    transform(code, id) {
      if (!/node_modules\/frimousse\//.test(id) || !code.includes(FOREIGN)) return null;
      return { code: code.replaceAll(FOREIGN, "/"), map: null };
    },
  };
}
