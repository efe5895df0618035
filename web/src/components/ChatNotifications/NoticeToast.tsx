import { FormattedMessage, type IntlShape, useIntl } from "react-intl";
import type { Notice } from "../../context/client";
import { cut, plainText } from "../../model/text";
import type { Message } from "../../model/types";
import { Avatar, Button, ChatIcon } from "../../ui";
import styles from "./ChatNotifications.module.css";
import { ToastClose } from "./ToastClose";

export const TOAST_CHARACTERS = 100;

export interface NoticeToastProps {
  notice: Notice;
  onReply: (conversationId: number) => void;
  onClose: () => void;
}

/** Who has written, where and what; «Ответить» leads there. */
export function NoticeToast({ notice, onReply, onClose }: NoticeToastProps) {
  return (
    <article className={styles.toast}>
      {notice.kind === "message" ? <MessageNotice notice={notice} /> : <SummaryNotice notice={notice} />}
      <div className={styles.buttons}>
        <Button size="small" variant="ghost" onClick={() => onReply(conversationOf(notice))}>
          <FormattedMessage id={notice.kind === "message" ? "notifications.reply" : "notifications.open"} />
        </Button>
      </div>
      <ToastClose className={styles.close} onClose={onClose} />
    </article>
  );
}

function conversationOf(notice: Notice): number {
  return notice.kind === "message" ? notice.conversationId : notice.lastConversationId;
}

function MessageNotice({ notice }: { notice: Extract<Notice, { kind: "message" }> }) {
  const intl = useIntl();
  const { sender } = notice.message;
  const name = sender?.name ?? notice.title;
  const where = notice.title.startsWith(`${name} · `) ? notice.title.slice(name.length) : null;
  return (
    <>
      <Avatar name={name} color={sender?.avatar_color} id={sender?.id ?? notice.conversationId} />
      <div className={styles.words}>
        <p className={styles.name}>
          {name}
          {where && <span className={styles.where}>{where}</span>}
        </p>
        {notice.isMention && (
          <p className={styles.mention}>
            <FormattedMessage id="notifications.mention" />
          </p>
        )}
        <p className={styles.text}>{textOf(notice.message, intl)}</p>
      </div>
    </>
  );
}

/** At most 100 characters; of a file without words what it is. */
function textOf(message: Message, intl: IntlShape): string {
  const text = plainText(message.text);
  if (text) return cut(text, TOAST_CHARACTERS);
  if (message.file && message.message_type === "FILE") return cut(message.file.file_name, TOAST_CHARACTERS);
  return message.file ? intl.formatMessage({ id: `list.preview.${message.message_type}` }) : "";
}

function SummaryNotice({ notice }: { notice: Extract<Notice, { kind: "summary" }> }) {
  return (
    <>
      <span className={styles.summaryIcon}>
        <ChatIcon size={1.5} />
      </span>
      <div className={styles.words}>
        <p className={styles.name}>
          <FormattedMessage id="notifications.summary" values={{ messages: notice.messages }} />
        </p>
        <p className={styles.text}>
          <FormattedMessage
            id="notifications.summary.text"
            values={{ conversations: notice.conversations }}
          />
        </p>
      </div>
    </>
  );
}
