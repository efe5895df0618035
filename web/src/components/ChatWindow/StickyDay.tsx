import { type JSX, useEffect, useRef, useState } from "react";
import type { TimelineEntry } from "../../model/types";
import separator from "../MessageItem/Separator.module.css";
import { useDayLabel } from "../MessageItem/useDayLabel";
import { dayAt } from "./dayAt";
import styles from "./StickyDay.module.css";
import type { TimelineVirtualizer } from "./useTimelineVirtualizer";

interface StickyDayProps {
  scroller: HTMLElement | null;
  virtualizer: TimelineVirtualizer;
  rows: readonly TimelineEntry[];
}

/** The day of what is at the upper edge; the next day's separator pushes it away. Decoration: the separators speak. */
export function StickyDay({ scroller, virtualizer, rows }: StickyDayProps): JSX.Element | null {
  const [day, setDay] = useState<string | null>(null);
  const pill = useRef<HTMLDivElement>(null);
  const height = useRef(0);
  const label = useDayLabel();

  useEffect(() => {
    if (!scroller) return;
    const place = () => {
      const offset = virtualizer.scrollOffset ?? 0;
      const top = offset <= 0 ? undefined : virtualizer.getVirtualItemForOffset(offset)?.index;
      setDay(top === undefined ? null : dayAt(rows, top));
      height.current ||= pill.current?.offsetHeight ?? 0; // read once: reading it at each frame would cost a layout
      if (pill.current)
        pill.current.style.transform = `translateY(${-pushedBy(rows, virtualizer, offset, height.current)}px)`;
    };
    place();
    scroller.addEventListener("scroll", place, { passive: true });
    return () => scroller.removeEventListener("scroll", place);
  }, [scroller, virtualizer, rows]);

  if (day === null) return null;
  return (
    <div className={styles.sticky} ref={pill} aria-hidden="true">
      <span className={separator.pill}>{label(day)}</span>
    </div>
  );
}

/** How far the separator that comes next has moved into the room of the sticky one. */
function pushedBy(
  rows: readonly TimelineEntry[],
  virtualizer: TimelineVirtualizer,
  offset: number,
  height: number,
): number {
  for (const item of virtualizer.getVirtualItems()) {
    if (item.start <= offset || item.start >= offset + height) continue;
    if (rows[item.index]?.kind === "date") return offset + height - item.start;
  }
  return 0;
}
