import { beforeEach, expect, test, vi } from "vitest";
import { reloadAfterUpgrade, reloadIfThereIsANewPage } from "./upgrade";

const pageOf = (entry: string) => `<!doctype html><script type="module" src="/assets/${entry}"></script>`;

const reload = vi.fn();

beforeEach(() => {
  reload.mockReset();
  sessionStorage.clear();
  document.head.innerHTML = '<script type="module" src="/assets/first-old.js"></script>';
});

/** A part is missing, and the server answers this to whoever asks for the page. */
async function miss(page: string, status = 200): Promise<void> {
  vi.stubGlobal("fetch", async () => new Response(page, { status }));
  await reloadIfThereIsANewPage(reload);
}

async function missWithoutNetwork(): Promise<void> {
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
  await reloadIfThereIsANewPage(reload);
}

test("a part that an upgrade has removed loads the page anew, but not for ever", async () => {
  await miss(pageOf("first-new.js"));
  expect(reload).toHaveBeenCalledTimes(1);
  await miss(pageOf("first-new.js"));
  expect(reload).toHaveBeenCalledTimes(1);
});

test("without an answer of the server the page stays, and the reload is not used up", async () => {
  await missWithoutNetwork();
  expect(reload).not.toHaveBeenCalled();
  await miss(pageOf("first-new.js"));
  expect(reload).toHaveBeenCalledTimes(1);
});

test.each([
  ["the same page", pageOf("first-old.js"), 200],
  ["an error", pageOf("first-new.js"), 503],
  ["the page of a stranger", "<!doctype html><script src='/portal.js'></script>", 200],
])("with %s for an answer the page stays", async (_, page, status) => {
  await miss(page, status);
  expect(reload).not.toHaveBeenCalled();
});

test("it hears of each part that is missed, and leaves it to whoever waits for the part", async () => {
  reloadAfterUpgrade(reload);
  vi.stubGlobal("fetch", async () => new Response(pageOf("first-new.js")));
  const event = new Event("vite:preloadError", { cancelable: true });
  window.dispatchEvent(event);
  expect(event.defaultPrevented).toBe(false);
  await vi.waitFor(() => expect(reload).toHaveBeenCalledTimes(1));
});
