import { act, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { IconButton } from "./IconButton";
import { ThemeRoot } from "./ThemeRoot";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function show() {
  render(
    <ThemeRoot>
      <IconButton label="Настройки" icon={<i data-testid="glyph" />} />
      <IconButton label="Отправить" shortcut="Enter" icon={<i />} />
      <IconButton label="Закрыть" icon={<i />} hasTooltip={false} />
      <p>пустое место</p>
    </ThemeRoot>,
  );
}

const button = (name: string) => screen.getByRole("button", { name });
const tip = () => screen.queryByRole("tooltip", { hidden: true })?.textContent ?? null;
const wait = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));
const pointAt = (element: Element, pointerType = "mouse") =>
  fireEvent(element, new PointerEvent("pointerover", { bubbles: true, pointerType }));

test("the name is shown where the pointer rests for half a second", async () => {
  show();
  pointAt(button("Настройки"));
  await wait(499);
  expect(tip()).toBeNull();
  await wait(1);
  expect(tip()).toBe("Настройки");
});

test("with the keys that do the same", async () => {
  show();
  pointAt(button("Отправить"));
  await wait(500);
  expect(tip()).toBe("ОтправитьEnter");
});

test("a pointer that has gone on before is shown nothing", async () => {
  show();
  pointAt(button("Настройки"));
  await wait(400);
  pointAt(screen.getByText("пустое место"));
  await wait(1000);
  expect(tip()).toBeNull();
});

test("moving within a button does not begin the wait anew", async () => {
  show();
  pointAt(button("Настройки"));
  await wait(400);
  pointAt(screen.getByTestId("glyph"));
  await wait(100);
  expect(tip()).toBe("Настройки");
});

test("the next one comes at once", async () => {
  show();
  pointAt(button("Настройки"));
  await wait(500);
  pointAt(screen.getByText("пустое место"));
  expect(tip()).toBeNull();
  await wait(100);
  pointAt(button("Отправить"));
  expect(tip()).toContain("Отправить");
});

test.each([
  ["Esc", () => fireEvent.keyDown(button("Настройки"), { key: "Escape" })],
  ["a press", () => fireEvent.pointerDown(button("Настройки"))],
  ["a click", () => fireEvent.click(button("Настройки"))],
])("%s takes it away, and the pointer that stays does not bring it back", async (_, act) => {
  show();
  pointAt(button("Настройки"));
  await wait(500);
  act();
  expect(tip()).toBeNull();
  pointAt(screen.getByTestId("glyph"));
  await wait(1000);
  expect(tip()).toBeNull();
});

test("a button pressed before its name has come shows it no more", async () => {
  show();
  pointAt(button("Настройки"));
  await wait(400);
  fireEvent.pointerDown(button("Настройки"));
  await wait(1000);
  expect(tip()).toBeNull();
});

test("the keyboard's focus shows it at once, and takes it along", async () => {
  show();
  fireEvent.keyDown(document.body, { key: "Tab" });
  act(() => button("Настройки").focus());
  expect(tip()).toBe("Настройки");
  act(() => button("Отправить").focus());
  expect(tip()).toContain("Отправить");
  act(() => button("Отправить").blur());
  expect(tip()).toBeNull();
});

test("a finger is shown nothing", async () => {
  show();
  pointAt(button("Настройки"), "touch");
  await wait(1000);
  expect(tip()).toBeNull();
});

test("a button that has its words beside it has no tooltip", async () => {
  show();
  pointAt(button("Закрыть"));
  await wait(1000);
  expect(tip()).toBeNull();
});

test("a button that goes takes its words along", async () => {
  show();
  pointAt(button("Настройки"));
  await wait(500);
  expect(tip()).toBe("Настройки");
  button("Настройки").remove();
  await wait(0);
  expect(tip()).toBeNull();
});

test("a root within a root: one tooltip, the inner one's", async () => {
  render(
    <ThemeRoot>
      <ThemeRoot>
        <IconButton label="Настройки" icon={<i />} />
      </ThemeRoot>
    </ThemeRoot>,
  );
  pointAt(button("Настройки"));
  await wait(500);
  expect(screen.getAllByRole("tooltip", { hidden: true })).toHaveLength(1);
});
