import { lazy, Suspense } from "react";
import { useMe } from "../../hooks";
import type { Theme } from "../../ui";
import type { SchoolChatProps } from "./SchoolChat";

export type Overlay = "contacts" | "group" | "settings" | "switcher" | "shortcuts" | "signOut";

export interface OverlaysProps extends Pick<SchoolChatProps, "onTheme" | "onLanguage" | "onSignOut"> {
  overlay: Overlay | null;
  onOverlay: (overlay: Overlay | null) => void;
  /** A conversation was opened by one of them. */
  onOpened: () => void;
  theme: Theme;
}

// Each is fetched when it is first wanted.
const ContactsDialog = lazy(async () => ({
  default: (await import("../ContactsDialog/ContactsDialog")).ContactsDialog,
}));
const GroupChatModal = lazy(async () => ({
  default: (await import("../GroupChatModal/GroupChatModal")).GroupChatModal,
}));
const QuickSwitcher = lazy(async () => ({
  default: (await import("../QuickSwitcher/QuickSwitcher")).QuickSwitcher,
}));
const ShortcutsHelp = lazy(async () => ({
  default: (await import("../ShortcutsHelp/ShortcutsHelp")).ShortcutsHelp,
}));
const SettingsDialog = lazy(async () => ({
  default: (await import("../SettingsMenu/SettingsDialog")).SettingsDialog,
}));
const SignOutQuestion = lazy(async () => ({
  default: (await import("../SettingsMenu/SignOutQuestion")).SignOutQuestion,
}));

/** At most one at a time. */
export function Overlays(props: OverlaysProps) {
  return (
    <Suspense fallback={null}>
      <CurrentOverlay {...props} />
    </Suspense>
  );
}

function CurrentOverlay({ overlay, onOverlay, onOpened, onSignOut, ...look }: OverlaysProps) {
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
