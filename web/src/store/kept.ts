import type { CachedStart } from "../cache/cache";
import { asOffline } from "./presence";
import type { ChatState } from "./state";

/** What the cache knows, as long as the server has said nothing. */
export function stateOfKept(
  kept: CachedStart,
): Pick<ChatState, "me" | "rev" | "isStale" | "conversations" | "drafts"> {
  const { me, rev, drafts } = kept;
  const conversations = Object.fromEntries(kept.conversations.map((one) => [one.id, asOffline(one)]));
  return { me, rev, drafts, conversations, isStale: kept.conversations.length > 0 };
}
