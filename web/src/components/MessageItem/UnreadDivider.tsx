import type { JSX } from "react";
import { FormattedMessage } from "react-intl";
import styles from "./Separator.module.css";

/** Where the new messages began when the conversation was opened; it stays there while one reads. */
export function UnreadDivider(): JSX.Element {
  return (
    <div className={styles.unread} data-unread-divider="">
      <span>
        <FormattedMessage id="window.newMessages" />
      </span>
    </div>
  );
}
