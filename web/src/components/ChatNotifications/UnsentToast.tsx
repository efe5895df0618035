import { FormattedMessage, useIntl } from "react-intl";
import { notSentText } from "../../i18n/faults";
import type { OutboxEntry } from "../../store/state";
import { AlertIcon, Button } from "../../ui";
import styles from "./ChatNotifications.module.css";
import { ToastClose } from "./ToastClose";

export interface UnsentToastProps {
  entry: OutboxEntry;
  /** Of the conversation. */
  name: string;
  onOpen: () => void;
  onClose: () => void;
}

/** Where a message did not go out, and why; «Открыть» leads to it. */
export function UnsentToast({ entry, name, onOpen, onClose }: UnsentToastProps) {
  const intl = useIntl();
  return (
    <article className={styles.toast}>
      <span className={styles.unsentIcon}>
        <AlertIcon size={1.5} />
      </span>
      <div className={styles.words}>
        <p className={styles.name}>{name}</p>
        <p className={styles.text}>{notSentText(intl, entry.error?.code ?? null)}</p>
      </div>
      <div className={styles.buttons}>
        <Button size="small" variant="ghost" onClick={onOpen}>
          <FormattedMessage id="notifications.open" />
        </Button>
      </div>
      <ToastClose className={styles.close} onClose={onClose} />
    </article>
  );
}
