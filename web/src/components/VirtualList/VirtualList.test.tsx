import { act, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { createRef } from "react";
import { afterEach, expect, test, vi } from "vitest";
import { VirtualList, type VirtualListHandle, type VirtualListProps } from "./VirtualList";

const NUMBERS = Array.from({ length: 500 }, (_, index) => index + 1);

function show(props: Partial<VirtualListProps<number>> = {}) {
  const drawn = vi.fn();
  const handle = createRef<VirtualListHandle>();
  const view = render(
    <VirtualList
      ref={handle}
      label="Строки"
      items={NUMBERS}
      getKey={(number) => number}
      rowHeight={5}
      renderRow={(number, focus) => {
        drawn(number);
        return (
          <button type="button" {...focus}>
            Строка {number}
          </button>
        );
      }}
      {...props}
    />,
  );
  return { ...view, drawn, handle, user: userEvent.setup() };
}

/** What a resize observer has been given to look at, and how to tell that it changed. */
function watchObservers(): Map<Element, () => void> {
  const observed = new Map<Element, () => void>();
  vi.stubGlobal(
    "ResizeObserver",
    class {
      constructor(private readonly tell: () => void) {}
      observe(element: Element) {
        observed.set(element, this.tell);
      }
      unobserve() {}
      disconnect() {}
    },
  );
  return observed;
}

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  document.documentElement.style.fontSize = "";
});

const row = (number: number) => screen.queryByRole("button", { name: `Строка ${number}` });

test("with the first drawing the window is full, and the page was asked for no size", () => {
  const sizes = ["offsetHeight", "clientHeight", "scrollTop"].map((name) => {
    const owner = name === "scrollTop" ? Element.prototype : HTMLElement.prototype;
    return vi.spyOn(owner as HTMLElement, name as "offsetHeight", "get");
  });
  const scrolled = vi.spyOn(Element.prototype, "scrollTo");
  const { drawn } = show();
  expect(row(1)).toBeInTheDocument();
  expect(row(Math.ceil(window.innerHeight / 80))).toBeInTheDocument();
  expect(row(60)).toBeNull();
  for (const asked of [...sizes, scrolled]) expect(asked).not.toHaveBeenCalled();
  expect(drawn.mock.calls.length).toBe(new Set(drawn.mock.calls.flat()).size); // each row once
});

test("once the height is known and the page is painted, there are rows beyond what is in sight, for scrolling", async () => {
  const observed = watchObservers();
  show();
  const scroller = screen.getByRole("list").parentElement as HTMLElement;
  const most = screen.getAllByRole("listitem").length;
  act(() => observed.get(scroller)?.());
  const inSight = Math.ceil(600 / 80);
  expect(most).toBeLessThan(inSight + 6);
  expect(await screen.findByRole("button", { name: `Строка ${inSight + 6}` })).toBeInTheDocument();
});

test("when the text of the browser grows, the rows grow with it", () => {
  const observed = watchObservers();
  show();
  const probe = [...observed.keys()].find((element) => element.tagName === "SPAN") as Element;
  const third = () => screen.getAllByRole("listitem")[2]!.style.transform;
  expect(third()).toBe("translateY(160px)");
  document.documentElement.style.fontSize = "32px";
  act(() => observed.get(probe)?.());
  expect(third()).toBe("translateY(320px)");
});

test("one tab stop, arrows inside, and the row where they were stays drawn", async () => {
  const { user } = show({ currentKey: 3 });
  await user.tab();
  expect(row(3)).toHaveFocus();
  await user.keyboard("{ArrowDown}");
  await screen.findByRole("button", { name: "Строка 4" });
  expect(row(4)).toHaveFocus();
  await user.keyboard("{ArrowUp}{ArrowUp}");
  expect(row(2)).toHaveFocus();
});

test("the list can be told to focus a row", async () => {
  const { handle } = show();
  act(() => handle.current?.focus(5));
  await vi.waitFor(() => expect(row(5)).toHaveFocus());
});

test("told to focus a row that it has not, it stays where it is: at its tab stop", async () => {
  const { handle } = show({ currentKey: 7 });
  act(() => handle.current?.focus(9000));
  await vi.waitFor(() => expect(row(7)).toHaveFocus());
});

test("near the end more is asked for, and again when what came was short", () => {
  const onEndReached = vi.fn();
  const { rerender } = show({ items: NUMBERS.slice(0, 5), onEndReached });
  expect(onEndReached).toHaveBeenCalledTimes(1);
  rerender(
    <VirtualList
      label="Строки"
      items={NUMBERS.slice(0, 6)}
      getKey={(number) => number}
      rowHeight={5}
      renderRow={(number) => <p>{number}</p>}
      onEndReached={onEndReached}
    />,
  );
  expect(onEndReached).toHaveBeenCalledTimes(2);
});
