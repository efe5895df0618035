import { useRef, useState } from "react";
import {
  useActiveConversation,
  useContacts,
  useConversationActions,
  useConversations,
  useErrorText,
} from "../../hooks";
import { type Candidate, candidates } from "./candidates";
import { QuickSwitcherView } from "./QuickSwitcherView";

export interface QuickSwitcherProps {
  isOpen: boolean;
  onClose: () => void;
  /** A conversation was opened, and the dialog is gone. */
  onOpened?: (() => void) | undefined;
}

/** Ctrl+K: go to a conversation or a person by a few letters of the name. */
export function QuickSwitcher(props: QuickSwitcherProps) {
  return props.isOpen ? <OpenQuickSwitcher {...props} /> : null;
}

function OpenQuickSwitcher({ onClose, onOpened }: QuickSwitcherProps) {
  const [search, setSearch] = useState("");
  const [error, setError] = useState<string | null>(null);
  const { items } = useConversations("all", search);
  const contacts = useContacts(search);
  const { activeId, open } = useActiveConversation();
  const { createDirect } = useConversationActions(null);
  const errorText = useErrorText();
  const hasOpened = useRef(false);
  const choose = async (candidate: Candidate) => {
    try {
      const id = candidate.kind === "conversation" ? candidate.id : await createDirect(candidate.id);
      hasOpened.current = true;
      onClose();
      open(id);
      onOpened?.();
    } catch (thrown) {
      setError(errorText(thrown));
    }
  };
  return (
    <QuickSwitcherView
      isOpen
      onClose={onClose}
      // Whoever was chosen gets the focus; the field that had it before must not take it back.
      onCloseAutoFocus={(event) => hasOpened.current && event.preventDefault()}
      search={search}
      onSearch={(value) => {
        setError(null);
        setSearch(value);
      }}
      candidates={candidates(items, contacts.items, search, activeId)}
      error={error}
      onChoose={choose}
    />
  );
}
