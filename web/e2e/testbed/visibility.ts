import type { Person } from "./person";

/** Another tab is in front; or this one again. */
export async function setVisible({ page }: Person, isVisible: boolean): Promise<void> {
  await page.evaluate((visible) => {
    Object.defineProperty(document, "visibilityState", {
      value: visible ? "visible" : "hidden",
      configurable: true,
    });
    Object.defineProperty(document, "hidden", { value: !visible, configurable: true });
    document.hasFocus = () => visible;
    document.dispatchEvent(new Event("visibilitychange"));
    window.dispatchEvent(new Event(visible ? "focus" : "blur"));
  }, isVisible);
}
