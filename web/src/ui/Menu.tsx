import { DropdownMenu } from "radix-ui";
import {
  type ButtonHTMLAttributes,
  createContext,
  type ReactElement,
  type ReactNode,
  type RefObject,
  useContext,
  useEffect,
  useRef,
  useState,
} from "react";
import { ClosedTrigger, type OpenedBy } from "./ClosedTrigger";
import { classes } from "./classes";
import { CheckIcon } from "./icons";
import styles from "./Menu.module.css";
import { usePortalContainer } from "./ThemeRoot";

/** Takes what an item does, until the menu is gone and the focus is back: a dialog that it opens remembers that place. */
const RunAfter = createContext<(action: () => void) => void>((action) => action());

export interface MenuProps {
  /** A button that takes a ref: `IconButton` or `Button`. */
  trigger: ReactElement<ButtonHTMLAttributes<HTMLButtonElement>>;
  align?: "start" | "end" | undefined;
  side?: "top" | "bottom" | undefined;
  isOpen?: boolean | undefined;
  onOpenChange?: ((isOpen: boolean) => void) | undefined;
  /** Where the focus goes at the end, if not back to the trigger. */
  onCloseAutoFocus?: ((event: Event) => void) | undefined;
  children: ReactNode;
}

/** Commands at a button. Until the first opening there is the button alone. */
export function Menu(props: MenuProps) {
  const { trigger, isOpen, onOpenChange } = props;
  const [openedBy, setOpenedBy] = useState<OpenedBy | null>(null);
  if (isOpen && openedBy === null) setOpenedBy("pointer");
  if (openedBy !== null) return <OpenedMenu {...props} openedBy={openedBy} />;
  const open = (by: OpenedBy) => {
    setOpenedBy(by);
    onOpenChange?.(true);
  };
  return <ClosedTrigger trigger={trigger} onOpen={open} />;
}

function OpenedMenu({
  trigger,
  align = "end",
  side = "bottom",
  isOpen,
  onOpenChange,
  onCloseAutoFocus,
  openedBy,
  children,
}: MenuProps & { openedBy: OpenedBy }) {
  const container = usePortalContainer();
  const content = useRef<HTMLDivElement>(null);
  const pending = useRef<(() => void) | null>(null);
  const control = isOpen === undefined ? { defaultOpen: true } : { open: isOpen };
  const runPending = (event: Event) => {
    onCloseAutoFocus?.(event);
    const action = pending.current;
    pending.current = null;
    if (action) queueMicrotask(action); // the focus is moved right after this event
  };
  useFirstItem(content, openedBy === "keys");
  return (
    <DropdownMenu.Root {...control} modal={false} {...(onOpenChange ? { onOpenChange } : {})}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal container={container}>
        <DropdownMenu.Content
          ref={content}
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

/** Opened by the keyboard the first command has the focus. Of the first opening Radix does not know by what it was. */
function useFirstItem(content: RefObject<HTMLElement | null>, isWanted: boolean): void {
  useEffect(() => {
    if (isWanted)
      content.current?.querySelector<HTMLElement>("[role^=menuitem]:not([data-disabled])")?.focus();
  }, [content, isWanted]);
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
