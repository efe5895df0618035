import { render, screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { TestProvider } from "../../testing";
import { ShortcutsHelp } from "./ShortcutsHelp";

function show() {
  render(
    <TestProvider>
      <ShortcutsHelp isOpen onClose={() => undefined} />
    </TestProvider>,
  );
}

const keysOf = (what: string) => screen.getByText(what).nextElementSibling?.textContent;

test("it names what each key does", () => {
  show();
  expect(keysOf("Быстрый переход")).toBe("CtrlK");
  expect(keysOf("Новая строка")).toBe("ShiftEnter");
});

test("on a Mac it is ⌘", () => {
  vi.spyOn(navigator, "userAgent", "get").mockReturnValue("Mozilla/5.0 (Macintosh; Intel Mac OS X 14)");
  show();
  expect(keysOf("Быстрый переход")).toBe("⌘K");
});
