import { useRef } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import { formatLastSeen } from "../../model/time";
import type { Participant } from "../../model/types";
import {
  Button,
  ConfirmDialog,
  Dialog,
  IconButton,
  SearchField,
  UserMinusIcon,
  UserPlusIcon,
  useNow,
} from "../../ui";
import { PeopleList } from "../PeopleList/PeopleList";
import { PersonRow } from "../PersonRow/PersonRow";
import type { RowFocus, VirtualListHandle } from "../VirtualList/VirtualList";
import type { Removal } from "./ParticipantsList";
import styles from "./ParticipantsList.module.css";

export interface ParticipantsListViewProps {
  isOpen: boolean;
  onClose: () => void;
  /** Of the group. */
  name: string;
  items: readonly Participant[];
  total: number;
  isLoading: boolean;
  error: string | null;
  search: string;
  onSearch: (search: string) => void;
  meId: number | undefined;
  canManage: boolean;
  /** The members follow the school's roster: nobody removes them here. */
  isManaged: boolean;
  onAdd: () => void;
  removal: Removal;
}

const MANY = 8;

export function ParticipantsListView(props: ParticipantsListViewProps) {
  const { items, total, canManage, isManaged, removal } = props;
  const intl = useIntl();
  const list = useRef<VirtualListHandle>(null);
  const canRemove = (person: Participant) => canManage && !isManaged && person.id !== props.meId;
  return (
    <Dialog
      isOpen={props.isOpen}
      onClose={props.onClose}
      title={<FormattedMessage id="participants.title" />}
      description={<FormattedMessage id="participants.of" values={{ name: props.name, count: total }} />}
      isFlush
      isTall
    >
      {canManage && isManaged && (
        <p className={styles.note}>
          <FormattedMessage id="participants.managed" />
        </p>
      )}
      <div className={styles.tools}>
        {canManage && !isManaged && (
          <Button icon={<UserPlusIcon size={1.125} />} onClick={props.onAdd}>
            <FormattedMessage id="participants.add" />
          </Button>
        )}
        {(total > MANY || props.search) && (
          <SearchField
            className={styles.search}
            label={intl.formatMessage({ id: "participants.search" })}
            value={props.search}
            onChange={props.onSearch}
          />
        )}
      </div>
      <PeopleList
        listRef={list}
        label={intl.formatMessage({ id: "participants.title" })}
        items={items}
        isLoading={props.isLoading}
        error={props.error}
        search={props.search}
        isPlainRow={(person) => !canRemove(person)}
        renderRow={(person, focus) => (
          <ParticipantRow
            person={person}
            isMe={person.id === props.meId}
            focus={focus}
            onRemove={canRemove(person) ? () => removal.ask(person) : null}
          />
        )}
      />
      <RemovalQuestion removal={removal} group={props.name} list={list} />
    </Dialog>
  );
}

interface ParticipantRowProps {
  person: Participant;
  isMe: boolean;
  focus: RowFocus;
  onRemove: (() => void) | null;
}

function ParticipantRow({ person, isMe, focus, onRemove }: ParticipantRowProps) {
  const intl = useIntl();
  return (
    <div className={styles.row}>
      <PersonRow
        person={person}
        note={<ParticipantNote person={person} isMe={isMe} />}
        end={
          onRemove && (
            <IconButton
              {...focus}
              label={intl.formatMessage({ id: "participants.removeName" }, { name: person.name })}
              icon={<UserMinusIcon />}
              onClick={onRemove}
            />
          )
        }
      />
    </div>
  );
}

function ParticipantNote({ person, isMe }: { person: Participant; isMe: boolean }) {
  const intl = useIntl();
  const now = useNow();
  const parts = [
    isMe && intl.formatMessage({ id: "participants.you" }),
    person.is_manager && intl.formatMessage({ id: "participants.manager" }),
    person.is_online
      ? intl.formatMessage({ id: "participants.online" })
      : person.last_seen &&
        intl.formatMessage(
          { id: "participants.lastSeen" },
          { when: formatLastSeen(person.last_seen, now, intl.locale) },
        ),
  ].filter(Boolean);
  return <>{parts.join(" · ")}</>;
}

interface RemovalQuestionProps {
  removal: Removal;
  group: string;
  list: { current: VirtualListHandle | null };
}

function RemovalQuestion({ removal, group, list }: RemovalQuestionProps) {
  return (
    <ConfirmDialog
      isOpen={removal.asked !== null}
      title={<FormattedMessage id="participants.removeTitle" />}
      description={
        <FormattedMessage id="participants.removeText" values={{ name: removal.asked?.name, group }} />
      }
      confirmLabel={<FormattedMessage id="participants.remove" />}
      isDanger
      isBusy={removal.isBusy}
      error={removal.error}
      onConfirm={removal.confirm}
      onCancel={removal.cancel}
      onCloseAutoFocus={(event) => {
        // The button that asked may be gone with its row.
        event.preventDefault();
        list.current?.focus();
      }}
    />
  );
}
