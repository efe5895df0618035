const MARK = "classbridge.reloaded";
const ENOUGH_MS = 60_000;

/**
 * After an upgrade of the server the parts that an open page has not loaded yet are gone: load the new page instead.
 * Once a minute at most: a part that is missing in the new page too must not turn into an endless reload.
 */
export function reloadAfterUpgrade(reload: () => void = () => location.reload()): void {
  window.addEventListener("vite:preloadError", (event) => {
    const last = Number(sessionStorage.getItem(MARK) ?? 0);
    if (Date.now() - last < ENOUGH_MS) return;
    sessionStorage.setItem(MARK, String(Date.now()));
    event.preventDefault();
    reload();
  });
}
