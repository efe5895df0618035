import { useRef } from "react";

export interface FocusReturn {
  onOpenAutoFocus: (event: Event) => void;
  onCloseAutoFocus: (event: Event) => void;
}

/**
 * The focus goes back to what had it before a dialog. Radix does so only for dialogs with a trigger of their own; ours
 * are opened by menus, keys and rows.
 */
export function useFocusReturn(given: Partial<FocusReturn> = {}): FocusReturn {
  const before = useRef<Element | null>(null);
  return {
    onOpenAutoFocus: (event) => {
      before.current = document.activeElement; // the dialog has not taken it yet
      given.onOpenAutoFocus?.(event);
    },
    onCloseAutoFocus: (event) => {
      given.onCloseAutoFocus?.(event);
      if (event.defaultPrevented) return;
      event.preventDefault();
      if (before.current instanceof HTMLElement) before.current.focus();
    },
  };
}
