import { useEffect } from "react";
import { afterPaint } from "../../ui";
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
    const callOff = afterPaint(() => void fetchSoon(end.signal));
    return () => {
      callOff();
      end.abort();
    };
  }, []);
}

async function fetchSoon(end: AbortSignal): Promise<void> {
  await chatWindow.load();
  for (const part of [lateDialogs, viewer]) {
    await idle();
    if (end.aborted || !navigator.onLine) return;
    await part.load();
  }
}

const LONGEST_WAIT_MS = 10_000;

function idle(): Promise<void> {
  return new Promise((resolve) => {
    // Safari has none.
    if (window.requestIdleCallback) window.requestIdleCallback(() => resolve(), { timeout: LONGEST_WAIT_MS });
    else setTimeout(resolve, 1000);
  });
}
