import { useState } from "react";
import { FormattedMessage } from "react-intl";
import { useChatClient } from "../../context/ChatContext";
import { useErrorText } from "../../hooks";
import { ConfirmDialog } from "../../ui";

export interface SignOutQuestionProps {
  isOpen: boolean;
  onClose: () => void;
  /** Ends the session, then calls `forget`. */
  onSignOut: (forget: () => Promise<void>) => Promise<void>;
}

/** Signing out wipes what this machine keeps, what was not sent yet too: so it asks. */
export function SignOutQuestion({ isOpen, onClose, onSignOut }: SignOutQuestionProps) {
  const client = useChatClient();
  const errorText = useErrorText();
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const confirm = async () => {
    setBusy(true);
    setError(null);
    try {
      await onSignOut(client.signOut);
    } catch (thrown) {
      setError(errorText(thrown));
      setBusy(false);
    }
  };
  return (
    <ConfirmDialog
      isOpen={isOpen}
      title={<FormattedMessage id="settings.signOut.title" />}
      description={<FormattedMessage id="settings.signOut.text" />}
      confirmLabel={<FormattedMessage id="settings.signOut" />}
      isBusy={isBusy}
      error={error}
      onConfirm={confirm}
      onCancel={onClose}
    />
  );
}
