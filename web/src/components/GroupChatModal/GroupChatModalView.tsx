import { type FormEvent, useId, useRef } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import type { Contact } from "../../model/types";
import { Button, Dialog, TextField } from "../../ui";
import { PeoplePicker } from "../PeoplePicker/PeoplePicker";
import type { Chosen } from "../PeoplePicker/useChosen";
import styles from "./GroupChatModal.module.css";
import { NAME_CHARACTERS } from "./groupForm";

export interface GroupErrors {
  name?: string | null;
  participants?: string | null;
  /** Of the whole form. */
  form?: string | null;
}

export interface GroupChatModalViewProps {
  isOpen: boolean;
  onClose: () => void;
  name: string;
  onName: (name: string) => void;
  chosen: Chosen;
  search: string;
  onSearch: (search: string) => void;
  contacts: readonly Contact[];
  isLoading: boolean;
  loadError: string | null;
  onLoadMore?: (() => void) | undefined;
  errors: GroupErrors;
  isBusy: boolean;
  onSubmit: () => void;
  /** See `Dialog`. */
  onCloseAutoFocus?: ((event: Event) => void) | undefined;
}

export function GroupChatModalView(props: GroupChatModalViewProps) {
  const { errors } = props;
  const intl = useIntl();
  const formId = useId();
  const nameField = useRef<HTMLInputElement>(null);
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (!props.isBusy) props.onSubmit();
  };
  return (
    <Dialog
      isOpen={props.isOpen}
      onClose={props.onClose}
      title={<FormattedMessage id="group.title" />}
      initialFocus={nameField}
      onCloseAutoFocus={props.onCloseAutoFocus}
      isFlush
      isTall
      footer={<Buttons formId={formId} isBusy={props.isBusy} onClose={props.onClose} />}
    >
      <form id={formId} className={styles.form} onSubmit={onSubmit} noValidate>
        {errors.form && (
          <p className={styles.error} role="alert">
            {errors.form}
          </p>
        )}
        <TextField
          ref={nameField}
          className={styles.name}
          label={<FormattedMessage id="group.name" />}
          placeholder={intl.formatMessage({ id: "group.name.example" })}
          value={props.name}
          onChange={props.onName}
          error={errors.name}
          maxLength={NAME_CHARACTERS}
          autoComplete="off"
        />
      </form>
      <PeoplePicker
        label={intl.formatMessage({ id: "group.participants" })}
        chosen={props.chosen}
        search={props.search}
        onSearch={props.onSearch}
        people={props.contacts}
        isLoading={props.isLoading}
        loadError={props.loadError}
        onLoadMore={props.onLoadMore}
        error={errors.participants}
      />
    </Dialog>
  );
}

function Buttons(props: { formId: string; isBusy: boolean; onClose: () => void }) {
  return (
    <>
      <Button onClick={props.onClose}>
        <FormattedMessage id="ui.cancel" />
      </Button>
      <Button variant="primary" type="submit" form={props.formId} isBusy={props.isBusy}>
        <FormattedMessage id="group.submit" />
      </Button>
    </>
  );
}
