import { memo } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import { formatFull, formatRelative } from "../../model/time";
import type { Conversation } from "../../model/types";
import {
  AlertIcon,
  AtIcon,
  Avatar,
  BanIcon,
  BellOffIcon,
  CheckIcon,
  ClockIcon,
  CountBadge,
  classes,
  DoubleCheckIcon,
  RoleBadge,
  UsersIcon,
} from "../../ui";
import type { RowFocus } from "../VirtualList/VirtualList";
import styles from "./ChatListRow.module.css";
import { RowPreview } from "./RowPreview";
import type { Sending } from "./unsent";

export interface ChatListRowProps {
  conversation: Conversation;
  isActive: boolean;
  draft?: string | undefined;
  /** First names of who is typing. */
  typing: readonly string[];
  isOnline: boolean;
  /** Of what I said last here, where the server does not have it. */
  sending?: Sending | null | undefined;
  meId: number | undefined;
  now: number;
  focus: RowFocus;
  onOpen: (id: number) => void;
}

/** A conversation on two lines: who and when; what was said last and how much of it is new. */
export const ChatListRow = memo(function ChatListRow(props: ChatListRowProps) {
  const { conversation, isActive, isOnline, focus, onOpen } = props;
  const { participant, is_group: isGroup } = conversation;
  return (
    <button
      type="button"
      {...focus}
      className={classes(styles.row, isActive && styles.active, conversation.is_archived && styles.archived)}
      aria-current={isActive ? "true" : undefined}
      data-conversation={conversation.id}
      onClick={() => onOpen(conversation.id)}
    >
      <Avatar
        name={conversation.name}
        color={participant?.avatar_color}
        id={conversation.id}
        isOnline={!isGroup && isOnline}
      />
      <span className={styles.words}>
        <span className={styles.line}>
          {isGroup && <UsersIcon className={styles.groupIcon} size={1} />}
          <span className={styles.name}>{conversation.name}</span>
          {participant && <RoleBadge schoolRole={participant.role} isShort />}
          <RowTime {...props} />
        </span>
        <span className={styles.line}>
          <RowPreview {...props} />
          <RowMarks conversation={conversation} />
          <RowBadges conversation={conversation} />
        </span>
      </span>
    </button>
  );
});

function RowMarks({ conversation }: { conversation: Conversation }) {
  return (
    <>
      {conversation.is_muted && (
        <span className={styles.mark}>
          <BellOffIcon size={0.9375} />
          <span className="sc-visually-hidden">
            <FormattedMessage id="list.muted" />
          </span>
        </span>
      )}
      {(conversation.is_blocked || conversation.cannot_write_reason === "blocked") && (
        <span className={styles.mark}>
          <BanIcon size={0.9375} />
          <span className="sc-visually-hidden">
            <FormattedMessage id="list.blocked" />
          </span>
        </span>
      )}
    </>
  );
}

function RowTime({ conversation, meId, now, sending }: ChatListRowProps) {
  const intl = useIntl();
  const last = conversation.last_message;
  if (!last) return null;
  const isMine = last.sender_id === meId && last.message_type !== "SYSTEM";
  return (
    <span className={styles.when}>
      {isMine && <Ticks status={sending ?? (last.is_read ? "read" : "sent")} />}
      <time dateTime={last.timestamp} title={formatFull(last.timestamp, intl.locale)}>
        {formatRelative(last.timestamp, now, intl.locale)}
      </time>
    </span>
  );
}

const TICKS = { pending: ClockIcon, failed: AlertIcon, sent: CheckIcon, read: DoubleCheckIcon } as const;

function Ticks({ status }: { status: keyof typeof TICKS }) {
  const Icon = TICKS[status];
  return (
    <span className={styles.ticks} data-status={status}>
      <Icon size={1} />
      <span className="sc-visually-hidden">
        <FormattedMessage id={`list.${status}`} />
      </span>
    </span>
  );
}

function RowBadges({ conversation }: { conversation: Conversation }) {
  const intl = useIntl();
  const { unread_count: unread, mention_count: mentions, is_muted: isMuted } = conversation;
  return (
    <span className={styles.badges}>
      {mentions > 0 && (
        <span className={styles.mention}>
          <AtIcon size={0.8125} strokeWidth={2.5} />
          <span className="sc-visually-hidden">
            <FormattedMessage id="list.mentioned" />
          </span>
        </span>
      )}
      {unread > 0 && (
        <CountBadge
          count={unread}
          label={intl.formatMessage({ id: "list.unreadCount" }, { count: unread })}
          tone={isMuted && mentions === 0 ? "muted" : "accent"}
        />
      )}
    </span>
  );
}
