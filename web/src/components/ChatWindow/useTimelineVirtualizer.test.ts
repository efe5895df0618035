import { renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type TimelineVirtualizer, useStableBottom } from "./useTimelineVirtualizer";

const TOTAL = 1000;

let resized: () => void;

beforeEach(() => {
  class Observer {
    constructor(callback: () => void) {
      resized = callback;
    }
    observe() {}
    disconnect() {}
  }
  vi.stubGlobal("ResizeObserver", Observer);
});

afterEach(() => vi.unstubAllGlobals());

/** A timeline that is at its end, and what a browser does with it. */
function show(height: number) {
  const element = document.createElement("div");
  const sizes = { clientHeight: height, scrollHeight: TOTAL };
  for (const name of ["clientHeight", "scrollHeight"] as const) {
    Object.defineProperty(element, name, { get: () => sizes[name] });
  }
  element.scrollTop = TOTAL - height;
  const virtualizer = {
    scrollRect: { height },
    scrollOffset: TOTAL - height,
    getTotalSize: () => TOTAL,
  };
  const scrolled = () => {
    virtualizer.scrollOffset = element.scrollTop;
    element.dispatchEvent(new Event("scroll"));
  };
  const told = () => {
    virtualizer.scrollRect = { height: sizes.clientHeight };
    resized();
  };
  renderHook(() => useStableBottom(element, virtualizer as unknown as TimelineVirtualizer));
  return { element, sizes, scrolled, told };
}

test("less room: the end stays in sight", () => {
  const { element, sizes, told } = show(400);
  sizes.clientHeight = 300;
  told();
  expect(element.scrollTop).toBe(TOTAL - 300);
});

test("more room: the browser scrolls before the new height is told, and the end stays in sight", () => {
  const { element, sizes, scrolled, told } = show(300);
  sizes.clientHeight = 400;
  element.scrollTop = TOTAL - 400;
  scrolled();
  told();
  expect(element.scrollTop).toBe(TOTAL - 400);
});

test("who reads further up keeps the lower edge of what is in sight", () => {
  const { element, sizes, scrolled, told } = show(400);
  element.scrollTop = 100;
  scrolled();
  sizes.clientHeight = 300;
  told();
  expect(element.scrollTop).toBe(200);
});
