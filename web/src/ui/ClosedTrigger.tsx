import {
  type ButtonHTMLAttributes,
  cloneElement,
  type KeyboardEvent,
  type PointerEvent,
  type ReactElement,
} from "react";

export type OpenedBy = "pointer" | "keys";

interface ClosedTriggerProps {
  trigger: ReactElement<ButtonHTMLAttributes<HTMLButtonElement>>;
  onOpen: (by: OpenedBy) => void;
}

const OPENING_KEYS = ["Enter", " ", "ArrowDown"];

/** The button of a menu that was never opened: the menu itself is made when it is, and a list of messages has many. */
export function ClosedTrigger({ trigger, onOpen }: ClosedTriggerProps): ReactElement {
  return cloneElement(trigger, {
    "aria-haspopup": "menu",
    "aria-expanded": false,
    onPointerDown: (event: PointerEvent) => {
      if (event.button !== 0 || event.ctrlKey) return;
      event.preventDefault(); // the menu takes the focus
      onOpen("pointer");
    },
    onKeyDown: (event: KeyboardEvent) => {
      if (!OPENING_KEYS.includes(event.key)) return;
      event.preventDefault();
      onOpen("keys");
    },
    onClick: () => onOpen("pointer"), // by a program that reads the screen
  });
}
