import type { Emoji } from "emojibase";
import { EmojiPicker as Picker } from "frimousse";
import type { JSX } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import { Spinner } from "../../ui";
import styles from "./EmojiPicker.module.css";
import { emojiResolver } from "./emojiData";

interface EmojiPickerProps {
  /** In the interface's language. */
  emojis: readonly Emoji[];
  onEmoji: (emoji: string) => void;
}

const COLUMNS = 8;

/** All emoji by group, with search in the interface's language; arrows and Enter choose. */
export function EmojiPicker({ emojis, onEmoji }: EmojiPickerProps): JSX.Element {
  const intl = useIntl();
  const language = intl.locale === "ru" ? "ru" : "en";
  const resolve = emojiResolver(language, emojis, (group) =>
    intl.formatMessage({ id: `emoji.group.${group}` }),
  );
  return (
    <Picker.Root
      className={styles.picker}
      columns={COLUMNS}
      locale={language}
      resolveEmojiData={resolve}
      onEmojiSelect={({ emoji }) => onEmoji(emoji)}
    >
      <Picker.Search
        className={styles.search}
        autoFocus
        placeholder={intl.formatMessage({ id: "emoji.search" })}
        aria-label={intl.formatMessage({ id: "emoji.search" })}
      />
      <Picker.Viewport className={styles.viewport}>
        <Picker.Loading className={styles.state}>
          <Spinner />
        </Picker.Loading>
        <Picker.Empty className={styles.state}>
          <FormattedMessage id="emoji.nothing" />
        </Picker.Empty>
        <Picker.List className={styles.list} components={PARTS} />
      </Picker.Viewport>
      <Picker.ActiveEmoji>
        {({ emoji }) => (
          <div className={styles.active} aria-hidden="true">
            {emoji && <span className={styles.large}>{emoji.emoji}</span>}
            <span className={styles.name}>{emoji ? emoji.label : <FormattedMessage id="emoji.title" />}</span>
          </div>
        )}
      </Picker.ActiveEmoji>
    </Picker.Root>
  );
}

const PARTS: NonNullable<Parameters<typeof Picker.List>[0]["components"]> = {
  CategoryHeader: ({ category, ...props }) => (
    <div {...props} className={styles.category}>
      {category.label}
    </div>
  ),
  Row: ({ children, ...props }) => (
    <div {...props} {...rowFrom1(props["aria-rowindex"])} className={styles.row}>
      {children}
    </div>
  ),
  Emoji: ({ emoji, ...props }) => (
    <button
      type="button"
      {...props}
      {...columnFrom1(props["aria-colindex"])}
      className={styles.emoji}
      data-active={emoji.isActive}
    >
      {emoji.emoji}
    </button>
  ),
};

/** The library counts from 0; ARIA counts from 1. */
function rowFrom1(row = 0): { "aria-rowindex": number } {
  return { "aria-rowindex": row + 1 };
}

function columnFrom1(column = 0): { "aria-colindex": number } {
  return { "aria-colindex": column + 1 };
}
