import { useRef } from "react";
import { type FocusPlace, placeOf } from "./focusPlace";

export interface FocusReturn {
  onOpenAutoFocus: (event: Event) => void;
  onCloseAutoFocus: (event: Event) => void;
}

/**
 * The focus goes back to what had it before a dialog, or near to it: what was asked about may be gone. Radix does so
 * only for dialogs with a trigger of their own; ours are opened by menus, keys and rows.
 */
export function useFocusReturn(given: Partial<FocusReturn> = {}): FocusReturn {
  const before = useRef<FocusPlace | null>(null);
  return {
    onOpenAutoFocus: (event) => {
      before.current = document.activeElement && placeOf(document.activeElement); // the dialog has not taken it yet
      given.onOpenAutoFocus?.(event);
    },
    onCloseAutoFocus: (event) => {
      given.onCloseAutoFocus?.(event);
      if (event.defaultPrevented) return;
      event.preventDefault();
      before.current?.();
    },
  };
}
