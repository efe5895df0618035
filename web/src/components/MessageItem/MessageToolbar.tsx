import type { JSX } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import type { TimelineMessage } from "../../model/types";
import {
  CopyIcon,
  EditIcon,
  EyeIcon,
  ForwardIcon,
  type Icon,
  IconButton,
  Menu,
  MenuItem,
  MenuSeparator,
  MoreIcon,
  PinIcon,
  ReplyIcon,
  SmileIcon,
  TrashIcon,
} from "../../ui";
import styles from "./MessageToolbar.module.css";
import type { ActionName } from "./messageActions";

const ICONS: Record<ActionName, Icon> = {
  reply: ReplyIcon,
  react: SmileIcon,
  copy: CopyIcon,
  edit: EditIcon,
  forward: ForwardIcon,
  pin: PinIcon,
  readers: EyeIcon,
  remove: TrashIcon,
};

/** Most wanted: one click, no menu. */
const AT_HAND: readonly ActionName[] = ["react", "reply"];

interface MessageToolbarProps {
  message: TimelineMessage;
  names: readonly ActionName[];
  isMenuOpen: boolean;
  onMenuOpenChange: (isOpen: boolean) => void;
  onAction: (action: ActionName, message: TimelineMessage) => void;
}

/** Beside the message: what is wanted most, and a menu with all. */
export function MessageToolbar(props: MessageToolbarProps): JSX.Element {
  const { message, names, onAction } = props;
  const intl = useIntl();
  return (
    <div className={styles.toolbar}>
      {AT_HAND.filter((name) => names.includes(name)).map((name) => {
        const Icon = ICONS[name];
        return (
          <IconButton
            key={name}
            size="small"
            label={intl.formatMessage({ id: `message.action.${name}` })}
            icon={<Icon size={1.125} />}
            hasTooltip={false}
            onClick={() => onAction(name, message)}
          />
        );
      })}
      <Menu
        isOpen={props.isMenuOpen}
        onOpenChange={props.onMenuOpenChange}
        trigger={
          <IconButton
            size="small"
            label={intl.formatMessage({ id: "message.actions" })}
            icon={<MoreIcon size={1.125} />}
            hasTooltip={false}
          />
        }
      >
        {names.map((name) => (
          <Item key={name} name={name} isAfterLine={name === "remove" && names.length > 1} {...props} />
        ))}
      </Menu>
    </div>
  );
}

function Item({
  name,
  isAfterLine,
  message,
  onAction,
}: MessageToolbarProps & { name: ActionName; isAfterLine: boolean }) {
  const Icon = ICONS[name];
  return (
    <>
      {isAfterLine && <MenuSeparator />}
      <MenuItem
        icon={<Icon size={1.125} />}
        isDanger={name === "remove"}
        onSelect={() => onAction(name, message)}
      >
        <FormattedMessage id={`message.action.${name}`} />
      </MenuItem>
    </>
  );
}
