import { type FormEvent, type JSX, useId, useRef, useState } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import { Button, Dialog, TextField } from "../../ui";
import type { Step } from "./ConversationDialogs";

const LONGEST = 255;

interface RenameDialogProps extends Step {
  name: string;
  onRename: (name: string) => void;
}

export function RenameDialog({ name, isBusy, error, cancel, onRename }: RenameDialogProps): JSX.Element {
  const intl = useIntl();
  const form = useId();
  const field = useRef<HTMLInputElement>(null);
  const [value, setValue] = useState(name);
  const wanted = value.trim();

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (wanted === "" || isBusy) return;
    if (wanted === name) cancel();
    else onRename(wanted);
  };

  return (
    <Dialog
      isOpen
      size="small"
      onClose={cancel}
      title={<FormattedMessage id="window.rename.title" />}
      initialFocus={field}
      footer={
        <>
          <Button onClick={cancel}>
            <FormattedMessage id="ui.cancel" />
          </Button>
          <Button variant="primary" type="submit" form={form} isBusy={isBusy} disabled={wanted === ""}>
            <FormattedMessage id="window.rename.confirm" />
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={submit}>
        <TextField
          ref={field}
          label={intl.formatMessage({ id: "window.rename.label" })}
          value={value}
          onChange={setValue}
          maxLength={LONGEST}
          error={error}
        />
      </form>
    </Dialog>
  );
}
