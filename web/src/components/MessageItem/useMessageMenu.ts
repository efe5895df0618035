import {
  type KeyboardEvent,
  type MouseEvent,
  type PointerEvent,
  useCallback,
  useEffect,
  useRef,
  useState,
} from "react";
import type { TimelineMessage } from "../../model/types";
import type { ActionName } from "./messageActions";

/** A finger that rests so long (ms) and moves no farther (px) asks for the menu. */
const LONG_PRESS_MS = 500;
const MOVED_PX = 10;
const NONE: readonly ActionName[] = [];

/**
 * The actions of a message: shown on hover and on focus, opened as a menu by the right button, a long press, Enter or
 * the menu key. What is not asked for is not drawn: a timeline holds many messages.
 */
export function useMessageMenu(
  message: TimelineMessage,
  findActions: (message: TimelineMessage) => readonly ActionName[],
) {
  const [isHovered, setHovered] = useState(false);
  const [hasFocus, setFocus] = useState(false);
  const [isOpen, setOpen] = useState(false);
  const press = useLongPress(useCallback(() => setOpen(true), []));
  const isWanted = isHovered || hasFocus || isOpen;
  const names = isWanted ? findActions(message) : NONE;

  const onKeyDown = (event: KeyboardEvent) => {
    const isMenuKey =
      event.key === "Enter" || event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey);
    if (event.target !== event.currentTarget || !isMenuKey || names.length === 0) return;
    event.preventDefault();
    setOpen(true);
  };

  const onContextMenu = (event: MouseEvent) => {
    // The browser's own menu is of more use on a link, on selected words and in a player.
    const isOfBrowser =
      (event.target as Element).closest("a, audio") || !document.getSelection()?.isCollapsed;
    if (isOfBrowser || findActions(message).length === 0) return;
    event.preventDefault();
    setOpen(true);
  };

  return {
    names,
    isShown: names.length > 0,
    isOpen,
    setOpen,
    handlers: {
      onPointerEnter: (event: PointerEvent) => event.pointerType !== "touch" && setHovered(true),
      onPointerLeave: () => setHovered(false),
      onFocus: () => setFocus(true),
      onBlur: (event: { currentTarget: Element; relatedTarget: EventTarget | null }) =>
        !event.currentTarget.contains(event.relatedTarget as Node | null) && setFocus(false),
      onKeyDown,
      onContextMenu,
      ...press,
    },
  };
}

function useLongPress(onLongPress: () => void) {
  const start = useRef<{ x: number; y: number; timer: ReturnType<typeof setTimeout> } | null>(null);
  const cancel = useCallback(() => {
    if (start.current) clearTimeout(start.current.timer);
    start.current = null;
  }, []);
  useEffect(() => cancel, [cancel]);

  return {
    onPointerDown: (event: PointerEvent) => {
      if (event.pointerType !== "touch") return;
      cancel();
      start.current = { x: event.clientX, y: event.clientY, timer: setTimeout(onLongPress, LONG_PRESS_MS) };
    },
    onPointerMove: (event: PointerEvent) => {
      const from = start.current;
      if (from && Math.hypot(event.clientX - from.x, event.clientY - from.y) > MOVED_PX) cancel();
    },
    onPointerUp: cancel,
    onPointerCancel: cancel,
  };
}
