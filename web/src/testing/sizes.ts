/** jsdom lays nothing out: virtual lists need sizes to draw anything. Every element is 800 × 600, a row 60 high. */
export function stubSizes(): void {
  const define = (name: string, value: number) =>
    Object.defineProperty(HTMLElement.prototype, name, { configurable: true, get: () => value });
  define("offsetHeight", 600);
  define("offsetWidth", 800);
  define("clientHeight", 600);
  define("clientWidth", 800);
  globalThis.ResizeObserver = class {
    observe() {}
    unobserve() {}
    disconnect() {}
  };
  globalThis.IntersectionObserver = class {
    root = null;
    rootMargin = "";
    scrollMargin = "";
    thresholds = [];
    observe() {}
    unobserve() {}
    disconnect() {}
    takeRecords() {
      return [];
    }
  };
  const element = Element.prototype as Element & { scrollTo: unknown; scrollIntoView: unknown };
  element.scrollTo = () => {};
  element.scrollIntoView = () => {};
  const pointer = HTMLElement.prototype as HTMLElement & {
    hasPointerCapture: unknown;
    releasePointerCapture: unknown;
  };
  pointer.hasPointerCapture = () => false;
  pointer.releasePointerCapture = () => {};
  window.matchMedia ??= (query: string) =>
    ({
      matches: false,
      media: query,
      onchange: null,
      addEventListener() {},
      removeEventListener() {},
      addListener() {},
      removeListener() {},
      dispatchEvent: () => false,
    }) as MediaQueryList;
  URL.createObjectURL ??= () => "blob:http://school.test/1";
  URL.revokeObjectURL ??= () => {};
}
