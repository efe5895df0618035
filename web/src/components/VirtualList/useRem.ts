import { type RefObject, useEffect, useRef, useState } from "react";

/** The pixels of a rem, also when the reader makes the text larger meanwhile. `probe` is an element one rem high. */
export function useRem(): { rem: number; probe: RefObject<HTMLSpanElement | null> } {
  const [rem, setRem] = useState(sizeOfText);
  const probe = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    if (!probe.current) return;
    const observer = new ResizeObserver(() => setRem(sizeOfText()));
    observer.observe(probe.current);
    return () => observer.disconnect();
  }, []);
  return { rem, probe };
}

function sizeOfText(): number {
  return Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
}
