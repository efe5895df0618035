import { Fragment, type JSX } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import {
  ArchiveIcon,
  BanIcon,
  BellIcon,
  BellOffIcon,
  CloseIcon,
  EditIcon,
  type Icon,
  IconButton,
  Menu,
  MenuItem,
  MenuSeparator,
  MoreIcon,
  OpenIcon,
  TrashIcon,
  UsersIcon,
} from "../../ui";
import type { Command } from "./conversationCommands";

const ICONS: Record<Command, Icon> = {
  participants: UsersIcon,
  rename: EditIcon,
  mute: BellOffIcon,
  unmute: BellIcon,
  openElsewhere: OpenIcon,
  clear: TrashIcon,
  block: BanIcon,
  unblock: BanIcon,
  archive: ArchiveIcon,
  leave: CloseIcon,
};

const GRAVE: ReadonlySet<Command> = new Set(["clear", "block", "archive"]);

interface ConversationMenuProps {
  commands: readonly Command[];
  onCommand: (command: Command) => void;
  /** Set while a command opens a dialog: the focus is to go there, not back to the button. */
  onCloseAutoFocus?: ((event: Event) => void) | undefined;
}

/** The button "…" of the header. */
export function ConversationMenu({
  commands,
  onCommand,
  onCloseAutoFocus,
}: ConversationMenuProps): JSX.Element {
  const intl = useIntl();
  const firstGrave = commands.find((command) => GRAVE.has(command));
  return (
    <Menu
      trigger={<IconButton label={intl.formatMessage({ id: "window.menu" })} icon={<MoreIcon />} />}
      onCloseAutoFocus={onCloseAutoFocus}
    >
      {commands.map((command) => {
        const Icon = ICONS[command];
        return (
          <Fragment key={command}>
            {command === firstGrave && command !== commands[0] && <MenuSeparator />}
            <MenuItem
              icon={<Icon size={1.125} />}
              isDanger={GRAVE.has(command)}
              onSelect={() => onCommand(command)}
            >
              <FormattedMessage id={`window.command.${command}`} />
            </MenuItem>
          </Fragment>
        );
      })}
    </Menu>
  );
}
