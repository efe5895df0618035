import { useEffect, useRef } from "react";
import { toast } from "react-hot-toast/headless";
import { useChatClient } from "../../context/ChatContext";
import type { ChatState, OutboxEntry } from "../../store/state";
import { TOAST_MS, TOASTER } from "./Toaster";
import { UnsentToast } from "./UnsentToast";

/** A message that does not go out is told to whoever has left its conversation meanwhile. */
export function useUnsentToasts(onOpen: (conversationId: number) => void): void {
  const { store } = useChatClient();
  const open = useRef(onOpen);
  useEffect(() => {
    open.current = onOpen;
  }, [onOpen]);
  useEffect(
    () =>
      store.subscribe((state, before) => {
        if (state.outbox === before.outbox) return;
        const lost = failedSince(before, state).filter((one) => one.conversationId !== state.activeId);
        for (const entry of lost) show(entry, state, (id) => open.current(id));
      }),
    [store],
  );
}

export function unsentToastId(conversationId: number): string {
  return `unsent-${conversationId}`;
}

/** Not those that an earlier visit has left: they stand in the list. */
function failedSince(before: ChatState, state: ChatState): OutboxEntry[] {
  const waited = new Set(
    Object.values(before.outbox).flatMap((entries) =>
      entries.filter((entry) => entry.status === "waiting").map((entry) => entry.clientId),
    ),
  );
  return Object.values(state.outbox).flatMap((entries) =>
    entries.filter((entry) => entry.status === "failed" && waited.has(entry.clientId)),
  );
}

/** One for each conversation. */
function show(entry: OutboxEntry, state: ChatState, onOpen: (conversationId: number) => void): void {
  const id = unsentToastId(entry.conversationId);
  const leave = () => toast.dismiss(id, TOASTER);
  const open = () => {
    leave();
    onOpen(entry.conversationId);
  };
  const name = state.conversations[entry.conversationId]?.name ?? "";
  toast(<UnsentToast entry={entry} name={name} onOpen={open} onClose={leave} />, {
    id,
    toasterId: TOASTER,
    duration: 2 * TOAST_MS,
    // The toaster's log announces it.
    ariaProps: { role: "status", "aria-live": "off" },
  });
}
