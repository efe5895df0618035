import { DropdownMenu } from "radix-ui";
import { createContext, type ReactElement, type ReactNode, useContext, useRef } from "react";
import { classes } from "./classes";
import { CheckIcon } from "./icons";
import styles from "./Menu.module.css";
import { usePortalContainer } from "./ThemeRoot";

/** Takes what an item does, until the menu is gone and the focus is back: a dialog that it opens remembers that place. */
const RunAfter = createContext<(action: () => void) => void>((action) => action());

export interface MenuProps {
  /** A button that takes a ref: `IconButton` or `Button`. */
  trigger: ReactElement;
  align?: "start" | "end" | undefined;
  side?: "top" | "bottom" | undefined;
  isOpen?: boolean | undefined;
  onOpenChange?: ((isOpen: boolean) => void) | undefined;
  /** Where the focus goes at the end, if not back to the trigger. */
  onCloseAutoFocus?: ((event: Event) => void) | undefined;
  children: ReactNode;
}

export function Menu({
  trigger,
  align = "end",
  side = "bottom",
  isOpen,
  onOpenChange,
  onCloseAutoFocus,
  children,
}: MenuProps) {
  const container = usePortalContainer();
  const pending = useRef<(() => void) | null>(null);
  const control = isOpen === undefined ? {} : { open: isOpen };
  const runPending = (event: Event) => {
    onCloseAutoFocus?.(event);
    const action = pending.current;
    pending.current = null;
    if (action) queueMicrotask(action); // the focus is moved right after this event
  };
  return (
    <DropdownMenu.Root {...control} modal={false} {...(onOpenChange ? { onOpenChange } : {})}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal container={container}>
        <DropdownMenu.Content
          className={styles.menu}
          align={align}
          side={side}
          sideOffset={6}
          collisionPadding={8}
          loop
          onCloseAutoFocus={runPending}
        >
          <RunAfter.Provider
            value={(action) => {
              pending.current = action;
            }}
          >
            {children}
          </RunAfter.Provider>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

export interface MenuItemProps {
  icon?: ReactNode;
  isDanger?: boolean | undefined;
  isDisabled?: boolean | undefined;
  shortcut?: string | undefined;
  onSelect: () => void;
  children: ReactNode;
}

export function MenuItem({ icon, isDanger, isDisabled, shortcut, onSelect, children }: MenuItemProps) {
  const runAfter = useContext(RunAfter);
  return (
    <DropdownMenu.Item
      className={classes(styles.item, isDanger && styles.danger)}
      disabled={isDisabled ?? false}
      onSelect={() => runAfter(onSelect)}
    >
      <span className={styles.icon}>{icon}</span>
      <span className={styles.label}>{children}</span>
      {shortcut && <kbd className={styles.keys}>{shortcut}</kbd>}
    </DropdownMenu.Item>
  );
}

export interface MenuCheckboxItemProps {
  isChecked: boolean;
  onChange: (isChecked: boolean) => void;
  children: ReactNode;
}

/** Stays open, so that the change is seen. */
export function MenuCheckboxItem({ isChecked, onChange, children }: MenuCheckboxItemProps) {
  return (
    <DropdownMenu.CheckboxItem
      className={styles.item}
      checked={isChecked}
      onCheckedChange={onChange}
      onSelect={(event) => event.preventDefault()}
    >
      <span className={styles.icon}>
        <DropdownMenu.ItemIndicator>
          <CheckIcon size={1.125} />
        </DropdownMenu.ItemIndicator>
      </span>
      <span className={styles.label}>{children}</span>
    </DropdownMenu.CheckboxItem>
  );
}

export function MenuSeparator() {
  return <DropdownMenu.Separator className={styles.separator} />;
}

export function MenuLabel({ children }: { children: ReactNode }) {
  return <DropdownMenu.Label className={styles.heading}>{children}</DropdownMenu.Label>;
}
