import { afterEach, expect, test, vi } from "vitest";
import { until } from "../testing/api";
import { DesktopPermission } from "./desktopPermission";

afterEach(() => vi.unstubAllGlobals());

/** A browser that counts how often it is looked at, and whose settings can be changed. */
function browser(first: NotificationPermission) {
  const known = { permission: first, looks: 0 };
  const status = new EventTarget();
  vi.stubGlobal("Notification", {
    get permission() {
      known.looks += 1;
      return known.permission;
    },
    requestPermission: async () => {
      known.permission = "granted";
      return known.permission;
    },
  });
  vi.stubGlobal("navigator", { permissions: { query: vi.fn(async () => status) } });
  const change = (permission: NotificationPermission) => {
    known.permission = permission;
    status.dispatchEvent(new Event("change"));
  };
  return { known, change };
}

test("the browser is looked at once, however often views ask", () => {
  const { known } = browser("default");
  const permission = new DesktopPermission();
  expect([permission.get(), permission.get(), permission.get()]).toEqual(["default", "default", "default"]);
  expect(known.looks).toBe(1);
});

test("what the user answers is known at once", async () => {
  browser("default");
  const permission = new DesktopPermission();
  const listener = vi.fn();
  permission.subscribe(listener);
  expect(permission.get()).toBe("default");
  expect(await permission.request()).toBe("granted");
  expect(permission.get()).toBe("granted");
  expect(listener).toHaveBeenCalledOnce();
});

test("what is changed in the browser's settings is heard, as long as somebody listens", async () => {
  const { change } = browser("granted");
  const permission = new DesktopPermission();
  const listener = vi.fn();
  const end = permission.subscribe(listener);
  expect(permission.get()).toBe("granted");
  await until(() => {
    change("denied");
    expect(listener).toHaveBeenCalled();
  });
  expect(permission.get()).toBe("denied");
  end();
  listener.mockClear();
  change("granted");
  expect(listener).not.toHaveBeenCalled();
  expect(permission.get()).toBe("granted"); // looked at anew, for nobody has told
});

test("without notifications there is nothing to ask", async () => {
  vi.stubGlobal("Notification", undefined);
  const permission = new DesktopPermission();
  expect(permission.get()).toBe("unsupported");
  expect(await permission.request()).toBe("denied");
});
