import { useEffect, useRef } from "react";

export interface Shortcuts {
  onSwitcher: () => void;
  onHelp: () => void;
  onBack: () => void;
  onNextUnread: () => void;
}

/** The keys that work everywhere in the chat. What has dealt with a key itself has prevented its default. */
export function useShortcuts(root: { readonly current: HTMLElement | null }, shortcuts: Shortcuts): void {
  const latest = useRef(shortcuts);
  useEffect(() => {
    latest.current = shortcuts;
  });
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing || !isOurs(event, root.current)) return;
      const action = actionOf(event);
      if (!action) return;
      event.preventDefault();
      latest.current[action]();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [root]);
}

/** By the key's place, too: on a Russian keyboard K is «л» and / is «.». */
function actionOf(event: KeyboardEvent): keyof Shortcuts | null {
  const isMod = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
  if (isMod && event.code === "KeyK") return "onSwitcher";
  if (isMod && (event.code === "Slash" || event.key === "/")) return "onHelp";
  if (event.altKey && event.shiftKey && event.code === "ArrowDown") return "onNextUnread";
  const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.shiftKey;
  return isPlain && event.key === "Escape" ? "onBack" : null;
}

/** In the school's page other fields have keys of their own; with nothing focused, the keys are ours. */
function isOurs(event: KeyboardEvent, root: HTMLElement | null): boolean {
  const target = event.target instanceof Node ? event.target : null;
  return target === document.body || (root?.contains(target) ?? false);
}
