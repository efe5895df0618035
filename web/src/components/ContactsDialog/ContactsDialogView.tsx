import { useRef } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import type { Contact } from "../../model/types";
import { Dialog, Spinner, UsersIcon } from "../../ui";
import { PeopleList } from "../PeopleList/PeopleList";
import { PeopleSearch } from "../PeopleList/PeopleSearch";
import { PersonRow } from "../PersonRow/PersonRow";
import type { VirtualListHandle } from "../VirtualList/VirtualList";
import styles from "./ContactsDialog.module.css";

export interface ContactsDialogViewProps {
  isOpen: boolean;
  onClose: () => void;
  onNewGroup?: (() => void) | undefined;
  search: string;
  onSearch: (search: string) => void;
  items: readonly Contact[];
  isLoading: boolean;
  error: string | null;
  onLoadMore?: (() => void) | undefined;
  /** The one whose conversation is being opened. */
  busyId: number | null;
  onChoose: (contact: Contact) => void;
  /** See `Dialog`. */
  onCloseAutoFocus?: ((event: Event) => void) | undefined;
}

export function ContactsDialogView(props: ContactsDialogViewProps) {
  const intl = useIntl();
  const field = useRef<HTMLInputElement>(null);
  const list = useRef<VirtualListHandle>(null);
  return (
    <Dialog
      isOpen={props.isOpen}
      onClose={props.onClose}
      title={<FormattedMessage id="contacts.title" />}
      initialFocus={field}
      onCloseAutoFocus={props.onCloseAutoFocus}
      isFlush
      isTall
    >
      <div className={styles.tools}>
        <PeopleSearch fieldRef={field} value={props.search} onChange={props.onSearch} list={list} />
        {props.onNewGroup && <NewGroupButton onNewGroup={props.onNewGroup} />}
      </div>
      <PeopleList
        listRef={list}
        label={intl.formatMessage({ id: "contacts.people" })}
        items={props.items}
        isLoading={props.isLoading}
        error={props.error}
        search={props.search}
        onLoadMore={props.onLoadMore}
        renderRow={(contact, focus) => (
          <button
            type="button"
            {...focus}
            className={styles.row}
            aria-busy={props.busyId === contact.id || undefined}
            onClick={() => props.onChoose(contact)}
          >
            <PersonRow person={contact} end={props.busyId === contact.id ? <Spinner size={1.125} /> : null} />
          </button>
        )}
      />
    </Dialog>
  );
}

function NewGroupButton({ onNewGroup }: { onNewGroup: () => void }) {
  return (
    <button type="button" className={styles.newGroup} onClick={onNewGroup}>
      <span className={styles.newGroupIcon}>
        <UsersIcon />
      </span>
      <FormattedMessage id="group.create" />
    </button>
  );
}
