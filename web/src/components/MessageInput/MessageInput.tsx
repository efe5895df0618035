import { forwardRef, type JSX, type Ref, useState } from "react";
import { useDraft, useErrorText, useSend, useTyping } from "../../hooks";
import type { UploadsView } from "../../hooks/useUploads";
import type { Participant } from "../../model/types";
import { Composer, type ComposerHandle } from "./Composer";
import { mentionedIn } from "./mentions";

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

  const change = (text: string) => {
    draft.setText(text);
    if (!draft.editing) notifyTyping(text.trim() !== "");
  };

  const save = (messageId: number, text: string) => {
    setError(null);
    sending.edit(messageId, text).then(
      () => draft.setEditing(null),
      (thrown: unknown) => setError(errorText(thrown)),
    );
  };

  const send = () => {
    const text = draft.text.trim();
    if (draft.editing) {
      save(draft.editing.id, text);
      return;
    }
    sending.send({
      text,
      mentions: mentionedIn(text, people),
      replyTo: draft.replyTo,
      files: uploads.files.filter((file) => file.error === null),
    });
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
      onChange={change}
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
