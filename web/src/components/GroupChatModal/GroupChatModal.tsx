import { useRef, useState } from "react";
import { useIntl } from "react-intl";
import { useActiveConversation, useContacts, useConversationActions, useErrorText } from "../../hooks";
import { fieldText } from "../../i18n/faults";
import { useChosen } from "../PeoplePicker/useChosen";
import { GroupChatModalView, type GroupErrors } from "./GroupChatModalView";
import { checkGroup, refusalOf } from "./groupForm";

export interface GroupChatModalProps {
  isOpen: boolean;
  onClose: () => void;
  /** The new conversation was opened, and the dialog is gone. */
  onOpened?: (() => void) | undefined;
}

/** A form for a new group chat: its name and who is in it. */
export function GroupChatModal(props: GroupChatModalProps) {
  return props.isOpen ? <OpenGroupChatModal {...props} /> : null;
}

function OpenGroupChatModal({ onClose, onOpened }: GroupChatModalProps) {
  const [search, setSearch] = useState("");
  const contacts = useContacts(search);
  const { open } = useActiveConversation();
  const hasOpened = useRef(false);
  const form = useGroupForm((id) => {
    hasOpened.current = true;
    open(id);
    onClose();
    onOpened?.();
  });
  return (
    <GroupChatModalView
      isOpen
      onClose={onClose}
      onCloseAutoFocus={(event) => hasOpened.current && event.preventDefault()}
      name={form.name}
      onName={form.setName}
      chosen={form.chosen}
      search={search}
      onSearch={setSearch}
      contacts={contacts.items}
      isLoading={contacts.isLoading}
      loadError={contacts.error}
      onLoadMore={contacts.hasMore ? contacts.loadMore : undefined}
      errors={form.errors}
      isBusy={form.isBusy}
      onSubmit={form.submit}
    />
  );
}

function useGroupForm(onCreated: (id: number) => void) {
  const intl = useIntl();
  const { createGroup } = useConversationActions(null);
  const errorText = useErrorText();
  const [name, setName] = useState("");
  const [isBusy, setBusy] = useState(false);
  const [errors, setErrors] = useState<GroupErrors>({});
  const chosen = useChosen(() => setErrors((before) => ({ ...before, participants: null })));
  const submit = async () => {
    const wrong = checkGroup(name, chosen.ids);
    const say = (id: string | undefined) => (id ? intl.formatMessage({ id }) : null);
    setErrors({ name: say(wrong.name), participants: say(wrong.participants) });
    if (wrong.name || wrong.participants) return;
    setBusy(true);
    try {
      onCreated(await createGroup(name.trim(), [...chosen.ids]));
    } catch (thrown) {
      const refusal = refusalOf(thrown, (sentence) => fieldText(intl, sentence));
      const isOfAField = refusal.name || refusal.participants;
      setErrors({ ...refusal, form: isOfAField ? null : errorText(thrown) });
      setBusy(false);
    }
  };
  const changeName = (value: string) => {
    setName(value);
    setErrors((before) => ({ ...before, name: null }));
  };
  return { name, setName: changeName, chosen, errors, isBusy, submit };
}
