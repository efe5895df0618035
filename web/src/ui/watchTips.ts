/** A button whose name is shown when the pointer rests on it has this attribute: the keys that do the same, or nothing. */
const TIP = "[data-sc-tip]";
const SHOWN_AFTER_MS = 500;
/** Whoever goes from one to the next is not made to wait again. */
const NEXT_WITHIN_MS = 200;

/**
 * Tells whose tooltip is to be shown inside a root, null for nobody's: of the button that the pointer rests on or that
 * the keyboard has come to, until it is pressed, left, gone or dismissed with Esc (WCAG 2.2, 1.4.13).
 */
export function watchTips(root: HTMLElement, show: (button: HTMLElement | null) => void): () => void {
  let shown: HTMLElement | null = null;
  let under: HTMLElement | null = null;
  let goneAt = Number.NEGATIVE_INFINITY;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const set = (button: HTMLElement | null) => {
    clearTimeout(timer);
    if (button === shown) return;
    if (button === null) goneAt = performance.now();
    shown = button;
    leaving.disconnect();
    if (button) leaving.observe(root, { childList: true, subtree: true });
    show(button);
  };
  const leaving = new MutationObserver(() => shown?.isConnected || set(null));
  const move = (to: HTMLElement | null) => {
    if (to === under) return; // from its icon to its edge, say
    under = to;
    const isNext = shown !== null || performance.now() - goneAt < NEXT_WITHIN_MS;
    if (to === null || isNext) return set(to);
    clearTimeout(timer);
    timer = setTimeout(set, SHOWN_AFTER_MS, to);
  };
  /** Of a root within this one that one tells. */
  const tipOf = ({ target }: Event) => {
    const button = target instanceof Element ? target.closest<HTMLElement>(TIP) : null;
    return button?.closest(".sc-root") === root ? button : null;
  };

  const listening = new AbortController();
  const on = <Name extends keyof HTMLElementEventMap>(
    name: Name,
    react: (event: HTMLElementEventMap[Name]) => unknown,
  ) => root.addEventListener(name, react, { signal: listening.signal, capture: true, passive: true });
  on("pointerover", (event) => event.pointerType !== "touch" && move(tipOf(event)));
  on("pointerleave", (event) => event.target === root && move(null));
  on("focusin", (event) => (event.target as Element).matches(":focus-visible") && set(tipOf(event)));
  on("focusout", () => set(null));
  on("pointerdown", () => set(null));
  on("click", () => set(null)); // by the keyboard, too
  on("keydown", (event) => event.key === "Escape" && set(null));
  return () => {
    clearTimeout(timer);
    leaving.disconnect();
    listening.abort();
  };
}
