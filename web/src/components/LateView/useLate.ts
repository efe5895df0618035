import { useEffect, useSyncExternalStore } from "react";
import type { Late, LateView } from "./lateView";

/** A part that is fetched as soon as it is wanted here. */
export function useLate<Part>(late: LateView<Part>, isWanted = true): Late<Part> {
  useEffect(() => {
    if (isWanted) void late.load();
  }, [late, isWanted]);
  return useSyncExternalStore(isWanted ? late.subscribe : watchNothing, late.get);
}

/** How a part is, for whoever does not ask for it. */
export function useLateState<Part>(late: LateView<Part>): Late<Part> {
  return useSyncExternalStore(late.subscribe, late.get);
}

function watchNothing(): () => void {
  return () => undefined;
}
