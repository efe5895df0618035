/**
 * A virtualizer asks the page where it is and how high, in the middle of React's first commit; each such question costs a
 * layout, and its answer a second drawing of everything. Here it waits until the browser has laid out anyway.
 */

import { elementScroll, type Rect, type Virtualizer, type VirtualizerOptions } from "@tanstack/react-virtual";

type ListVirtualizer = Virtualizer<HTMLDivElement, Element>;
type ScrollTo = VirtualizerOptions<HTMLDivElement, Element>["scrollToFn"];

/** No list is higher than the window: so much is drawn before the height is known. */
export function largestRect(): Rect {
  return { width: 0, height: window.innerHeight };
}

/** The height of the scroller, whenever it changes. */
export function observeHeight(
  { scrollElement }: ListVirtualizer,
  onRect: (rect: Rect) => void,
): (() => void) | undefined {
  if (!scrollElement) return undefined;
  const observer = new ResizeObserver(() => {
    onRect({ width: scrollElement.offsetWidth, height: scrollElement.offsetHeight });
  });
  observer.observe(scrollElement);
  return () => observer.disconnect();
}

/** A list that has just come is at its top: it need not be scrolled there. */
export const scrollUnlessThere: ScrollTo = (offset, options, virtualizer) => {
  const wanted = offset + (options.adjustments ?? 0);
  if (wanted !== 0 || virtualizer.scrollOffset !== 0) elementScroll(offset, options, virtualizer);
};
