import type { Conversation, Me } from "../../model/types";

/** What the menu of a conversation offers, in its order: what cannot be taken back, or hurts, comes last. */
export const COMMANDS = [
  "participants",
  "rename",
  "mute",
  "unmute",
  "openElsewhere",
  "unblock",
  "leave",
  "clear",
  "block",
  "archive",
] as const;
export type Command = (typeof COMMANDS)[number];

/** The same rules as the bridge's, for showing and hiding. */
export function commandsFor(
  conversation: Conversation,
  me: Pick<Me, "permissions" | "matrix"> | undefined,
): Command[] {
  const permissions = me?.permissions;
  const { is_group: isGroup, is_muted: isMuted, is_managed: isManaged, can_manage: canManage } = conversation;
  const mayBlock = !isGroup && (permissions?.can_block ?? false);
  const offered: Record<Command, boolean> = {
    participants: isGroup,
    rename: isGroup && canManage && !conversation.is_archived,
    mute: !isMuted,
    unmute: isMuted,
    openElsewhere: findAddress(conversation, me) !== null,
    clear: true,
    block: mayBlock && !conversation.is_blocked,
    unblock: mayBlock && conversation.is_blocked,
    // A group of the roster ends in the roster.
    archive: isGroup && canManage && !isManaged && !conversation.is_archived,
    leave: !canManage,
  };
  return COMMANDS.filter((command) => offered[command]);
}

/**
 * The conversation in a Matrix client of the browser, or null. It names the room and nothing else: a token in an
 * address would be a key for whoever sees it, so one signs in there by oneself.
 */
export function findAddress(
  { room_id: roomId }: Conversation,
  me: Pick<Me, "matrix"> | undefined,
): string | null {
  const client = me?.matrix.client;
  return client && roomId ? `${client.replace(/\/+$/, "")}/#/room/${encodeURIComponent(roomId)}` : null;
}
