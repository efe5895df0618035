/** All windows that open over the chat: they are small, and come together. */
export { ContactsDialog } from "../ContactsDialog/ContactsDialog";
export { GroupChatModal } from "../GroupChatModal/GroupChatModal";
export { QuickSwitcher } from "../QuickSwitcher/QuickSwitcher";
export { SettingsDialog } from "../SettingsMenu/SettingsDialog";
export { SignOutQuestion } from "../SettingsMenu/SignOutQuestion";
export { ShortcutsHelp } from "../ShortcutsHelp/ShortcutsHelp";
