import type { JSX } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import { cut, plainText } from "../../model/text";
import type { Message } from "../../model/types";
import { CloseIcon, EditIcon, IconButton, ReplyIcon } from "../../ui";
import styles from "./ComposerContext.module.css";

interface ComposerContextProps {
  kind: "reply" | "edit";
  message: Message;
  onCancel: () => void;
}

const LONGEST = 120;

/** Above the field: what is being answered or edited. */
export function ComposerContext({ kind, message, onCancel }: ComposerContextProps): JSX.Element {
  const intl = useIntl();
  const Icon = kind === "reply" ? ReplyIcon : EditIcon;
  return (
    <div className={styles.context} data-composer-context={kind}>
      <span className={styles.icon}>
        <Icon />
      </span>
      <div className={styles.words}>
        <p className={styles.title}>
          {kind === "reply" ? (
            <FormattedMessage id="composer.replyTo" values={{ name: message.sender?.name ?? "" }} />
          ) : (
            <FormattedMessage id="composer.editing" />
          )}
        </p>
        <p className={styles.text}>{cut(plainText(message.text), LONGEST) || message.file?.file_name}</p>
      </div>
      <IconButton
        label={intl.formatMessage({ id: kind === "reply" ? "composer.cancelReply" : "composer.cancelEdit" })}
        icon={<CloseIcon />}
        shortcut="Esc"
        onClick={onCancel}
      />
    </div>
  );
}
