import { newId } from "../model/ids";
import type { Message, OutgoingDraft, Reply } from "../model/types";
import type { OutboxEntry } from "../store/state";

let lastSeq = 0;

/** Grows in one window, and from visit to visit; negative it is the message's id for the views. */
function nextSeq(): number {
  lastSeq = Math.max(lastSeq + 1, Date.now() * 1000);
  return lastSeq;
}

/** One message for each file; text, mentions and the answered message go with the first. */
export function entriesOf(draft: OutgoingDraft, conversationId: number, personId: number): OutboxEntry[] {
  const files = draft.files.filter((file) => file.error === null);
  const parts = files.length > 0 ? files : [null];
  return parts.map((file, index) => ({
    ...newEntry(conversationId, personId),
    text: index === 0 ? draft.text.trim() : "",
    mentions: index === 0 ? draft.mentions : [],
    replyTo: index === 0 ? replyOf(draft.replyTo) : null,
    file: file && {
      name: file.name,
      size: file.size,
      mimeType: file.file.type,
      blob: file.file,
      fileId: null,
    },
  }));
}

/** The same message once more, as a new one: the server takes neither its `client_id` nor its file a second time. */
export function entryAgain(message: Message, file: Blob | null, personId: number): OutboxEntry {
  return {
    ...newEntry(message.conversation_id, personId),
    text: message.text,
    mentions: message.mentions,
    replyTo: message.reply_to,
    file: message.file &&
      file && {
        name: message.file.file_name,
        size: file.size,
        mimeType: message.file.mime_type,
        blob: file,
        fileId: null,
      },
  };
}

function newEntry(conversationId: number, personId: number): OutboxEntry {
  return {
    clientId: newId(),
    seq: nextSeq(),
    personId,
    conversationId,
    text: "",
    mentions: [],
    replyTo: null,
    createdAt: new Date().toISOString(),
    status: "waiting",
    error: null,
    file: null,
  };
}

/** What the reader of my message will see of the one that it answers. */
function replyOf(message: Message | null): Reply | null {
  return message && { id: message.id, sender_name: message.sender?.name ?? "", text: message.text };
}
