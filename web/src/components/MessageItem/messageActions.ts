import type { Role, TimelineMessage } from "../../model/types";

/** What one can do with a message, in the order of its menu. */
export const ACTION_NAMES = [
  "reply",
  "react",
  "copy",
  "edit",
  "forward",
  "pin",
  "readers",
  "remove",
] as const;
export type ActionName = (typeof ACTION_NAMES)[number];

/** What the items of a timeline call; one object for all of them, so that none is drawn again for its sake. */
export interface MessageActions {
  run(action: ActionName, message: TimelineMessage): void;
  retry(message: TimelineMessage): void;
  discard(message: TimelineMessage): void;
  jumpTo(messageId: number): void;
  openImage(message: TimelineMessage): void;
}

/** Who looks at which conversation: what the rules need. */
export interface ActionContext {
  meId: number | undefined;
  role: Role | undefined;
  isGroup: boolean;
  canWrite: boolean;
  canManage: boolean;
  editWindowS: number;
  /** What this server offers beyond the core: reactions, pins and forwarding have their places and wait for it. */
  offers: ReadonlySet<ActionName>;
}

/** The same rules as the bridge's, for showing and hiding; every call is checked again there. */
export function allowedActions(
  message: TimelineMessage,
  context: ActionContext,
  nowMs: number,
): ActionName[] {
  const isOnServer = message.localId === undefined && message.status !== "failed";
  if (message.is_deleted || message.message_type === "SYSTEM") return [];
  return ACTION_NAMES.filter((action) => {
    if (action === "copy") return message.text !== "";
    return isOnServer && RULES[action](message, context, nowMs);
  });
}

type Rule = (message: TimelineMessage, context: ActionContext, nowMs: number) => boolean;

const isSender: Rule = (message, { meId }) => message.sender !== null && message.sender.id === meId;

const RULES: Record<Exclude<ActionName, "copy">, Rule> = {
  reply: (_, { canWrite }) => canWrite,
  react: (_, { canWrite, offers }) => canWrite && offers.has("react"),
  edit: (message, context, nowMs) =>
    isSender(message, context, nowMs) &&
    context.canWrite &&
    message.text !== "" &&
    nowMs - Date.parse(message.created_at) < context.editWindowS * 1000,
  forward: (_, { offers }) => offers.has("forward"),
  pin: (_, { offers }) => offers.has("pin"),
  readers: (_, { isGroup }) => isGroup,
  remove: (message, context, nowMs) =>
    isSender(message, context, nowMs) || context.role === "admin" || (context.isGroup && context.canManage),
};
