import type { Participant } from "../model/types";
import type { ChatService } from "./chatService";

export function participantsKey(conversationId: number): [string, number] {
  return ["participants", conversationId];
}

/** All pages: a group has few hundred people at most. */
export async function allParticipants(api: ChatService, conversationId: number): Promise<Participant[]> {
  const all = new Map<number, Participant>();
  for (let number = 1; ; number += 1) {
    const page = await api.getParticipants(conversationId, number);
    for (const one of page.results) all.set(one.id, one);
    if (page.next === null) return [...all.values()];
  }
}
