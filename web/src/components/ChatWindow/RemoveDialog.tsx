import { type JSX, useState } from "react";
import { FormattedMessage } from "react-intl";
import { useErrorText, useSend } from "../../hooks";
import type { Message } from "../../model/types";
import { ConfirmDialog } from "../../ui";

interface RemoveDialogProps {
  /** Null: closed. */
  message: Message | null;
  onDone: () => void;
}

/** Deleting is for everybody and for good: it asks. */
export function RemoveDialog({ message, onDone }: RemoveDialogProps): JSX.Element | null {
  return message && <OpenRemoveDialog message={message} onDone={onDone} />;
}

function OpenRemoveDialog({ message, onDone }: { message: Message; onDone: () => void }): JSX.Element {
  const { remove } = useSend(message.conversation_id);
  const errorText = useErrorText();
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);

  const confirm = () => {
    setBusy(true);
    setError(null);
    remove(message.id).then(onDone, (thrown: unknown) => {
      setBusy(false);
      setError(errorText(thrown));
    });
  };

  return (
    <ConfirmDialog
      isOpen
      isDanger
      isBusy={isBusy}
      error={error}
      title={<FormattedMessage id="message.remove.title" />}
      description={<FormattedMessage id="message.remove.description" />}
      confirmLabel={<FormattedMessage id="message.remove.confirm" />}
      onConfirm={confirm}
      onCancel={onDone}
    />
  );
}
