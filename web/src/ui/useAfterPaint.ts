import { startTransition, useEffect, useState } from "react";

/** False until what was drawn first is on screen: what can wait comes then. In a hidden page nothing is painted, and at once. */
export function useAfterPaint(): boolean {
  const [isPainted, setPainted] = useState(false);
  useEffect(() => {
    const tell = () => startTransition(() => setPainted(true));
    let timer: ReturnType<typeof setTimeout> | undefined;
    const wait = () => {
      timer = setTimeout(tell);
    };
    const frame = document.hidden ? wait() : requestAnimationFrame(wait);
    return () => {
      if (frame !== undefined) cancelAnimationFrame(frame);
      clearTimeout(timer);
    };
  }, []);
  return isPainted;
}
