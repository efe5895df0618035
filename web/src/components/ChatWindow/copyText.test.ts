import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { copyText } from "./copyText";

const byHand = vi.fn(() => true);

beforeEach(() => {
  byHand.mockClear();
  byHand.mockReturnValue(true);
  Object.assign(document, { execCommand: byHand });
});
afterEach(() => {
  Reflect.deleteProperty(document, "execCommand");
  vi.unstubAllGlobals();
});

const clipboard = (writeText: (text: string) => Promise<void>) =>
  vi.stubGlobal("navigator", { ...navigator, clipboard: { writeText } });

test("the text is on the clipboard", async () => {
  const written: string[] = [];
  clipboard(async (text) => void written.push(text));
  await copyText("Задача № 415");
  expect(written).toEqual(["Задача № 415"]);
  expect(byHand).not.toHaveBeenCalled();
});

test("without a clipboard, or with one that is forbidden, the older way does it", async () => {
  vi.stubGlobal("navigator", {});
  await copyText("Задача № 415");
  clipboard(() => Promise.reject(new DOMException("no", "NotAllowedError")));
  await copyText("Задача № 415");
  expect(byHand).toHaveBeenCalledTimes(2);
});

test("where neither does, that is said and nothing else", async () => {
  byHand.mockReturnValue(false);
  clipboard(() => Promise.reject(new DOMException("no", "NotAllowedError")));
  await expect(copyText("Задача № 415")).rejects.toMatchObject({ code: "copy_refused" });
  expect(document.querySelector("textarea")).toBeNull();
});
