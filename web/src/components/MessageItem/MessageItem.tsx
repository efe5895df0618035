import { type JSX, memo } from "react";
import { useIntl } from "react-intl";
import { formatClock } from "../../model/time";
import type { TimelineMessage } from "../../model/types";
import { Avatar, classes } from "../../ui";
import { MessageBubble } from "./MessageBubble";
import styles from "./MessageItem.module.css";
import { MessageToolbar } from "./MessageToolbar";
import type { ActionName, MessageActions } from "./messageActions";
import { SendFailure } from "./SendFailure";
import { SystemMessage } from "./SystemMessage";
import { useMessageMenu } from "./useMessageMenu";

export interface MessageItemProps {
  message: TimelineMessage;
  isMine: boolean;
  isFirstOfGroup: boolean;
  isLastOfGroup: boolean;
  /** In a group each message has its sender's name and face. */
  isGroup: boolean;
  readerId: number | undefined;
  /** Names by id, of those who can be mentioned here. */
  people: ReadonlyMap<number, string>;
  actions: MessageActions;
  /** What may be done with it now; asked when the menu opens. */
  findActions: (message: TimelineMessage) => readonly ActionName[];
  /** It was jumped to: flashes. */
  isHighlighted?: boolean | undefined;
  /** The one message of the timeline that Tab reaches; the arrows go on from it. */
  isCurrent?: boolean | undefined;
}

/** One message in a timeline. */
export const MessageItem = memo(function MessageItem(props: MessageItemProps): JSX.Element {
  const { message, isMine, isGroup, isCurrent = false } = props;
  const menu = useMessageMenu(message, props.findActions);
  const label = useLabel(message, isMine);
  const isSystem = message.message_type === "SYSTEM";
  return (
    <article
      className={classes(styles.item, isMine ? styles.own : styles.other, props.isLastOfGroup && styles.last)}
      aria-label={label}
      tabIndex={isCurrent ? 0 : -1}
      data-message-id={message.id}
      data-mine={isMine}
      data-highlighted={props.isHighlighted || undefined}
      {...(isSystem ? {} : menu.handlers)}
    >
      {isSystem ? (
        <SystemMessage text={message.text} createdAt={message.created_at} />
      ) : (
        <>
          {isGroup && !isMine && <Face message={message} isShown={props.isLastOfGroup} />}
          <div className={styles.column}>
            <MessageBubble {...props} />
            {message.status === "failed" && <SendFailure message={message} actions={props.actions} />}
            {menu.isShown && (
              <MessageToolbar
                message={message}
                names={menu.names}
                isMenuOpen={menu.isOpen}
                onMenuOpenChange={menu.setOpen}
                onAction={props.actions.run}
              />
            )}
          </div>
        </>
      )}
    </article>
  );
});

function Face({ message, isShown }: { message: TimelineMessage; isShown: boolean }): JSX.Element {
  return (
    <span className={styles.face}>
      {isShown && message.sender && (
        <Avatar
          name={message.sender.name}
          color={message.sender.avatar_color}
          id={message.sender.id}
          size="small"
        />
      )}
    </span>
  );
}

/** What a screen reader says of the message when the arrows come to it. */
function useLabel(message: TimelineMessage, isMine: boolean): string {
  const intl = useIntl();
  const what = message.is_deleted
    ? intl.formatMessage({ id: "message.deleted" })
    : [message.file?.file_name, message.text].filter(Boolean).join(". ");
  const who = isMine ? intl.formatMessage({ id: "message.you" }) : (message.sender?.name ?? "");
  const time = formatClock(message.created_at, intl.locale);
  const status =
    isMine && !message.is_deleted ? intl.formatMessage({ id: `message.status.${message.status}` }) : "";
  return [who, what, time, status].filter(Boolean).join(", ");
}
