import type { JSX } from "react";
import { useIntl } from "react-intl";
import type { MessageStatus as Status } from "../../model/types";
import { AlertIcon, CheckIcon, ClockIcon, DoubleCheckIcon, type Icon } from "../../ui/icons";
import styles from "./MessageStatus.module.css";

const ICONS: Record<Status, Icon> = {
  pending: ClockIcon,
  sent: CheckIcon,
  read: DoubleCheckIcon,
  failed: AlertIcon,
};

/** Of one's own message: clock, ✓, ✓✓ or the mark of failure, each with its word. */
export function MessageStatus({ status }: { status: Status }): JSX.Element {
  const Icon = ICONS[status];
  const word = useIntl().formatMessage({ id: `message.status.${status}` });
  return (
    <span className={styles.status} data-status={status} role="img" aria-label={word} title={word}>
      <Icon size={1} />
    </span>
  );
}
