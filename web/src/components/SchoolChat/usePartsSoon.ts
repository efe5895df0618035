import { useEffect } from "react";
import { chatWindow } from "../ChatWindow/lateChatWindow";
import { viewer } from "../Lightbox/lateViewer";
import { lateDialogs } from "./lateDialogs";

/**
 * The conversation's code is fetched as soon as what is on screen now has been painted, so that it is there when
 * somebody clicks. The small parts follow when the browser has nothing else to do: then they open without a network too.
 */
export function usePartsSoon(): void {
  useEffect(() => {
    const end = new AbortController();
    void fetchSoon(end.signal);
    return () => end.abort();
  }, []);
}

async function fetchSoon(end: AbortSignal): Promise<void> {
  await painted();
  if (end.aborted) return;
  await chatWindow.load();
  for (const part of [lateDialogs, viewer]) {
    await idle();
    if (end.aborted || !navigator.onLine) return;
    await part.load();
  }
}

/** What is drawn now is on screen. */
function painted(): Promise<void> {
  return new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
}

const LONGEST_WAIT_MS = 10_000;

function idle(): Promise<void> {
  return new Promise((resolve) => {
    // Safari has none.
    if (window.requestIdleCallback) window.requestIdleCallback(() => resolve(), { timeout: LONGEST_WAIT_MS });
    else setTimeout(resolve, 1000);
  });
}
