import { AlertDialog } from "radix-ui";
import type { ReactNode } from "react";
import { FormattedMessage } from "react-intl";
import { Button } from "./Button";
import own from "./ConfirmDialog.module.css";
import { classes } from "./classes";
import styles from "./Dialog.module.css";
import { usePortalContainer } from "./ThemeRoot";
import { useFocusReturn } from "./useFocusReturn";

export interface ConfirmDialogProps {
  isOpen: boolean;
  title: ReactNode;
  description: ReactNode;
  /** What the button says: a verb, not «OK». */
  confirmLabel: ReactNode;
  isDanger?: boolean | undefined;
  isBusy?: boolean | undefined;
  error?: string | null | undefined;
  onConfirm: () => void;
  onCancel: () => void;
  onCloseAutoFocus?: ((event: Event) => void) | undefined;
}

/** A question before what cannot be undone. The focus is on «Отмена»; a click beside it does nothing. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const container = usePortalContainer();
  const focus = useFocusReturn(props.onCloseAutoFocus ? { onCloseAutoFocus: props.onCloseAutoFocus } : {});
  return (
    <AlertDialog.Root open={props.isOpen} onOpenChange={(open) => !open && props.onCancel()}>
      <AlertDialog.Portal container={container}>
        <AlertDialog.Overlay className={styles.overlay} />
        <AlertDialog.Content className={classes(styles.dialog, styles.small, own.confirm)} {...focus}>
          <AlertDialog.Title className={styles.title}>{props.title}</AlertDialog.Title>
          <AlertDialog.Description className={styles.description}>
            {props.description}
          </AlertDialog.Description>
          {props.error && (
            <p className={own.error} role="alert">
              {props.error}
            </p>
          )}
          <div className={own.buttons}>
            <AlertDialog.Cancel asChild>
              <Button>
                <FormattedMessage id="ui.cancel" />
              </Button>
            </AlertDialog.Cancel>
            <Button
              variant={props.isDanger ? "danger" : "primary"}
              isBusy={props.isBusy}
              onClick={props.onConfirm}
            >
              {props.confirmLabel}
            </Button>
          </div>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
