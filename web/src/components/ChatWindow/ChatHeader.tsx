import type { JSX, ReactNode } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import { formatLastSeen } from "../../model/time";
import type { Conversation } from "../../model/types";
import type { PresenceState } from "../../store/state";
import { Avatar, BackIcon, BellOffIcon, Button, IconButton, RoleBadge, UsersIcon } from "../../ui";
import styles from "./ChatHeader.module.css";

export interface ChatHeaderProps {
  conversation: Conversation;
  /** Of the other person of a direct conversation. */
  presence: PresenceState;
  now: number;
  onBack?: (() => void) | undefined;
  onOpenParticipants: () => void;
  /** The button "…" with its menu. */
  menu: ReactNode;
}

/** Above the timeline: with whom, whether they are there, and what can be done. */
export function ChatHeader(props: ChatHeaderProps): JSX.Element {
  const { conversation, presence, onBack, onOpenParticipants } = props;
  const { is_group: isGroup, participant } = conversation;
  const intl = useIntl();
  return (
    <header className={styles.header}>
      {onBack && <Back onBack={onBack} />}
      <Avatar
        name={conversation.name}
        color={participant?.avatar_color}
        id={participant?.id ?? conversation.id}
        isOnline={isGroup ? undefined : presence.isOnline}
        className={styles.avatar}
      />
      <div className={styles.words}>
        <div className={styles.title}>
          <h2 className={styles.name}>{conversation.name}</h2>
          {participant && <RoleBadge schoolRole={participant.role} isShort={onBack !== undefined} />}
          {conversation.is_muted && <Muted />}
        </div>
        <p className={styles.status} data-online={!isGroup && presence.isOnline}>
          {isGroup ? (
            <FormattedMessage
              id="window.participantCount"
              values={{ count: conversation.participants_count }}
            />
          ) : (
            <Presence presence={presence} now={props.now} />
          )}
        </p>
      </div>
      {isGroup && (
        <Button
          className={styles.participants}
          variant="ghost"
          icon={<UsersIcon />}
          aria-label={intl.formatMessage({ id: "window.participants" })}
          onClick={onOpenParticipants}
        >
          <span className={styles.participantsWord}>
            <FormattedMessage id="window.participants" />
          </span>
        </Button>
      )}
      {props.menu}
    </header>
  );
}

/** While it is not known whose conversation it is: the way back, where the list is out of sight. */
export function BareHeader({ onBack }: { onBack: () => void }): JSX.Element {
  return (
    <header className={styles.header}>
      <Back onBack={onBack} />
    </header>
  );
}

function Back({ onBack }: { onBack: () => void }): JSX.Element {
  const label = useIntl().formatMessage({ id: "window.back" });
  return <IconButton label={label} icon={<BackIcon />} onClick={onBack} />;
}

function Presence({ presence, now }: { presence: PresenceState; now: number }): JSX.Element {
  const { locale } = useIntl();
  if (presence.isOnline) return <FormattedMessage id="window.online" />;
  if (presence.lastSeen === null) return <FormattedMessage id="window.offline" />;
  return (
    <FormattedMessage
      id="window.lastSeen"
      values={{ when: formatLastSeen(presence.lastSeen, now, locale) }}
    />
  );
}

function Muted(): JSX.Element {
  const word = useIntl().formatMessage({ id: "window.muted" });
  return (
    <span className={styles.muted} role="img" aria-label={word} title={word}>
      <BellOffIcon size={1} />
    </span>
  );
}
