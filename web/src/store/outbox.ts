import type { Message } from "../model/types";
import type { ChatState, OutboxEntry } from "./state";

export function putEntries(state: ChatState, entries: readonly OutboxEntry[]): ChatState {
  const outbox = { ...state.outbox };
  for (const entry of entries) {
    const others = (outbox[entry.conversationId] ?? []).filter((one) => one.clientId !== entry.clientId);
    outbox[entry.conversationId] = [...others, entry].sort(bySeq);
  }
  return { ...state, outbox };
}

export function bySeq(a: OutboxEntry, b: OutboxEntry): number {
  return a.seq - b.seq || a.clientId.localeCompare(b.clientId);
}

export function removeEntry(state: ChatState, conversationId: number, clientId: string): ChatState {
  const before = state.outbox[conversationId];
  if (!before?.some((entry) => entry.clientId === clientId)) return state;
  const after = before.filter((entry) => entry.clientId !== clientId);
  const { [conversationId]: _, ...others } = state.outbox;
  return { ...state, outbox: after.length ? { ...others, [conversationId]: after } : others };
}

/** My message has come back from the server: it is not on its way any more. */
export function removeSent(state: ChatState, message: Message, me: number | undefined): ChatState {
  if (message.client_id === null || message.sender?.id !== me) return state;
  return removeEntry(state, message.conversation_id, message.client_id);
}

export function findEntry(state: ChatState, clientId: string): OutboxEntry | undefined {
  for (const entries of Object.values(state.outbox)) {
    const found = entries.find((entry) => entry.clientId === clientId);
    if (found) return found;
  }
  return undefined;
}

export function setProgress(state: ChatState, clientId: string, part: number | null): ChatState {
  const { [clientId]: _, ...others } = state.progress;
  return { ...state, progress: part === null ? others : { ...others, [clientId]: part } };
}
