import { fileURLToPath } from "node:url";
import type { Rollup } from "vite";

/** React and what comes with it; the school's app brings its own. */
const REACT = /node_modules\/(react|react-dom|scheduler)\//;

interface Modules {
  getModuleInfo(id: string): Pick<Rollup.ModuleInfo, "importedIds"> | null;
}

/**
 * Three files are all that the first view needs: what runs first, React, and the rest. Left alone, whatever a part that
 * comes later shares with the first view would be a file of its own, and there are dozens of those.
 */
export const CHUNK_GROUPS = [
  { name: "react", test: REACT, priority: 3 },
  { name: neededBy("first", "../src/page/main.ts"), debugName: "first", priority: 2 },
  { name: neededBy("start", "../src/page/start.tsx"), debugName: "start", priority: 1 },
];

/** All modules that this one cannot run without, and it. */
function neededBy(name: string, path: string) {
  const root = fileURLToPath(new URL(path, import.meta.url));
  let members: ReadonlySet<string> | null = null;
  return (id: string, modules: Modules) => {
    members ??= closure(root, modules);
    return members.has(id) ? name : null;
  };
}

function closure(root: string, modules: Modules): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (id: string) => {
    if (found.has(id)) return;
    found.add(id);
    modules.getModuleInfo(id)?.importedIds.forEach(visit);
  };
  visit(root);
  return found;
}
