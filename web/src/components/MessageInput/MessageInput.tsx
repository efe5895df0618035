import { forwardRef, type JSX, type Ref, useState } from "react";
import { useDraft, useErrorText, useSend, useTyping } from "../../hooks";
import type { UploadsView } from "../../hooks/useUploads";
import { mentionedIn } from "../../model/mentions";
import type { Participant } from "../../model/types";
import { Composer, type ComposerHandle } from "./Composer";

export interface MessageInputProps {
  conversationId: number;
  /** Who can be mentioned. */
  people: readonly Participant[];
  meId: number | undefined;
  uploads: UploadsView;
  /** Up in an empty field: edit my last message. */
  onEditLast: () => void;
  /** Something was sent. */
  onSent?: (() => void) | undefined;
}

/** The footer of a conversation: what is written here is a draft until it is sent. */
export const MessageInput = forwardRef(function MessageInput(
  props: MessageInputProps,
  ref: Ref<ComposerHandle>,
): JSX.Element {
  const { conversationId, people, uploads } = props;
  const draft = useDraft(conversationId);
  const sending = useSend(conversationId);
  const { notifyTyping } = useTyping(conversationId);
  const errorText = useErrorText();
  const [error, setError] = useState<string | null>(null);
  const [savingId, setSavingId] = useState<number | null>(null);

  const change = (text: string, caret?: number) => {
    draft.setText(text, caret);
    if (!draft.editing) notifyTyping(text.trim() !== "");
  };

  const save = async (messageId: number, text: string) => {
    setError(null);
    setSavingId(messageId);
    try {
      await sending.edit(messageId, text);
      draft.finishEdit(messageId, text);
    } catch (thrown) {
      setError(errorText(thrown));
    } finally {
      setSavingId((id) => (id === messageId ? null : id));
    }
  };

  const send = () => {
    const text = draft.text.trim();
    if (draft.editing) {
      void save(draft.editing.id, text);
      return;
    }
    const isTaken = sending.send({
      text,
      mentions: mentionedIn(draft, people),
      replyTo: draft.replyTo,
      files: uploads.files.filter((file) => file.error === null),
    });
    if (!isTaken) return;
    notifyTyping(false);
    draft.clear();
    uploads.clear();
    props.onSent?.();
  };

  return (
    <Composer
      ref={ref}
      text={draft.text}
      replyTo={draft.replyTo}
      editing={draft.editing}
      files={uploads.files}
      people={people}
      meId={props.meId}
      error={error}
      isSaving={draft.editing !== null && draft.editing.id === savingId}
      onChange={change}
      onMention={draft.mention}
      onSend={send}
      onAddFiles={uploads.add}
      onRemoveFile={uploads.remove}
      onCancelReply={() => draft.setReplyTo(null)}
      onCancelEdit={() => {
        setError(null);
        draft.setEditing(null);
      }}
      onEditLast={props.onEditLast}
    />
  );
});
