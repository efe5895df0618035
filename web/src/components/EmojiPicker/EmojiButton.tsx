import type { JSX } from "react";
import { useIntl } from "react-intl";
import { IconButton, Popover, SmileIcon, Spinner } from "../../ui";
import { PartMissing } from "../LateView/PartMissing";
import { useLate } from "../LateView/useLate";
import styles from "./EmojiButton.module.css";
import { emojiPickers } from "./lateEmojiPicker";

interface EmojiButtonProps {
  onEmoji: (emoji: string) => void;
  onClosed: () => void;
}

/** The smile of the composer. The picker comes with the first opening; it stays open for a second emoji. */
export function EmojiButton({ onEmoji, onClosed }: EmojiButtonProps): JSX.Element {
  const intl = useIntl();
  return (
    <Popover
      label={intl.formatMessage({ id: "emoji.title" })}
      side="top"
      align="end"
      isFlush
      trigger={
        <IconButton
          className={styles.button}
          label={intl.formatMessage({ id: "composer.emoji" })}
          icon={<SmileIcon />}
        />
      }
      onCloseAutoFocus={(event) => {
        event.preventDefault();
        onClosed();
      }}
    >
      <LateEmojiPicker onEmoji={onEmoji} />
    </Popover>
  );
}

function LateEmojiPicker({ onEmoji }: Pick<EmojiButtonProps, "onEmoji">): JSX.Element {
  const late = emojiPickers[useIntl().locale === "ru" ? "ru" : "en"];
  const { part, hasFailed } = useLate(late);
  if (part) return <part.EmojiPicker emojis={part.emojis} onEmoji={onEmoji} />;
  return <div className={styles.loading}>{hasFailed ? <PartMissing late={late} /> : <Spinner />}</div>;
}
