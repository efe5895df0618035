/**
 * Stands for something that changes: each call goes to whatever is current at that moment. Its methods stay the same
 * functions for ever, so views may depend on them.
 */
export function following<Part extends object>(current: () => Part): Part {
  const methods = new Map<string | symbol, unknown>();
  return new Proxy({} as Part, {
    get(_, name) {
      const found: unknown = Reflect.get(current(), name);
      if (typeof found !== "function") return found;
      if (!methods.has(name)) {
        methods.set(name, (...args: unknown[]) => {
          const target = current();
          return (Reflect.get(target, name) as (...args: unknown[]) => unknown).apply(target, args);
        });
      }
      return methods.get(name);
    },
  });
}
