import { Dialog as Primitive } from "radix-ui";
import type { ReactNode } from "react";
import { useIntl } from "react-intl";
import { classes } from "./classes";
import styles from "./Dialog.module.css";
import { IconButton } from "./IconButton";
import { CloseIcon } from "./icons";
import { usePortalContainer } from "./ThemeRoot";
import { useFocusReturn } from "./useFocusReturn";

export interface DialogProps {
  isOpen: boolean;
  onClose: () => void;
  title: ReactNode;
  /** A sentence below the title; also what a screen reader says at the opening. */
  description?: ReactNode;
  /** Stays in sight while the middle scrolls: the buttons. */
  footer?: ReactNode;
  size?: "small" | "medium" | undefined;
  /** The body has no padding of its own: for lists that reach the edges. */
  isFlush?: boolean | undefined;
  /** As high as it may be, whatever is in it: for a list that is searched, so that the window does not jump. */
  isTall?: boolean | undefined;
  /** What gets the focus at the opening, else the window itself: the next Tab leads to its first control. */
  initialFocus?: { current: HTMLElement | null } | undefined;
  /** Where the focus goes at the end, if not back to what had it before. */
  onCloseAutoFocus?: ((event: Event) => void) | undefined;
  children: ReactNode;
}

/** A modal window: Esc and a click beside it close it, focus stays inside and comes back afterwards. On phones it is a sheet. */
export function Dialog(props: DialogProps) {
  const {
    isOpen,
    onClose,
    title,
    description,
    footer,
    size = "medium",
    isFlush,
    isTall,
    initialFocus,
    children,
  } = props;
  const container = usePortalContainer();
  const intl = useIntl();
  const focus = useFocusReturn({
    onOpenAutoFocus: (event) => {
      event.preventDefault();
      (initialFocus?.current ?? (event.currentTarget as HTMLElement)).focus();
    },
    ...(props.onCloseAutoFocus ? { onCloseAutoFocus: props.onCloseAutoFocus } : {}),
  });
  const describedBy = description ? {} : { "aria-describedby": undefined };
  return (
    <Primitive.Root open={isOpen} onOpenChange={(open) => !open && onClose()}>
      <Primitive.Portal container={container}>
        <Primitive.Overlay className={styles.overlay} />
        <Primitive.Content
          className={classes(styles.dialog, styles[size], isTall && styles.tall)}
          {...describedBy}
          {...focus}
        >
          <header className={styles.header}>
            <div className={styles.headings}>
              <Primitive.Title className={styles.title}>{title}</Primitive.Title>
              {description && (
                <Primitive.Description className={styles.description}>{description}</Primitive.Description>
              )}
            </div>
            <Primitive.Close asChild>
              <IconButton
                label={intl.formatMessage({ id: "ui.close" })}
                icon={<CloseIcon />}
                hasTooltip={false}
              />
            </Primitive.Close>
          </header>
          <div className={classes(styles.body, isFlush && styles.flush)}>{children}</div>
          {footer && <footer className={styles.footer}>{footer}</footer>}
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}
