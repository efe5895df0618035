import type { JSX } from "react";
import { FormattedMessage } from "react-intl";
import { useReaders } from "../../hooks";
import type { Message, Participant } from "../../model/types";
import { AlertIcon, Button, Dialog, EmptyState, Spinner } from "../../ui";
import { PersonRow } from "../PersonRow/PersonRow";
import styles from "./ReadersDialog.module.css";

interface ReadersDialogProps {
  /** Null: closed. */
  message: Message | null;
  onClose: () => void;
}

/** Who of a group has read a message, and who has not yet. */
export function ReadersDialog({ message, onClose }: ReadersDialogProps): JSX.Element | null {
  return message && <OpenReadersDialog message={message} onClose={onClose} />;
}

function OpenReadersDialog({ message, onClose }: { message: Message; onClose: () => void }): JSX.Element {
  const { read, unread, isLoading, error, retry } = useReaders(message);
  return (
    <Dialog isOpen onClose={onClose} size="small" isFlush title={<FormattedMessage id="readers.title" />}>
      {isLoading ? (
        <div className={styles.loading}>
          <Spinner />
        </div>
      ) : error !== null ? (
        <EmptyState
          isAlert
          icon={<AlertIcon size={1.75} />}
          title={<FormattedMessage id="readers.error" />}
          text={error}
          action={
            <Button onClick={retry}>
              <FormattedMessage id="ui.retry" />
            </Button>
          }
        />
      ) : (
        <>
          <People title="readers.read" people={read} />
          <People title="readers.unread" people={unread} />
        </>
      )}
    </Dialog>
  );
}

function People({ title, people }: { title: string; people: readonly Participant[] }): JSX.Element | null {
  if (people.length === 0 && title === "readers.unread") return null;
  return (
    <section className={styles.section}>
      <h3 className={styles.title}>
        <FormattedMessage id={title} values={{ count: people.length }} />
      </h3>
      {people.length === 0 ? (
        <p className={styles.nobody}>
          <FormattedMessage id="readers.nobody" />
        </p>
      ) : (
        <ul className={styles.people}>
          {people.map((person) => (
            <li key={person.id}>
              <PersonRow person={person} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
