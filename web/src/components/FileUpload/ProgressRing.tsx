import type { JSX } from "react";
import { useIntl } from "react-intl";
import styles from "./ProgressRing.module.css";

const RADIUS = 15;
const ROUND = 2 * Math.PI * RADIUS;

/** How much of a file is on the server: `value` 0 to 1. */
export function ProgressRing({ value }: { value: number }): JSX.Element {
  const intl = useIntl();
  return (
    <span
      className={styles.ring}
      role="progressbar"
      aria-label={intl.formatMessage({ id: "upload.progress" })}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(value * 100)}
    >
      <svg viewBox="0 0 36 36" aria-hidden="true">
        <circle className={styles.track} cx="18" cy="18" r={RADIUS} />
        <circle
          className={styles.done}
          cx="18"
          cy="18"
          r={RADIUS}
          strokeDasharray={ROUND}
          strokeDashoffset={ROUND * (1 - value)}
        />
      </svg>
    </span>
  );
}
