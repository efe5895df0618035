import type { JSX } from "react";
import styles from "./Separator.module.css";
import { useDayLabel } from "./useDayLabel";

/** «Сегодня», «Вчера» or «21.10.2025», above the first message of that day. */
export function DateSeparator({ day }: { day: string }): JSX.Element {
  const label = useDayLabel();
  return (
    <div className={styles.date} data-day={day}>
      <time dateTime={day} className={styles.pill}>
        {label(day)}
      </time>
    </div>
  );
}
