import { useMe } from "../../hooks";
import type { Theme } from "../../ui";
import { PartMissingDialog } from "../LateView/PartMissing";
import { useLate } from "../LateView/useLate";
import { type Dialogs, lateDialogs } from "./lateDialogs";
import type { SchoolChatProps } from "./SchoolChat";

export type Overlay = "contacts" | "group" | "settings" | "switcher" | "shortcuts" | "signOut";

export interface OverlaysProps extends Pick<SchoolChatProps, "onTheme" | "onLanguage" | "onSignOut"> {
  overlay: Overlay | null;
  onOverlay: (overlay: Overlay | null) => void;
  /** A conversation was opened by one of them. */
  onOpened: () => void;
  theme: Theme;
}

/** At most one at a time. */
export function Overlays(props: OverlaysProps) {
  const { overlay, onOverlay } = props;
  const { part, hasFailed } = useLate(lateDialogs, overlay !== null);
  if (overlay === null) return null;
  if (part) return <CurrentOverlay {...props} dialogs={part} />;
  return hasFailed ? <PartMissingDialog late={lateDialogs} onClose={() => onOverlay(null)} /> : null;
}

function CurrentOverlay(props: OverlaysProps & { dialogs: Dialogs }) {
  const { dialogs, overlay, onOverlay, onOpened, onSignOut, ...look } = props;
  const { ContactsDialog, GroupChatModal, QuickSwitcher, SettingsDialog, ShortcutsHelp, SignOutQuestion } =
    dialogs;
  const { me } = useMe();
  const window = { isOpen: true, onClose: () => onOverlay(null) };
  const toGroup = me?.permissions.can_create_groups ? () => onOverlay("group") : undefined;
  switch (overlay) {
    case "contacts":
      return <ContactsDialog {...window} onOpened={onOpened} onNewGroup={toGroup} />;
    case "group":
      return <GroupChatModal {...window} onOpened={onOpened} />;
    case "switcher":
      return <QuickSwitcher {...window} onOpened={onOpened} />;
    case "shortcuts":
      return <ShortcutsHelp {...window} />;
    case "settings":
      return <SettingsDialog {...window} {...look} />;
    case "signOut":
      return onSignOut ? <SignOutQuestion {...window} onSignOut={onSignOut} /> : null;
    case null:
      return null;
  }
}
