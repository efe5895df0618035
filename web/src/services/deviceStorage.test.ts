import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { DeviceStorage, deviceStorage } from "./deviceStorage";

beforeEach(() => localStorage.clear());
afterEach(() => vi.restoreAllMocks());

test("what is kept is there for the next page", () => {
  deviceStorage.set("theme", "dark");
  expect(new DeviceStorage(() => localStorage).get("theme")).toBe("dark");
  deviceStorage.remove("theme");
  expect(deviceStorage.get("theme")).toBeNull();
  expect(localStorage).toHaveLength(0);
});

test("where the browser forbids it, it is kept for as long as the page is open", () => {
  const forbidden = new DeviceStorage(() => {
    throw new DOMException("The operation is insecure.", "SecurityError");
  });
  expect(forbidden.get("theme")).toBeNull();
  forbidden.set("theme", "dark");
  expect(forbidden.get("theme")).toBe("dark");
  forbidden.remove("theme");
  expect(forbidden.get("theme")).toBeNull();
});

test("a full disk loses nothing of what was said last", () => {
  deviceStorage.set("theme", "dark");
  vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
    throw new DOMException("", "QuotaExceededError");
  });
  deviceStorage.set("theme", "light");
  expect(deviceStorage.get("theme")).toBe("light");
});

test("any other fault is one", () => {
  const broken = new DeviceStorage(() => {
    throw new TypeError("not a storage");
  });
  expect(() => broken.get("theme")).toThrow(TypeError);
});
