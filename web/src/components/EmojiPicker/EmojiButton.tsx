import { type JSX, lazy, Suspense } from "react";
import { useIntl } from "react-intl";
import { IconButton, Popover, SmileIcon, Spinner } from "../../ui";
import styles from "./EmojiButton.module.css";

const EmojiPicker = lazy(() => import("./EmojiPicker"));

interface EmojiButtonProps {
  onEmoji: (emoji: string) => void;
  onClosed: () => void;
}

/** The smile of the composer. Picker and data come with the first opening; it stays open for a second emoji. */
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
      <Suspense fallback={<Loading />}>
        <EmojiPicker onEmoji={onEmoji} />
      </Suspense>
    </Popover>
  );
}

function Loading(): JSX.Element {
  return (
    <div className={styles.loading}>
      <Spinner />
    </div>
  );
}
