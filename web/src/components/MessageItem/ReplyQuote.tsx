import type { JSX } from "react";
import { FormattedMessage } from "react-intl";
import type { Reply } from "../../model/types";
import styles from "./ReplyQuote.module.css";

interface ReplyQuoteProps {
  reply: Reply;
  /** Goes to the quoted message. */
  onJump: (messageId: number) => void;
}

/** The strip above a reply: whom and what it answers; a click goes there. */
export function ReplyQuote({ reply, onJump }: ReplyQuoteProps): JSX.Element {
  return (
    <button type="button" className={styles.quote} onClick={() => onJump(reply.id)}>
      <span className="sc-visually-hidden">
        <FormattedMessage id="message.inReplyTo" />{" "}
      </span>
      <span className={styles.name}>{reply.sender_name}</span>
      <span className={styles.text}>{reply.text || <FormattedMessage id="message.deleted" />}</span>
    </button>
  );
}
