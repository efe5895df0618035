import type { JSX } from "react";
import { useIntl } from "react-intl";
import type { Reaction } from "../../model/types";
import styles from "./Reactions.module.css";

/** Below a message: how often it was answered with which emoji. */
export function Reactions({ reactions }: { reactions: readonly Reaction[] }): JSX.Element {
  const intl = useIntl();
  return (
    <ul className={styles.reactions} aria-label={intl.formatMessage({ id: "message.reactions" })}>
      {reactions.map(({ key, count, mine }) => (
        <li key={key} className={styles.reaction} data-mine-reaction={mine}>
          {key} <span className={styles.count}>{count}</span>
        </li>
      ))}
    </ul>
  );
}
