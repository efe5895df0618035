import type { ReactNode, Ref } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import type { User } from "../../model/types";
import { AlertIcon, EmptyState, SearchIcon, Skeleton, UserIcon } from "../../ui";
import { type RowFocus, VirtualList, type VirtualListHandle } from "../VirtualList/VirtualList";
import styles from "./PeopleList.module.css";

export interface PeopleListProps<Person extends User> {
  label: string;
  items: readonly Person[];
  isLoading: boolean;
  error: string | null;
  /** What is looked for: said when nobody is found. */
  search?: string | undefined;
  onLoadMore?: (() => void) | undefined;
  renderRow: (person: Person, focus: RowFocus) => ReactNode;
  /** See `VirtualList`. */
  isPlainRow?: ((person: Person) => boolean) | undefined;
  listRef?: Ref<VirtualListHandle> | undefined;
}

const ROW_REM = 4;
const byId = (person: User) => person.id;

/** People of any number: while they load, none, an error, or the rows. */
export function PeopleList<Person extends User>(props: PeopleListProps<Person>) {
  const { label, items, isLoading, error, search = "", onLoadMore, renderRow, listRef } = props;
  const problem = error && (
    <p className={styles.error} role="alert">
      <AlertIcon size={1.125} />
      {error}
    </p>
  );
  if (items.length === 0) {
    return (
      <div className={styles.states}>
        {problem || (isLoading ? <PeopleSkeleton /> : <Nobody search={search.trim()} />)}
      </div>
    );
  }
  return (
    <>
      {problem}
      <VirtualList
        ref={listRef}
        label={label}
        className={styles.scroller}
        items={items}
        getKey={byId}
        rowHeight={ROW_REM}
        renderRow={renderRow}
        isPlainRow={props.isPlainRow}
        onEndReached={onLoadMore}
      />
    </>
  );
}

function PeopleSkeleton() {
  const intl = useIntl();
  return (
    <div role="status" aria-label={intl.formatMessage({ id: "ui.loading" })}>
      {[46, 60, 38, 52, 44].map((width) => (
        <div key={width} className={styles.skeletonRow}>
          <Skeleton width="3rem" isCircle />
          <Skeleton width={`${width}%`} />
        </div>
      ))}
    </div>
  );
}

function Nobody({ search }: { search: string }) {
  return search ? (
    <EmptyState
      icon={<SearchIcon size={1.75} />}
      title={<FormattedMessage id="contacts.nobodyFound" values={{ search }} />}
      text={<FormattedMessage id="contacts.nobodyFound.text" />}
    />
  ) : (
    <EmptyState icon={<UserIcon size={1.75} />} title={<FormattedMessage id="contacts.nobody" />} />
  );
}
