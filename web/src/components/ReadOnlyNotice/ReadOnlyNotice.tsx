import type { JSX } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import { LockIcon } from "../../ui";
import styles from "./ReadOnlyNotice.module.css";

/** In place of the composer: why one can read here but not write. `reason`: the bridge's word. */
export function ReadOnlyNotice({ reason }: { reason: string | null }): JSX.Element {
  const intl = useIntl();
  const key = `readOnly.${reason}`;
  return (
    <p className={styles.notice} data-reason={reason}>
      <LockIcon className={styles.icon} />
      <span>
        <FormattedMessage id={key in intl.messages ? key : "readOnly.other"} />
      </span>
    </p>
  );
}
