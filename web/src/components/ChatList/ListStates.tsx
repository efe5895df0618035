import { FormattedMessage, useIntl } from "react-intl";
import type { Filter } from "../../model/types";
import {
  AlertIcon,
  Button,
  ChatIcon,
  CheckIcon,
  EmptyState,
  SearchIcon,
  Skeleton,
  Spinner,
  UsersIcon,
} from "../../ui";
import styles from "./ChatList.module.css";

const SHAPES = [72, 54, 88, 60, 78, 48, 66, 84];

/** Rows that are still coming, as large as rows are. */
export function ListSkeleton() {
  const intl = useIntl();
  return (
    <div className={styles.states} role="status" aria-label={intl.formatMessage({ id: "list.loading" })}>
      {SHAPES.map((width) => (
        <div key={width} className={styles.skeletonRow}>
          <Skeleton width="3rem" isCircle />
          <div className={styles.skeletonWords}>
            <Skeleton width={`${width / 2 + 8}%`} />
            <Skeleton width={`${width}%`} height="0.75rem" />
          </div>
        </div>
      ))}
    </div>
  );
}

interface ListStateProps {
  error: string | null;
  filter: Filter;
  search: string;
  onRetry: () => void;
}

/** Why there is nothing, and what to do. */
export function ListEmpty({ error, filter, search, onRetry }: ListStateProps) {
  if (error) {
    return (
      <div className={styles.states}>
        <EmptyState
          isAlert
          icon={<AlertIcon size={1.75} />}
          title={<FormattedMessage id="list.error" />}
          text={error}
          action={<RetryButton onRetry={onRetry} />}
        />
      </div>
    );
  }
  return (
    <div className={styles.states}>
      {search.trim() ? <NothingFound search={search} /> : <Nothing filter={filter} />}
    </div>
  );
}

function NothingFound({ search }: { search: string }) {
  return (
    <EmptyState
      icon={<SearchIcon size={1.75} />}
      title={<FormattedMessage id="list.nothingFound" values={{ search: search.trim() }} />}
      text={<FormattedMessage id="list.nothingFound.text" />}
    />
  );
}

const EMPTY_ICONS = { all: ChatIcon, unread: CheckIcon, groups: UsersIcon } as const;

function Nothing({ filter }: { filter: Filter }) {
  const Icon = EMPTY_ICONS[filter];
  return (
    <EmptyState
      icon={<Icon size={1.75} />}
      title={<FormattedMessage id={`list.empty.${filter}`} />}
      text={<FormattedMessage id={`list.empty.${filter}.text`} />}
    />
  );
}

/** Below the last row: more is coming, or could not come. */
export function ListFooter({ error, isLoading, onRetry }: ListStateProps & { isLoading: boolean }) {
  const intl = useIntl();
  if (error) {
    return (
      <div className={styles.footer} role="alert">
        <p>{error}</p>
        <RetryButton onRetry={onRetry} />
      </div>
    );
  }
  if (!isLoading) return null;
  return (
    <div className={styles.footer} role="status" aria-label={intl.formatMessage({ id: "list.loading" })}>
      <Spinner />
    </div>
  );
}

function RetryButton({ onRetry }: { onRetry: () => void }) {
  return (
    <Button size="small" onClick={onRetry}>
      <FormattedMessage id="ui.retry" />
    </Button>
  );
}
