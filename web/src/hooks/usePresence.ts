import type { PresenceState } from "../store/state";
import { useChatState } from "./useChatState";

const UNKNOWN: PresenceState = { isOnline: false, lastSeen: null };

export function usePresence(userId: number | null | undefined): PresenceState {
  return useChatState((state) => (userId ? state.presence[userId] : undefined)) ?? UNKNOWN;
}
