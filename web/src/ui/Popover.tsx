import { Popover as Primitive } from "radix-ui";
import type { ReactElement, ReactNode } from "react";
import { classes } from "./classes";
import styles from "./Popover.module.css";
import { usePortalContainer } from "./ThemeRoot";

export interface PopoverProps {
  /** A button that takes a ref: `IconButton` or `Button`. */
  trigger: ReactElement;
  /** The name of the panel for screen readers. */
  label: string;
  isOpen?: boolean | undefined;
  onOpenChange?: ((isOpen: boolean) => void) | undefined;
  align?: "start" | "center" | "end" | undefined;
  side?: "top" | "bottom" | undefined;
  isFlush?: boolean | undefined;
  onOpenAutoFocus?: ((event: Event) => void) | undefined;
  onCloseAutoFocus?: ((event: Event) => void) | undefined;
  children: ReactNode;
}

/** A panel at its button, for what is no list of commands: the emoji, the readers. */
export function Popover(props: PopoverProps) {
  const container = usePortalContainer();
  const control = props.isOpen === undefined ? {} : { open: props.isOpen };
  const onOpenChange = props.onOpenChange ? { onOpenChange: props.onOpenChange } : {};
  return (
    <Primitive.Root {...control} {...onOpenChange}>
      <Primitive.Trigger asChild>{props.trigger}</Primitive.Trigger>
      <Primitive.Portal container={container}>
        <Primitive.Content
          aria-label={props.label}
          className={classes(styles.popover, props.isFlush && styles.flush)}
          align={props.align ?? "center"}
          side={props.side ?? "bottom"}
          sideOffset={8}
          collisionPadding={8}
          onOpenAutoFocus={props.onOpenAutoFocus}
          onCloseAutoFocus={props.onCloseAutoFocus}
        >
          {props.children}
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}
