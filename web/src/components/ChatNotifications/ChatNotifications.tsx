import { useCallback, useEffect } from "react";
import { toast } from "react-hot-toast/headless";
import type { Notice } from "../../context/client";
import { useActiveConversation, useMe, useNotices } from "../../hooks";
import { ding } from "./ding";
import { NoticeToast } from "./NoticeToast";
import { TOAST_MS, TOASTER, Toaster } from "./Toaster";
import { unsentToastId, useUnsentToasts } from "./useUnsentToasts";

export interface ChatNotificationsProps {
  /** Opens a conversation and puts the cursor into its composer. */
  onReply?: ((conversationId: number) => void) | undefined;
}

/** New messages in conversations that are not in sight: a toast at the top right, and a sound where it is wanted. */
export function ChatNotifications({ onReply }: ChatNotificationsProps) {
  const { activeId, open } = useActiveConversation();
  const { me } = useMe();
  const hasSound = me?.settings.sound ?? false;
  const reply = onReply ?? open;
  const onNotice = useCallback(
    (notice: Notice) => {
      showToast(notice, reply);
      if (hasSound && notice.isLoud) void ding();
    },
    [reply, hasSound],
  );
  useNotices(onNotice);
  useUnsentToasts(reply);
  const meId = me?.id;
  // The toaster's memory is the page's: whoever comes next is shown nothing of it.
  // biome-ignore lint/correctness/useExhaustiveDependencies: once more when it is somebody else
  useEffect(() => () => toast.removeAll(TOASTER), [meId]);
  useEffect(() => {
    if (activeId === null) return;
    for (const id of [toastId(activeId), unsentToastId(activeId)]) toast.dismiss(id, TOASTER); // it is in sight
  }, [activeId]);
  return <Toaster />;
}

function toastId(conversationId: number): string {
  return `conversation-${conversationId}`;
}

/** One toast for each conversation: the next message takes the place of the last one. */
function showToast(notice: Notice, onReply: (conversationId: number) => void): void {
  const id = notice.kind === "message" ? toastId(notice.conversationId) : "summary";
  const leave = () => toast.dismiss(id, TOASTER);
  const reply = (conversationId: number) => {
    leave();
    onReply(conversationId);
  };
  toast(<NoticeToast notice={notice} onReply={reply} onClose={leave} />, {
    id,
    toasterId: TOASTER,
    duration: TOAST_MS,
    // The toaster's log announces it.
    ariaProps: { role: "status", "aria-live": "off" },
  });
}
