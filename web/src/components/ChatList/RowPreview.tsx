import { FormattedMessage, useIntl } from "react-intl";
import { FileIcon, ImageIcon, MicIcon } from "../../ui";
import type { ChatListRowProps } from "./ChatListRow";
import styles from "./ChatListRow.module.css";
import { draftText, previewAuthor, previewText } from "./preview";

const ICONS = { IMAGE: ImageIcon, FILE: FileIcon, VOICE: MicIcon } as const;

/** The second line: who is typing, else the draft (not of the open one: it is in sight), else the last message. */
export function RowPreview({ conversation, typing, draft, isActive, meId }: ChatListRowProps) {
  if (typing.length > 0) return <TypingPreview typing={typing} isGroup={conversation.is_group} />;
  if (draft?.trim() && !isActive) {
    return (
      <span className={styles.preview}>
        <span className={styles.draft}>
          <FormattedMessage id="list.draft" />
        </span>{" "}
        {draftText(draft)}
      </span>
    );
  }
  return <LastPreview conversation={conversation} meId={meId} />;
}

function TypingPreview({ typing, isGroup }: { typing: readonly string[]; isGroup: boolean }) {
  return (
    <span className={styles.typing}>
      {isGroup ? (
        <FormattedMessage
          id="list.typingNames"
          values={{ count: typing.length, first: typing[0], second: typing[1], others: typing.length - 2 }}
        />
      ) : (
        <FormattedMessage id="list.typing" />
      )}
    </span>
  );
}

function LastPreview({ conversation, meId }: Pick<ChatListRowProps, "conversation" | "meId">) {
  const intl = useIntl();
  const last = conversation.last_message;
  if (!last) {
    return (
      <span className={styles.preview}>
        <FormattedMessage id="list.noMessages" />
      </span>
    );
  }
  const author = previewAuthor(conversation, meId, intl);
  const Icon = last.message_type in ICONS ? ICONS[last.message_type as keyof typeof ICONS] : null;
  return (
    <span className={styles.preview}>
      {author && <span className={styles.author}>{author}: </span>}
      {Icon && <Icon className={styles.kind} size={0.9375} />}
      {previewText(last, intl)}
    </span>
  );
}
