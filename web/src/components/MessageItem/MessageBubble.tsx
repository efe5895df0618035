import { type JSX, useMemo } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import { isEmojiOnly } from "../../model/text";
import { formatClock, formatFull } from "../../model/time";
import type { ChatFile, TimelineMessage } from "../../model/types";
import { classes } from "../../ui";
import { Markdown } from "../Markdown/Markdown";
import { DocumentAttachment } from "./DocumentAttachment";
import { ImageAttachment } from "./ImageAttachment";
import styles from "./MessageBubble.module.css";
import type { MessageItemProps } from "./MessageItem";
import { MessageStatus } from "./MessageStatus";
import { Reactions } from "./Reactions";
import { ReplyQuote } from "./ReplyQuote";
import { SenderName } from "./SenderName";
import { VoiceAttachment } from "./VoiceAttachment";

/** What a message says, in its bubble: sender, quote, file, text, and the time below. */
export function MessageBubble(props: MessageItemProps): JSX.Element {
  const { message, isMine, actions } = props;
  if (message.is_deleted) return <DeletedBubble {...props} />;
  const isBare = message.message_type === "TEXT" && message.reply_to === null && isEmojiOnly(message.text);
  return (
    <div className={classes(styles.bubble, isBare && styles.bare)} data-bubble="">
      {props.isGroup && !isMine && message.sender && (
        <SenderName sender={message.sender} isFirst={props.isFirstOfGroup} />
      )}
      {message.forwarded_from && <Forwarded from={message.forwarded_from.sender_name} />}
      {message.reply_to && <ReplyQuote reply={message.reply_to} onJump={actions.jumpTo} />}
      <Attachment {...props} />
      {message.text !== "" && <Words {...props} isEmoji={isBare} />}
      <Meta message={message} isMine={isMine} />
      {message.reactions.length > 0 && <Reactions reactions={message.reactions} />}
    </div>
  );
}

function DeletedBubble({ message, isMine, isGroup, isFirstOfGroup }: MessageItemProps): JSX.Element {
  return (
    <div className={classes(styles.bubble, styles.deleted)} data-bubble="">
      {isGroup && !isMine && message.sender && (
        <SenderName sender={message.sender} isFirst={isFirstOfGroup} />
      )}
      <em>
        <FormattedMessage id="message.deleted" />
      </em>
      <Meta message={message} isMine={false} />
    </div>
  );
}

function Words({ message, people, readerId, isEmoji }: MessageItemProps & { isEmoji: boolean }): JSX.Element {
  const mentions = useMemo(
    () =>
      message.mentions.flatMap((id) => {
        const name = people.get(id);
        return name === undefined ? [] : [{ id, name }];
      }),
    [message.mentions, people],
  );
  if (isEmoji) return <p className={styles.emoji}>{message.text}</p>;
  return <Markdown text={message.text} mentions={mentions} readerId={readerId} />;
}

function Attachment({ message, actions }: MessageItemProps): JSX.Element | null {
  if (!message.file) return null;
  const isOnItsWay = message.localId !== undefined && message.status === "pending";
  const upload = isOnItsWay
    ? { progress: message.uploadProgress ?? 0, cancel: () => actions.discard(message) }
    : null;
  const attachment = (file: ChatFile) => {
    switch (message.message_type) {
      case "IMAGE":
        return <ImageAttachment file={file} upload={upload} onOpen={() => actions.openImage(message)} />;
      case "VOICE":
        return <VoiceAttachment file={file} />;
      default:
        return <DocumentAttachment file={file} upload={upload} />;
    }
  };
  return <div className={styles.attachment}>{attachment(message.file)}</div>;
}

function Forwarded({ from }: { from: string | null }): JSX.Element {
  return (
    <p className={styles.forwarded}>
      {from === null ? (
        <FormattedMessage id="message.forwarded" />
      ) : (
        <FormattedMessage id="message.forwardedFrom" values={{ name: from }} />
      )}
    </p>
  );
}

function Meta({ message, isMine }: { message: TimelineMessage; isMine: boolean }): JSX.Element {
  const { locale } = useIntl();
  return (
    <p className={styles.meta}>
      {message.edited_at !== null && !message.is_deleted && (
        <span>
          <FormattedMessage id="message.edited" />
        </span>
      )}
      <time dateTime={message.created_at} title={formatFull(message.created_at, locale)}>
        {formatClock(message.created_at, locale)}
      </time>
      {isMine && <MessageStatus status={message.status} />}
    </p>
  );
}
