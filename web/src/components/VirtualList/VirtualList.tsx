import { defaultRangeExtractor, type Range, useVirtualizer } from "@tanstack/react-virtual";
import {
  forwardRef,
  type KeyboardEvent,
  type ReactElement,
  type ReactNode,
  type Ref,
  useCallback,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { classes, useAfterPaint } from "../../ui";
import { largestRect, observeHeight, scrollUnlessThere } from "./firstPaint";
import { type Direction, directionOf, nextIndex } from "./moves";
import { useRem } from "./useRem";
import styles from "./VirtualList.module.css";

/** What a row's control takes, so that the list is one tab stop and arrows move inside it. */
export interface RowFocus {
  tabIndex: 0 | -1;
  "data-row-control": "";
}

export interface VirtualListProps<Item> {
  label: string;
  items: readonly Item[];
  getKey: (item: Item) => string | number;
  /** In rem: rows grow with the text. All have the same height, or `rowHeight(item)`. */
  rowHeight: number | ((item: Item) => number);
  renderRow: (item: Item, focus: RowFocus) => ReactNode;
  /** Whether a row has no control of its own: then it is itself what the arrows focus, to be read. */
  isPlainRow?: ((item: Item) => boolean) | undefined;
  /** The row that Tab comes to first; else where the arrows have been last. */
  currentKey?: string | number | null | undefined;
  /** The last rows are coming into sight. */
  onEndReached?: (() => void) | undefined;
  /** Below the last row: that more is coming, or an error. */
  footer?: ReactNode;
  className?: string | undefined;
}

export interface VirtualListHandle {
  /** Focus a row, bringing it into sight; the current one without a key. */
  focus(key?: string | number): void;
}

// The same objects at each drawing, so that rows need not draw anew.
const TAB_STOP: RowFocus = { tabIndex: 0, "data-row-control": "" };
const NO_TAB_STOP: RowFocus = { tabIndex: -1, "data-row-control": "" };
const NEAR_END = 8;
const OVERSCAN = 6;

/** A list of any length, of which only what is in sight exists. Arrows, Home, End and the Page keys move the focus. */
function VirtualListInner<Item>(props: VirtualListProps<Item>, ref: Ref<VirtualListHandle>) {
  const {
    label,
    items,
    getKey,
    rowHeight,
    renderRow,
    isPlainRow,
    currentKey,
    onEndReached,
    footer,
    className,
  } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const [rovingKey, setRovingKey] = useState<string | number | null>(null);
  const stop = useTabStop(items, getKey, rovingKey, currentKey);
  const { rem, probe } = useRem();
  const [largest] = useState(largestRect);
  const isPainted = useAfterPaint();

  const virtualizer = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) =>
      rem * (typeof rowHeight === "number" ? rowHeight : rowHeight(items[index] as Item)),
    getItemKey: useCallback((index: number) => getKey(items[index] as Item), [items, getKey]),
    overscan: isPainted ? OVERSCAN : 0,
    initialRect: largest,
    observeElementRect: observeHeight,
    scrollToFn: scrollUnlessThere,
    rangeExtractor: useCallback((range: Range) => withStop(range, stop), [stop]),
  });
  const measured = useRef(rem);
  useLayoutEffect(() => {
    if (measured.current === rem) return;
    measured.current = rem;
    virtualizer.measure();
  }, [rem, virtualizer]);
  const rows = virtualizer.getVirtualItems();
  useEndReached(rows.at(-1)?.index ?? -1, items.length, onEndReached);

  const focusRow = useCallback(
    (index: number) => {
      const item = items[index];
      if (item === undefined) return;
      setRovingKey(getKey(item));
      virtualizer.scrollToIndex(index, { align: "auto" });
      focusWhenRendered(() => controlOf(list.current, index));
    },
    [items, getKey, virtualizer],
  );
  useImperativeHandle(ref, () => ({
    focus: (key) => {
      const wanted = items.findIndex((item) => getKey(item) === key);
      focusRow(wanted < 0 ? stop : wanted);
    },
  }));

  const focusOf = (index: number) => (index === stop ? TAB_STOP : NO_TAB_STOP);

  const onKeyDown = (event: KeyboardEvent) => {
    const direction: Direction | null = directionOf(event);
    const at = indexOf(event.target);
    if (direction === null || at === null) return;
    event.preventDefault();
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / (rows[0]?.size ?? 1)) - 1);
    focusRow(nextIndex(direction, at, items.length, page));
  };

  return (
    <div ref={scroller} className={classes(styles.scroller, className)}>
      <ul
        ref={list}
        aria-label={label}
        className={styles.list}
        style={{ height: virtualizer.getTotalSize() }}
        onKeyDown={onKeyDown}
        onFocus={(event) => {
          const at = indexOf(event.target);
          if (at !== null && items[at] !== undefined) setRovingKey(getKey(items[at]));
        }}
      >
        {rows.map((row) => (
          <li
            key={row.key}
            data-index={row.index}
            aria-setsize={items.length}
            aria-posinset={row.index + 1}
            className={styles.row}
            {...(isPlainRow?.(items[row.index] as Item) ? focusOf(row.index) : {})}
            style={{ height: row.size, transform: `translateY(${row.start}px)` }}
          >
            {renderRow(items[row.index] as Item, focusOf(row.index))}
          </li>
        ))}
      </ul>
      {footer}
      <span ref={probe} className={styles.rem} aria-hidden="true" />
    </div>
  );
}

export const VirtualList = forwardRef(VirtualListInner) as <Item>(
  props: VirtualListProps<Item> & { ref?: Ref<VirtualListHandle> },
) => ReactElement;

/** Which row Tab comes to. It is always rendered, or Tab would find nothing. */
function useTabStop<Item>(
  items: readonly Item[],
  getKey: (item: Item) => string | number,
  rovingKey: string | number | null,
  currentKey: string | number | null | undefined,
): number {
  const find = (key: string | number | null | undefined) =>
    key === null || key === undefined ? -1 : items.findIndex((item) => getKey(item) === key);
  const roving = find(rovingKey);
  return Math.max(0, roving >= 0 ? roving : find(currentKey));
}

function withStop(range: Range, stop: number): number[] {
  const visible = defaultRangeExtractor(range);
  if (stop >= range.count || visible.includes(stop)) return visible;
  return [...visible, stop].sort((a, b) => a - b);
}

function useEndReached(last: number, count: number, onEndReached: (() => void) | undefined): void {
  const isNear = count > 0 && last >= count - NEAR_END;
  // `count`: a page may have come that is shorter than what is in sight.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above.
  useEffect(() => {
    if (isNear) onEndReached?.();
  }, [isNear, count, onEndReached]);
}

function indexOf(target: EventTarget): number | null {
  const row = target instanceof Element ? target.closest<HTMLElement>("li[data-index]") : null;
  return row ? Number(row.dataset.index) : null;
}

function controlOf(list: HTMLElement | null, index: number): HTMLElement | null {
  const row = list?.querySelector<HTMLElement>(`li[data-index="${index}"]`);
  if (!row) return null;
  return row.matches("[data-row-control]") ? row : row.querySelector<HTMLElement>("[data-row-control]");
}

/** A row that was out of sight is there after the next drawing or two. */
function focusWhenRendered(find: () => HTMLElement | null, framesLeft = 10): void {
  const control = find();
  if (control) control.focus({ preventScroll: true });
  else if (framesLeft > 0) requestAnimationFrame(() => focusWhenRendered(find, framesLeft - 1));
}
