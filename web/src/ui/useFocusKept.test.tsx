import { act, render, screen, waitFor } from "@testing-library/react";
import { type JSX, useRef, useState } from "react";
import { beforeEach, expect, test, vi } from "vitest";
import { useFocusKept } from "./useFocusKept";

let remove: (...names: string[]) => void;
let restore: (name: string) => void;

/** The chat in outline: a list, and a conversation with three messages and a field. */
function Shell({ hasField = true }: { hasField?: boolean }) {
  const root = useRef<HTMLDivElement>(null);
  const [gone, setGone] = useState<readonly string[]>([]);
  remove = (...names) => setGone((before) => [...before, ...names]);
  restore = (name) => setGone((before) => before.filter((one) => one !== name));
  useFocusKept(root);
  const unless = (name: string, element: JSX.Element) => (gone.includes(name) ? null : element);
  return (
    <div className="sc-root">
      <input aria-label="школа" />
      <div ref={root}>
        {unless("повторить", <button type="button">повторить</button>)}
        <div data-sc-list="">
          <input type="search" aria-label="поиск" />
          <input type="radio" aria-label="все" defaultChecked />
          {unless(
            "чаты",
            <>
              <button type="button" data-row-control="" tabIndex={-1}>
                другой чат
              </button>
              <button type="button" data-row-control="" tabIndex={0}>
                чат
              </button>
            </>,
          )}
        </div>
        {unless(
          "вид",
          <div data-sc-window="" tabIndex={-1}>
            {unless(
              "окно",
              <section>
                {["раз", "два", "три"].map((name, index) =>
                  unless(
                    name,
                    <div key={name} data-index={index}>
                      <article tabIndex={-1} aria-label={name}>
                        {unless(`кнопка ${name}`, <button type="button">{`кнопка ${name}`}</button>)}
                      </article>
                    </div>,
                  ),
                )}
                {unless("вниз", <button type="button">вниз</button>)}
                {hasField && (
                  <div data-sc-composer="">
                    <textarea aria-label="поле" />
                  </div>
                )}
              </section>,
            )}
          </div>,
        )}
      </div>
    </div>
  );
}

const button = (name: string) => screen.getByRole("button", { name });
const focus = (element: HTMLElement) => act(() => element.focus());
const back = (name: string) => act(async () => restore(name));
const lose = (...names: string[]) => act(async () => remove(...names));

beforeEach(() => void vi.stubGlobal("matchMedia", undefined));

test("a button that goes leaves the focus to its message", async () => {
  render(<Shell />);
  focus(button("кнопка два"));
  await lose("кнопка два");
  await waitFor(() => expect(screen.getByLabelText("два")).toHaveFocus());
});

test("a message that goes leaves it to the next one, the last to the one before", async () => {
  render(<Shell />);
  focus(button("кнопка два"));
  await lose("два");
  await waitFor(() => expect(screen.getByLabelText("три")).toHaveFocus());
  await lose("три");
  await waitFor(() => expect(screen.getByLabelText("раз")).toHaveFocus());
});

test("what belongs to no message leaves it to the field; where nothing can be written, to the conversation", async () => {
  const { unmount } = render(<Shell />);
  focus(button("вниз"));
  await lose("вниз");
  await waitFor(() => expect(screen.getByLabelText("поле")).toHaveFocus());
  unmount();
  const { container } = render(<Shell hasField={false} />);
  focus(button("вниз"));
  await lose("вниз");
  await waitFor(() => expect(container.querySelector("[data-sc-window]")).toHaveFocus());
});

test("on a touched screen not to the field: the keyboard would cover what is read", async () => {
  vi.stubGlobal("matchMedia", (query: string) => ({ matches: query === "(pointer: coarse)" }));
  const { container } = render(<Shell />);
  focus(button("вниз"));
  await lose("вниз");
  await waitFor(() => expect(container.querySelector("[data-sc-window]")).toHaveFocus());
});

test("a conversation that goes leaves it to its line in the list", async () => {
  render(<Shell />);
  focus(screen.getByLabelText("поле"));
  await lose("окно");
  await waitFor(() => expect(button("чат")).toHaveFocus());
});

test("a button of the banner leaves it to where it was before: to the field, or its line in the list", async () => {
  render(<Shell />);
  for (const place of [screen.getByLabelText("поле"), button("другой чат")]) {
    focus(place);
    focus(button("повторить"));
    await lose("повторить");
    await waitFor(() => expect(place).toHaveFocus());
    await back("повторить");
  }
});

test("with no line and no window left, it is in the search; on a touched screen on the filter", async () => {
  const { unmount } = render(<Shell />);
  focus(button("повторить"));
  await lose("повторить", "чаты", "вид");
  await waitFor(() => expect(screen.getByLabelText("поиск")).toHaveFocus());
  unmount();
  vi.stubGlobal("matchMedia", (query: string) => ({ matches: query === "(pointer: coarse)" }));
  render(<Shell />);
  focus(button("повторить"));
  await lose("повторить", "чаты", "вид");
  await waitFor(() => expect(screen.getByRole("radio")).toHaveFocus());
});

test("a focus that is somewhere else is left alone", async () => {
  render(<Shell />);
  focus(button("вниз"));
  focus(screen.getByLabelText("школа"));
  await lose("вниз", "раз");
  expect(screen.getByLabelText("школа")).toHaveFocus();
  act(() => screen.getByLabelText("школа").blur());
  await lose("два");
  expect(document.body).toHaveFocus();
});
