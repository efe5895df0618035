import { useCallback, useEffect, useState } from "react";

/** Which conversation is open stands behind the `#`, so that a reload and the browser's «back» find it. */
export function useAddress(): { openId: number | null; setOpenId: (id: number | null) => void } {
  const [openId, setShown] = useState(idInAddress);
  useEffect(() => {
    const onMove = () => setShown(idInAddress());
    window.addEventListener("popstate", onMove);
    return () => window.removeEventListener("popstate", onMove);
  }, []);
  const setOpenId = useCallback((id: number | null) => {
    const shown = idInAddress();
    if (id === shown) return;
    move(shown, id);
    setShown(id);
  }, []);
  return { openId, setOpenId };
}

/** From the list into a conversation is one step forward; out of it the same step back; across it none. */
function move(from: number | null, to: number | null): void {
  if (from === null) history.pushState({ fromList: true }, "", `#/c/${to}`);
  else if (to !== null) history.replaceState(history.state, "", `#/c/${to}`);
  else if ((history.state as { fromList?: boolean } | null)?.fromList) history.back();
  else history.replaceState(null, "", "#/");
}

/** The conversation that the page's address names. */
export function idInAddress(): number | null {
  const found = /^#\/c\/(\d{1,15})$/u.exec(location.hash);
  return found ? Number(found[1]) : null;
}
