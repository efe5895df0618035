import { beforeEach, expect, test, vi } from "vitest";
import { reloadAfterUpgrade } from "./upgrade";

beforeEach(() => sessionStorage.clear());

test("a part that an upgrade has removed loads the page anew, but not for ever", () => {
  const reload = vi.fn();
  reloadAfterUpgrade(reload);
  const miss = () => {
    const event = new Event("vite:preloadError", { cancelable: true });
    window.dispatchEvent(event);
    return event.defaultPrevented;
  };
  expect(miss()).toBe(true);
  expect(miss()).toBe(false);
  expect(reload).toHaveBeenCalledTimes(1);
});
