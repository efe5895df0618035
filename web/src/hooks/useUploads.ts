import { useMemo } from "react";
import { useChatClient } from "../context/ChatContext";
import type { PreparedFile } from "../model/types";
import { useChatState } from "./useChatState";

const NO_FILES: PreparedFile[] = [];

export interface UploadsView {
  files: PreparedFile[];
  add(files: readonly File[]): void;
  remove(id: string): void;
  clear(): void;
}

/** Files chosen for the next message of a conversation. */
export function useUploads(conversationId: number): UploadsView {
  const { uploads } = useChatClient();
  const files =
    useChatState((state) => state.uploads[conversationId] as PreparedFile[] | undefined) ?? NO_FILES;
  const actions = useMemo(
    () => ({
      add: (added: readonly File[]) => uploads.add(conversationId, added),
      remove: (id: string) => uploads.remove(conversationId, id),
      clear: () => uploads.clear(conversationId),
    }),
    [uploads, conversationId],
  );
  return { files, ...actions };
}
