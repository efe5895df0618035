import { tabStorage } from "../services/deviceStorage";

const MARK = "classbridge.reloaded";
const ENOUGH_MS = 60_000;
/** What the page begins with. Its name holds a hash of all that it leads to: another build, another name. */
const ENTRY = 'script[type="module"][src^="/assets/"]';

/**
 * After an upgrade of the server the parts that an open page has not loaded yet are gone: load the new page instead.
 * Only when there is one: a part that is missing for any other reason is no reason to leave the page, least of all
 * without a network. And once a minute at most: of two servers behind one name one may be older for a while.
 */
export function reloadAfterUpgrade(reload: () => void = () => location.reload()): void {
  window.addEventListener("vite:preloadError", () => {
    void reloadIfThereIsANewPage(reload);
  });
}

export async function reloadIfThereIsANewPage(reload: () => void): Promise<void> {
  const last = Number(tabStorage.get(MARK) ?? 0);
  if (Date.now() - last < ENOUGH_MS) return;
  const entry = await fetchEntry();
  if (entry === null || entry === entryOf(document)) return;
  tabStorage.set(MARK, String(Date.now()));
  reload();
}

/** Null: there is no answer, or it is no page of ours (the sign-in of a public network, a proxy's apology). */
async function fetchEntry(): Promise<string | null> {
  try {
    const response = await fetch("/", { cache: "no-store" });
    if (!response.ok) return null;
    return entryOf(new DOMParser().parseFromString(await response.text(), "text/html"));
  } catch (error) {
    if (error instanceof TypeError) return null; // no network
    throw error;
  }
}

function entryOf(page: Document): string | null {
  return page.querySelector(ENTRY)?.getAttribute("src") ?? null;
}
