/**
 * Call this once what is drawn now is on screen; returns how to call it off. The frame after the next begins when the
 * next one has been handed over to be shown. In a hidden page nothing is painted, and it is called at once.
 */
export function afterPaint(then: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let frame: number | undefined;
  const wait = () => {
    timer = setTimeout(then);
  };
  if (document.hidden) wait();
  else
    frame = requestAnimationFrame(() => {
      frame = requestAnimationFrame(wait);
    });
  return () => {
    if (frame !== undefined) cancelAnimationFrame(frame);
    clearTimeout(timer);
  };
}
