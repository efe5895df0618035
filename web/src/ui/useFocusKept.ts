import { useEffect } from "react";
import { type FocusPlace, isAtHome, isFocusNowhere, placeOf } from "./focusPlace";

/**
 * What has the focus can vanish: a button that was pressed, a message that was discarded, a conversation that somebody
 * has ended. The browser would begin at the top of the page again; so the focus goes to what is near; from a button of
 * the banner, which is near nothing, back to where it was before.
 */
export function useFocusKept(root: { current: HTMLElement | null }): void {
  useEffect(() => {
    const element = root.current;
    if (!element) return;
    let last: Element | null = null;
    let place: FocusPlace | null = null;
    let home: FocusPlace | null = null;
    const onFocus = ({ target }: FocusEvent) => {
      last = target instanceof Element && element.contains(target) ? target : null;
      place = last && placeOf(last);
      if (last && isAtHome(last)) home = place;
      else place &&= home ?? place;
    };
    const onChange = () => {
      if (!last || last.isConnected || !isFocusNowhere()) return;
      last = null;
      place?.();
    };
    const observer = new MutationObserver(onChange);
    observer.observe(element, { childList: true, subtree: true });
    document.addEventListener("focusin", onFocus);
    return () => {
      observer.disconnect();
      document.removeEventListener("focusin", onFocus);
    };
  }, [root]);
}
