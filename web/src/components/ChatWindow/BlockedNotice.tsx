import type { JSX } from "react";
import { FormattedMessage } from "react-intl";
import { BanIcon, Button } from "../../ui";
import styles from "./BlockedNotice.module.css";

/** For a teacher, who may write all the same: that the other one cannot, and the way out of it. */
export function BlockedNotice({ onUnblock }: { onUnblock: () => void }): JSX.Element {
  return (
    <div className={styles.notice} data-blocked="">
      <BanIcon className={styles.icon} size={1.125} />
      <p className={styles.words}>
        <FormattedMessage id="window.blocked" />
      </p>
      <Button size="small" variant="ghost" onClick={onUnblock}>
        <FormattedMessage id="window.command.unblock" />
      </Button>
    </div>
  );
}
