import { FormattedMessage, useIntl } from "react-intl";
import {
  IconButton,
  KeyboardIcon,
  Menu,
  MenuItem,
  MenuSeparator,
  MoreIcon,
  SearchIcon,
  SettingsIcon,
  SignOutIcon,
  UsersIcon,
} from "../../ui";
import { modKey } from "../ShortcutsHelp/keys";

export interface SettingsMenuProps {
  onSettings: () => void;
  onShortcuts: () => void;
  onSwitcher: () => void;
  /** Only for who may create groups. */
  onNewGroup?: (() => void) | undefined;
  /** Only where the chat has a sign-in of its own. */
  onSignOut?: (() => void) | undefined;
}

/** The menu of the list's heading. What it opens takes the focus by itself. */
export function SettingsMenu({
  onSettings,
  onShortcuts,
  onSwitcher,
  onNewGroup,
  onSignOut,
}: SettingsMenuProps) {
  const intl = useIntl();
  return (
    <Menu trigger={<IconButton label={intl.formatMessage({ id: "settings.menu" })} icon={<MoreIcon />} />}>
      {onNewGroup && (
        <MenuItem icon={<UsersIcon />} onSelect={onNewGroup}>
          <FormattedMessage id="group.create" />
        </MenuItem>
      )}
      <MenuItem icon={<SearchIcon />} shortcut={modKey("K")} onSelect={onSwitcher}>
        <FormattedMessage id="switcher.title" />
      </MenuItem>
      <MenuItem icon={<KeyboardIcon />} shortcut={modKey("/")} onSelect={onShortcuts}>
        <FormattedMessage id="shortcuts.title" />
      </MenuItem>
      <MenuSeparator />
      <MenuItem icon={<SettingsIcon />} onSelect={onSettings}>
        <FormattedMessage id="settings.title" />
      </MenuItem>
      {onSignOut && (
        <MenuItem icon={<SignOutIcon />} onSelect={onSignOut}>
          <FormattedMessage id="settings.signOut" />
        </MenuItem>
      )}
    </Menu>
  );
}
