import type { JSX } from "react";
import { useIntl } from "react-intl";
import { formatClock } from "../../model/time";
import styles from "./SystemMessage.module.css";

/** «Преподаватель начал урок»: nobody's words, in the middle and grey. */
export function SystemMessage({ text, createdAt }: { text: string; createdAt: string }): JSX.Element {
  const { locale } = useIntl();
  return (
    <div className={styles.system}>
      <span>{text}</span>{" "}
      <time dateTime={createdAt} className={styles.time}>
        {formatClock(createdAt, locale)}
      </time>
    </div>
  );
}
