import { autoUpdate, computePosition, flip, offset, shift } from "@floating-ui/dom";
import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";
import styles from "./Tooltips.module.css";
import { watchTips } from "./watchTips";

interface TooltipsProps {
  /** What it is for; the events are heard here, once for all buttons inside. */
  root: RefObject<HTMLElement | null>;
  container: HTMLElement;
}

/** Words for an icon, on hover and on focus: one tooltip for all, so that a button costs nothing until it is pointed at. */
export function Tooltips({ root, container }: TooltipsProps) {
  const [button, setButton] = useState<HTMLElement | null>(null);
  useEffect(() => (root.current ? watchTips(root.current, setButton) : undefined), [root]);
  return button && createPortal(<Tooltip button={button} />, container);
}

/** The name is the button's own `aria-label`, so a screen reader has it from there. */
function Tooltip({ button }: { button: HTMLElement }) {
  const tip = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const floating = tip.current;
    return floating ? autoUpdate(button, floating, () => void place(button, floating)) : undefined;
  }, [button]);
  const keys = button.dataset.scTip;
  return (
    <div ref={tip} role="tooltip" className={styles.tooltip}>
      {button.getAttribute("aria-label")}
      {keys && <kbd className={styles.keys}>{keys}</kbd>}
    </div>
  );
}

async function place(button: HTMLElement, floating: HTMLElement): Promise<void> {
  const { x, y } = await computePosition(button, floating, {
    strategy: "fixed",
    placement: "bottom",
    middleware: [offset(6), flip({ padding: 8 }), shift({ padding: 8 })],
  });
  Object.assign(floating.style, { left: `${x}px`, top: `${y}px`, visibility: "visible" });
}
