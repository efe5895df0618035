import { useCallback, useMemo, useState } from "react";
import { useSend } from "../../hooks";
import type { DraftView } from "../../hooks/useDraft";
import type { TimelineView } from "../../hooks/useTimeline";
import { keyOf } from "../../model/timeline";
import type { Conversation, Me, TimelineMessage } from "../../model/types";
import { useAnswer } from "../ChatNotifications/useAnswer";
import {
  type ActionContext,
  type ActionName,
  allowedActions,
  type MessageActions,
} from "../MessageItem/messageActions";
import { copyText } from "./copyText";

/** Reactions, pins and forwarding have their places in the menu; they come alive with their part of the API. */
const OFFERED: ReadonlySet<ActionName> = new Set();

interface Options {
  conversation: Conversation;
  me: Me | undefined;
  timeline: TimelineView;
  draft: DraftView;
  focusComposer: () => void;
}

/** What the messages of a timeline can be asked to do, and the windows that this opens. */
export function useMessageActions({ conversation, me, timeline, draft, focusComposer }: Options) {
  const { retry, discard } = useSend(conversation.id);
  const { attempt, tell } = useAnswer();
  const [removing, setRemoving] = useState<TimelineMessage | null>(null);
  const [readersOf, setReadersOf] = useState<TimelineMessage | null>(null);
  const [shownImage, setShownImage] = useState<string | null>(null);
  const { setReplyTo, setEditing } = draft;
  const { jumpTo } = timeline;

  const actions = useMemo<MessageActions>(() => {
    const runs: Record<ActionName, (message: TimelineMessage) => void> = {
      reply: (message) => {
        setReplyTo(message);
        focusComposer();
      },
      edit: (message) => {
        setEditing(message);
        focusComposer();
      },
      copy: (message) =>
        attempt(async () => {
          await copyText(message.text);
          tell("message.copied");
        }),
      readers: setReadersOf,
      remove: setRemoving,
      react: () => {},
      forward: () => {},
      pin: () => {},
    };
    return {
      run: (action, message) => runs[action](message),
      retry: (message) => attempt(() => retry(outboxKey(message))),
      discard: (message) => attempt(() => discard(outboxKey(message))),
      jumpTo: (messageId) => attempt(() => jumpTo(messageId)),
      openImage: (message) => setShownImage(keyOf(message)),
    };
  }, [setReplyTo, setEditing, focusComposer, retry, discard, jumpTo, attempt, tell]);

  const context = useActionContext(conversation, me);
  const findActions = useCallback(
    (message: TimelineMessage) => allowedActions(message, context, Date.now()),
    [context],
  );

  return { actions, findActions, removing, setRemoving, readersOf, setReadersOf, shownImage, setShownImage };
}

function useActionContext(conversation: Conversation, me: Me | undefined): ActionContext {
  const { is_group: isGroup, can_write: canWrite, can_manage: canManage } = conversation;
  return useMemo(
    () => ({
      meId: me?.id,
      role: me?.role,
      isGroup,
      canWrite,
      canManage,
      editWindowS: me?.permissions.edit_window_s ?? 0,
      offers: OFFERED,
    }),
    [me, isGroup, canWrite, canManage],
  );
}

function outboxKey(message: TimelineMessage): string {
  return message.localId ?? message.client_id ?? "";
}
