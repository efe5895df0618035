import { useId, useState } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import { useContacts, useErrorText } from "../../hooks";
import { Button, Dialog } from "../../ui";
import { PeoplePicker } from "../PeoplePicker/PeoplePicker";
import { useChosen } from "../PeoplePicker/useChosen";

export interface AddParticipantsProps {
  /** Who is in the group already: not offered again. */
  present: ReadonlySet<number>;
  add: (ids: number[]) => Promise<void>;
  onDone: () => void;
}

/** Choose people and add them to a group. */
export function AddParticipants({ present, add, onDone }: AddParticipantsProps) {
  const intl = useIntl();
  const formId = useId();
  const [search, setSearch] = useState("");
  const contacts = useContacts(search);
  const addition = useAddition(add, onDone);
  return (
    <Dialog
      isOpen
      onClose={onDone}
      title={<FormattedMessage id="participants.addTitle" />}
      isFlush
      isTall
      footer={
        <>
          <Button onClick={onDone}>
            <FormattedMessage id="ui.cancel" />
          </Button>
          <Button variant="primary" type="submit" form={formId} isBusy={addition.isBusy}>
            <FormattedMessage id="participants.addSubmit" />
          </Button>
        </>
      }
    >
      <form
        id={formId}
        onSubmit={(event) => {
          event.preventDefault();
          addition.submit();
        }}
      />
      <PeoplePicker
        label={intl.formatMessage({ id: "group.participants" })}
        chosen={addition.chosen}
        search={search}
        onSearch={setSearch}
        people={contacts.items.filter((one) => !present.has(one.id))}
        isLoading={contacts.isLoading}
        loadError={contacts.error}
        onLoadMore={contacts.hasMore ? contacts.loadMore : undefined}
        error={addition.error}
      />
    </Dialog>
  );
}

function useAddition(add: (ids: number[]) => Promise<void>, onDone: () => void) {
  const intl = useIntl();
  const errorText = useErrorText();
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const chosen = useChosen(() => setError(null));
  const submit = async () => {
    if (isBusy) return;
    if (chosen.ids.size === 0) {
      setError(intl.formatMessage({ id: "group.participants.missing" }));
      return;
    }
    setBusy(true);
    try {
      await add([...chosen.ids]);
      onDone();
    } catch (thrown) {
      setError(errorText(thrown));
      setBusy(false);
    }
  };
  return { chosen, error, isBusy, submit };
}
