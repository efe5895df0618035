import type { JSX } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import { AlertIcon, Button, ChatIcon, EmptyState, Skeleton } from "../../ui";
import styles from "./TimelineStates.module.css";

const SHAPES = [
  { isMine: false, width: "58%", height: "3.4rem" },
  { isMine: false, width: "34%", height: "2.6rem" },
  { isMine: true, width: "46%", height: "2.6rem" },
  { isMine: false, width: "62%", height: "4.6rem" },
  { isMine: true, width: "30%", height: "2.6rem" },
  { isMine: true, width: "52%", height: "3.4rem" },
];

/** The shapes of messages while the first ones come. */
export function TimelineSkeleton(): JSX.Element {
  const intl = useIntl();
  return (
    <div className={styles.skeleton} role="status" aria-label={intl.formatMessage({ id: "window.loading" })}>
      {SHAPES.map((shape, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they never change
        <div key={index} className={styles.shape} data-mine={shape.isMine}>
          <Skeleton width={shape.width} height={shape.height} className={styles.bubble} />
        </div>
      ))}
    </div>
  );
}

export function TimelineError({
  error,
  onRetry,
}: {
  error: string | null;
  onRetry: () => void;
}): JSX.Element {
  return (
    <EmptyState
      isAlert
      icon={<AlertIcon size={2} />}
      title={<FormattedMessage id="window.loadError" />}
      text={error}
      action={
        <Button variant="primary" onClick={onRetry}>
          <FormattedMessage id="window.retry" />
        </Button>
      }
    />
  );
}

/** The address leads to no conversation, or to one of others. */
export function NoSuchChat({ onBack }: { onBack: () => void }): JSX.Element {
  return (
    <EmptyState
      isAlert
      icon={<ChatIcon size={2} />}
      title={<FormattedMessage id="window.noSuchChat" />}
      text={<FormattedMessage id="window.noSuchChat.text" />}
      action={
        <Button variant="primary" onClick={onBack}>
          <FormattedMessage id="window.back" />
        </Button>
      }
    />
  );
}

export function EmptyTimeline({ canWrite }: { canWrite: boolean }): JSX.Element {
  return (
    <EmptyState
      icon={<ChatIcon size={2} />}
      title={<FormattedMessage id="window.empty" />}
      text={canWrite ? <FormattedMessage id="window.emptyHint" /> : undefined}
    />
  );
}
