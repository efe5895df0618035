import { type ReactNode, useEffect } from "react";
import { useIntl } from "react-intl";

/** Presses the button with this text as soon as it is there: for stories of what opens then. */
export function Pressing({ id, children }: { id: string; children: ReactNode }) {
  const name = useIntl().formatMessage({ id });
  useEffect(() => {
    const press = () => {
      const buttons = [...document.querySelectorAll<HTMLElement>("button")];
      const button = buttons.find((one) => [one.ariaLabel, one.textContent].includes(name));
      if (button) watch.disconnect();
      button?.click();
    };
    const watch = new MutationObserver(press);
    watch.observe(document.body, { childList: true, subtree: true });
    press();
    return () => watch.disconnect();
  }, [name]);
  return children;
}
