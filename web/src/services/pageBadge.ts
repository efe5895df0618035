/** The count of unread messages on the window itself: title, icon, and the installed app's badge. */

export function showPageBadge(count: number, title: string): void {
  document.title = count > 0 ? `(${count > 99 ? "99+" : count}) ${title}` : title;
  const icon = document.querySelector<HTMLLinkElement>("link[rel~=icon]");
  const wanted = count > 0 ? icon?.dataset.unread : icon?.dataset.plain;
  if (icon && wanted && icon.getAttribute("href") !== wanted) icon.setAttribute("href", wanted);
  const nav = navigator as Navigator & {
    setAppBadge?(count: number): Promise<void>;
    clearAppBadge?(): Promise<void>;
  };
  const shown = count > 0 ? nav.setAppBadge?.(count) : nav.clearAppBadge?.();
  shown?.catch(() => undefined); // not installed as an app, or not allowed: there is no badge then
}
