import type { JSX } from "react";
import { useIntl } from "react-intl";
import { ArrowDownIcon, CountBadge, IconButton } from "../../ui";
import styles from "./JumpToLatest.module.css";

/** Floats above the end of the timeline when one is elsewhere; counts what waits below. */
export function JumpToLatest({ unread, onClick }: { unread: number; onClick: () => void }): JSX.Element {
  const intl = useIntl();
  return (
    <div className={styles.place}>
      <IconButton
        className={styles.button}
        label={intl.formatMessage({ id: "window.jumpToLatest" })}
        icon={<ArrowDownIcon />}
        hasTooltip={false}
        onClick={onClick}
      />
      <CountBadge
        className={styles.count}
        count={unread}
        label={intl.formatMessage({ id: "window.unreadBelow" }, { count: unread })}
      />
    </div>
  );
}
