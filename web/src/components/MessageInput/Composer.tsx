import {
  type ClipboardEvent,
  forwardRef,
  type JSX,
  type KeyboardEvent,
  type Ref,
  useCallback,
  useId,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { useIntl } from "react-intl";
import TextareaAutosize from "react-textarea-autosize";
import type { Mention, Message, Participant, PreparedFile } from "../../model/types";
import { IconButton, SendIcon, useNarrow } from "../../ui";
import { EmojiButton } from "../EmojiPicker/EmojiButton";
import { AttachButton } from "../FileUpload/AttachButton";
import { FilePreviews } from "../FileUpload/FilePreviews";
import { CharacterCounter, lengthOf, MOST_CHARACTERS } from "./CharacterCounter";
import styles from "./Composer.module.css";
import { ComposerContext } from "./ComposerContext";
import { MentionList, optionId } from "./MentionList";
import { insertMention, type MentionQuery } from "./mentions";
import { useMentions } from "./useMentions";

/** Narrower than this the whole placeholder has no room on one line. */
const SHORT_PX = 352;

export interface ComposerProps {
  text: string;
  replyTo: Message | null;
  editing: Message | null;
  files: readonly PreparedFile[];
  /** Who can be mentioned. */
  people: readonly Participant[];
  meId: number | undefined;
  /** Why the last change was refused. */
  error: string | null;
  /** The change that was sent is not answered yet. */
  isSaving?: boolean;
  /** `caret`: where the change ended. */
  onChange: (text: string, caret?: number) => void;
  /** Somebody was chosen, and their name is in the text. */
  onMention: (mention: Mention) => void;
  onSend: () => void;
  onAddFiles: (files: readonly File[]) => void;
  onRemoveFile: (id: string) => void;
  onCancelReply: () => void;
  onCancelEdit: () => void;
  /** Up in an empty field. */
  onEditLast: () => void;
}

export interface ComposerHandle {
  focus(): void;
}

/** The field, its tools, and what hangs on the message that is being written. */
export const Composer = forwardRef(function Composer(
  props: ComposerProps,
  ref: Ref<ComposerHandle>,
): JSX.Element {
  const { text, replyTo, editing, files, onChange } = props;
  const intl = useIntl();
  const listId = useId();
  const root = useRef<HTMLDivElement>(null);
  const isShort = useNarrow(root, SHORT_PX);
  const field = useRef<HTMLTextAreaElement>(null);
  const [caret, setCaret] = useState(0);
  const nextCaret = useRef<number | null>(null);
  useImperativeHandle(ref, () => ({ focus: () => field.current?.focus() }), []);

  const write = useCallback(
    (written: string, at: number) => {
      nextCaret.current = at;
      onChange(written, at);
      field.current?.focus();
    },
    [onChange],
  );
  useLayoutEffect(() => {
    if (nextCaret.current === null) return;
    field.current?.setSelectionRange(nextCaret.current, nextCaret.current);
    setCaret(nextCaret.current);
    nextCaret.current = null;
  });

  const mentions = useMentions({
    text,
    caret,
    people: props.people,
    meId: props.meId,
    onChoose: (person: Participant, query: MentionQuery) => {
      const inserted = insertMention(text, caret, query, person.name);
      write(inserted.text, inserted.caret);
      props.onMention({ id: person.id, name: person.name, start: query.start });
    },
  });

  const insertEmoji = (emoji: string) => {
    const { selectionStart, selectionEnd } = field.current ?? {
      selectionStart: text.length,
      selectionEnd: text.length,
    };
    nextCaret.current = selectionStart + emoji.length;
    onChange(text.slice(0, selectionStart) + emoji + text.slice(selectionEnd), nextCaret.current);
  };

  const isCompressing = editing === null && files.some((file) => file.isCompressing);
  const [isTooEarly, setIsTooEarly] = useState(false);
  if (isTooEarly && !isCompressing) setIsTooEarly(false);
  const canSend = !props.isSaving && isSendable(text, editing === null ? files : []);
  const send = () => {
    setIsTooEarly(isCompressing);
    if (!canSend) return;
    props.onSend();
    field.current?.focus();
  };

  const onKeyDown = (event: KeyboardEvent) => {
    // Letters of an input method: its Enter ends the word, not the message.
    if (event.nativeEvent.isComposing) return;
    const isTaken = (!hasModifier(event) && mentions.takesKey(event.key)) || takesKey(event, props, send);
    if (!isTaken) return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div ref={root} className={styles.composer} data-sc-composer="">
      {mentions.isOpen && (
        <MentionList
          id={listId}
          people={mentions.offered}
          namesakes={mentions.namesakes}
          activeIndex={mentions.activeIndex}
          onChoose={mentions.choose}
        />
      )}
      {editing ? (
        <ComposerContext kind="edit" message={editing} onCancel={props.onCancelEdit} />
      ) : (
        replyTo && <ComposerContext kind="reply" message={replyTo} onCancel={props.onCancelReply} />
      )}
      {!editing && <FilePreviews files={files} onRemove={props.onRemoveFile} />}
      {props.error && (
        <p className={styles.error} role="alert">
          {props.error}
        </p>
      )}
      {isTooEarly && (
        <p className={styles.note} role="status">
          {intl.formatMessage({ id: "composer.compressing" })}
        </p>
      )}
      <div className={styles.line}>
        <AttachButton
          isDisabled={editing !== null}
          onFiles={props.onAddFiles}
          onClosed={() => field.current?.focus()}
        />
        <div className={styles.box}>
          <TextareaAutosize
            ref={field}
            className={styles.field}
            minRows={1}
            maxRows={5}
            value={text}
            placeholder={intl.formatMessage({
              id: isShort ? "composer.placeholder.short" : "composer.placeholder",
            })}
            aria-label={intl.formatMessage({ id: "composer.label" })}
            aria-autocomplete="list"
            aria-controls={mentions.isOpen ? listId : undefined}
            aria-activedescendant={mentions.isOpen ? optionId(listId, mentions.activeIndex) : undefined}
            enterKeyHint="send"
            onChange={(event) => {
              setCaret(event.target.selectionStart);
              onChange(event.target.value, event.target.selectionStart);
            }}
            onSelect={(event) => setCaret(event.currentTarget.selectionStart)}
            onKeyDown={onKeyDown}
            onPaste={(event) => pasteFiles(event, editing === null ? props.onAddFiles : null)}
          />
          <EmojiButton onEmoji={insertEmoji} onClosed={() => field.current?.focus()} />
        </div>
        <IconButton
          className={styles.send}
          tone="filled"
          label={intl.formatMessage({ id: editing ? "composer.save" : "composer.send" })}
          icon={<SendIcon />}
          shortcut="Enter"
          disabled={!canSend}
          // The field keeps the focus, and a phone its keyboard.
          onPointerDown={(event) => event.preventDefault()}
          onClick={send}
        />
      </div>
      <CharacterCounter length={lengthOf(text)} />
    </div>
  );
});

/** Something to say or at least one good file, nothing still being prepared, and not too long. */
export function isSendable(text: string, files: readonly PreparedFile[]): boolean {
  if (lengthOf(text) > MOST_CHARACTERS || files.some((file) => file.isCompressing)) return false;
  return text.trim() !== "" || files.some((file) => file.error === null);
}

/** Shift+Enter is a new line and Shift+Tab the way back, also while somebody is being chosen. */
function hasModifier(event: KeyboardEvent): boolean {
  return event.shiftKey || event.ctrlKey || event.altKey || event.metaKey;
}

/** Enter, Up and Esc; whether the key meant something. */
function takesKey(event: KeyboardEvent, props: ComposerProps, send: () => void): boolean {
  const { text, editing, replyTo, files } = props;
  if (event.key === "Enter" && !event.shiftKey) {
    send();
    return true;
  }
  if (event.key === "ArrowUp" && text === "" && !editing && files.length === 0) {
    props.onEditLast();
    return true;
  }
  if (event.key === "Escape" && editing) {
    props.onCancelEdit();
    return true;
  }
  if (event.key === "Escape" && replyTo) {
    props.onCancelReply();
    return true;
  }
  return false;
}

/** A picture from the clipboard. What also comes as text (from an office program) is pasted as text. */
function pasteFiles(event: ClipboardEvent, onFiles: ((files: readonly File[]) => void) | null): void {
  const files = [...event.clipboardData.files];
  if (!onFiles || files.length === 0 || event.clipboardData.types.includes("text/plain")) return;
  event.preventDefault();
  onFiles(files);
}
