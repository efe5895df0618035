import { newId } from "../model/ids";
import type { OutgoingDraft } from "../model/types";
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
    clientId: newId(),
    seq: nextSeq(),
    personId,
    conversationId,
    text: index === 0 ? draft.text.trim() : "",
    mentions: index === 0 ? draft.mentions : [],
    replyTo: index === 0 ? draft.replyTo : null,
    createdAt: new Date().toISOString(),
    status: "waiting",
    error: null,
    file: file && {
      name: file.name,
      size: file.size,
      mimeType: file.file.type,
      blob: file.file,
      fileId: null,
    },
  }));
}
