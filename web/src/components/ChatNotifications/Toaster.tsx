import { useEffect, useRef } from "react";
import { resolveValue, type Toast, useToaster } from "react-hot-toast/headless";
import { useIntl } from "react-intl";
import styles from "./ChatNotifications.module.css";

/** Our toasts are not mixed with those of the school's app, which may use the same library. */
export const TOASTER = "classbridge";
export const TOAST_MS = 5000;
const MOST = 3;

/** The place of the toasts. They wait while the pointer or the focus is on one. */
export function Toaster() {
  const intl = useIntl();
  const { toasts, handlers } = useToaster({ duration: TOAST_MS }, TOASTER);
  useEndOfPause(toasts, handlers.endPause);
  return (
    <section
      className={styles.toaster}
      aria-label={intl.formatMessage({ id: "notifications.label" })}
      aria-live="polite"
      aria-relevant="additions text"
      onMouseEnter={handlers.startPause}
      onMouseLeave={handlers.endPause}
      onFocus={handlers.startPause}
      onBlur={handlers.endPause}
    >
      {toasts.slice(0, MOST).map((one) => (
        <div key={one.id} className={styles.place} data-visible={one.visible}>
          {resolveValue(one.message, one)}
        </div>
      ))}
    </section>
  );
}

/** A toast that goes away under the pointer or with the focus tells nobody that they are gone: the clock goes on. */
function useEndOfPause(toasts: readonly Toast[], endPause: () => void): void {
  const shown = toasts.filter((one) => one.visible).length;
  const before = useRef(shown);
  useEffect(() => {
    if (shown < before.current) endPause();
    before.current = shown;
  }, [shown, endPause]);
}
