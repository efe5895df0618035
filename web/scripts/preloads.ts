import type { HtmlTagDescriptor, Plugin, Rollup } from "vite";

/**
 * The page's first script is small and imports the rest while it runs. The page names that rest, too, so that the
 * browser fetches it beside the first script and not after it.
 */
export function preloads(): Plugin {
  return {
    name: "preloads",
    apply: "build",
    transformIndexHtml: {
      order: "post",
      handler: (_, { bundle, chunk }) => (bundle && chunk ? tagsFor(bundle, chunk) : []),
    },
  };
}

function tagsFor(bundle: Rollup.OutputBundle, entry: Rollup.OutputChunk): HtmlTagDescriptor[] {
  const first = withImports(bundle, [entry.fileName]);
  const rest = withImports(
    bundle,
    first.flatMap((one) => one.dynamicImports),
  );
  const wanted = rest.filter((one) => !first.includes(one));
  return wanted.map((one) => link({ rel: "modulepreload", crossorigin: true, href: `/${one.fileName}` }));
}

function link(attrs: HtmlTagDescriptor["attrs"]): HtmlTagDescriptor {
  return { tag: "link", attrs, injectTo: "head" };
}

/** These chunks, and what they cannot run without. */
function withImports(bundle: Rollup.OutputBundle, names: readonly string[]): Rollup.OutputChunk[] {
  const found = new Set<Rollup.OutputChunk>();
  const visit = (name: string) => {
    const chunk = bundle[name];
    if (chunk?.type !== "chunk" || found.has(chunk)) return;
    found.add(chunk);
    chunk.imports.forEach(visit);
  };
  names.forEach(visit);
  return [...found];
}
