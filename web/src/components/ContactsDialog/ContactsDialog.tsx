import { useRef, useState } from "react";
import {
  useActiveConversation,
  useChatState,
  useContacts,
  useConversationActions,
  useErrorText,
} from "../../hooks";
import type { Contact } from "../../model/types";
import { ContactsDialogView } from "./ContactsDialogView";

export interface ContactsDialogProps {
  isOpen: boolean;
  onClose: () => void;
  /** A conversation was opened, and the dialog is gone. */
  onOpened?: (() => void) | undefined;
  /** Shown as the first line where the person may create groups. */
  onNewGroup?: (() => void) | undefined;
}

/** Begin a conversation: everybody I may write to. One that exists already is opened. */
export function ContactsDialog(props: ContactsDialogProps) {
  // Inside: the contacts are asked for when somebody wants to see them.
  return props.isOpen ? <OpenContactsDialog {...props} /> : null;
}

function OpenContactsDialog({ onClose, onOpened, onNewGroup }: ContactsDialogProps) {
  const [search, setSearch] = useState("");
  const contacts = useContacts(search);
  const hasOpened = useRef(false);
  // What comes after: begun when the focus is back, so that the next dialog gives it back to the same place.
  const next = useRef<(() => void) | null>(null);
  const start = useStart(() => {
    hasOpened.current = true;
    onClose();
    onOpened?.();
  });
  return (
    <ContactsDialogView
      isOpen
      onClose={onClose}
      onNewGroup={
        onNewGroup &&
        (() => {
          next.current = onNewGroup;
          onClose();
        })
      }
      onCloseAutoFocus={(event) => {
        if (hasOpened.current) event.preventDefault();
        if (next.current) queueMicrotask(next.current);
      }}
      search={search}
      onSearch={setSearch}
      items={contacts.items}
      isLoading={contacts.isLoading}
      error={start.error ?? contacts.error}
      onLoadMore={contacts.hasMore ? contacts.loadMore : undefined}
      busyId={start.busyId}
      onChoose={start.choose}
    />
  );
}

function useStart(onDone: () => void) {
  const { createDirect } = useConversationActions(null);
  const { open } = useActiveConversation();
  const known = useChatState((state) => state.conversations);
  const errorText = useErrorText();
  const [busyId, setBusyId] = useState<number | null>(null);
  const [error, setError] = useState<string | null>(null);
  const choose = async ({ id, conversation_id: begun }: Contact) => {
    setBusyId(id);
    setError(null);
    try {
      // One that is not at hand may have been taken off the list: to create it again brings it back, with all that is in it.
      open(begun !== null && begun in known ? begun : await createDirect(id));
      onDone();
    } catch (thrown) {
      setError(errorText(thrown));
      setBusyId(null);
    }
  };
  return { choose, busyId, error };
}
