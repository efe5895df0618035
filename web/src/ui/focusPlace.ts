/** Gives the focus to a place, or to what comes next after it when it is gone; whether anything took it. */
export type FocusPlace = () => boolean;

const ROW = "[data-index]";
const IN_ROW = "article, [data-row-control]";
const WINDOW = "[data-sc-window]";
const FIELD = "[data-sc-composer] textarea";
const LIST_ROW = "[data-sc-list] [data-row-control][tabindex='0']";
const LIST_SEARCH = "[data-sc-list] [type=search]";
const LIST_FILTER = "[data-sc-list] [type=radio]:checked";

/**
 * Where the focus goes back to. Of an element that will not be there any more: its message or row, the next one, the
 * one before; in a conversation the field; then the list of conversations.
 */
export function placeOf(element: Element): FocusPlace {
  const row = element.closest(ROW);
  const root = element.closest(".sc-root") ?? document.body;
  const isInWindow = element.closest(WINDOW) !== null;
  const near = [
    element,
    row?.querySelector(IN_ROW),
    row?.nextElementSibling?.querySelector(IN_ROW),
    row?.previousElementSibling?.querySelector(IN_ROW),
  ];
  return () => {
    const far = [
      ...(isInWindow ? [fieldIn(root), openWindowIn(root)] : []),
      root.querySelector(LIST_ROW),
      root.querySelector(WINDOW),
      toolIn(root),
    ];
    return [...near, ...far].some(takesFocus);
  };
}

/** What had the focus is gone, or nothing had it. */
export function isFocusNowhere(): boolean {
  const { activeElement } = document;
  return activeElement === null || activeElement === document.body;
}

/** Whether it belongs to the list or to the conversation, and not to what comes and goes beside them. */
export function isAtHome(element: Element): boolean {
  return element.closest(`[data-sc-list], ${WINDOW}`) !== null;
}

/** In a list without lines: what has left none, the search or the filter. */
export function toolIn(root: Element): HTMLElement | null {
  return root.querySelector<HTMLElement>(isTouched() ? LIST_FILTER : LIST_SEARCH);
}

function fieldIn(root: Element): Element | null {
  return isTouched() ? null : root.querySelector(FIELD);
}

/** The cursor in a field would bring up the keyboard over what is read. */
export function isTouched(): boolean {
  return window.matchMedia?.("(pointer: coarse)").matches ?? false;
}

/** Not the pane that says that no conversation is open. */
function openWindowIn(root: Element): Element | null {
  const pane = root.querySelector(WINDOW);
  return pane?.querySelector("section") ? pane : null;
}

function takesFocus(element: Element | null | undefined): boolean {
  if (!(element instanceof HTMLElement) || !element.isConnected) return false;
  element.focus();
  return document.activeElement === element;
}
