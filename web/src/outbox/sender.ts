import type { Cache } from "../cache/cache";
import type { Message } from "../model/types";
import { ApiError } from "../services/apiError";
import type { ChatService, UploadFile } from "../services/chatService";
import type { OutboxEntry } from "../store/state";

export type Outcome =
  | { kind: "sent"; message: Message }
  | { kind: "later"; retryAfterS: number | null }
  | { kind: "refused"; code: string; detail: string };

interface Parts {
  api: ChatService;
  upload: UploadFile;
  cache: Cache;
  onProgress(clientId: string, part: number | null): void;
}

/** One attempt to send one entry: upload its file unless that is done, then send the message. */
export async function sendEntry(parts: Parts, entry: OutboxEntry, signal: AbortSignal): Promise<Outcome> {
  try {
    const fileId = entry.file && (entry.file.fileId ?? (await uploadOf(parts, entry, signal)));
    return { kind: "sent", message: await post(parts, entry, fileId) };
  } catch (error) {
    if (signal.aborted) return { kind: "later", retryAfterS: null };
    if (!(error instanceof ApiError)) throw error;
    if (isStaleFile(entry, error)) {
      await forgetFile(parts, entry);
      return { kind: "later", retryAfterS: null };
    }
    // Not signed in: not the message's fault. It waits for whoever signs in again.
    if (error.isTemporary || error.status === 401) return { kind: "later", retryAfterS: error.retryAfterS };
    return { kind: "refused", code: error.code, detail: error.detail };
  } finally {
    parts.onProgress(entry.clientId, null);
  }
}

async function uploadOf(parts: Parts, entry: OutboxEntry, signal: AbortSignal): Promise<string> {
  const { blob, name } = entry.file!;
  parts.onProgress(entry.clientId, 0);
  const file = await parts.upload(blob, name, (part) => parts.onProgress(entry.clientId, part), signal);
  await parts.cache.updateOutbox(entry.clientId, (one) => withFileId(one, file.file_id));
  return file.file_id;
}

function post(parts: Parts, entry: OutboxEntry, fileId: string | null): Promise<Message> {
  return parts.api.sendMessage({
    conversation_id: entry.conversationId,
    text: entry.text,
    file_id: fileId,
    reply_to: entry.replyTo?.id ?? null,
    mentions: entry.mentions,
    client_id: entry.clientId,
  });
}

/** An uploaded file that was never sent is forgotten by the server after a while: then it is uploaded anew, once. */
function isStaleFile(entry: OutboxEntry, error: ApiError): boolean {
  return entry.file?.fileId != null && "file_id" in error.fields;
}

async function forgetFile(parts: Parts, entry: OutboxEntry): Promise<void> {
  await parts.cache.updateOutbox(entry.clientId, (one) => withFileId(one, null));
}

function withFileId(entry: OutboxEntry, fileId: string | null): OutboxEntry {
  return entry.file ? { ...entry, file: { ...entry.file, fileId } } : entry;
}
