import type { JSX } from "react";
import { useIntl } from "react-intl";
import styles from "./ProgressBar.module.css";

/** `value` 0 to 1. */
export function ProgressBar({ value }: { value: number }): JSX.Element {
  const intl = useIntl();
  const percent = Math.round(value * 100);
  return (
    <div
      className={styles.bar}
      role="progressbar"
      aria-label={intl.formatMessage({ id: "upload.progress" })}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
    >
      <div className={styles.done} style={{ width: `${percent}%` }} />
    </div>
  );
}
