import type { TypingFrame } from "../model/frames";
import type { ChatState, TypingState } from "./state";

/** The server ends it after five seconds and says so; this is for when that word is lost. */
const LASTS_MS = 6_000;

export function typingChanged(state: ChatState, frame: TypingFrame, now: number): ChatState {
  const { conversation_id: id, user_id: userId, user_name: name } = frame;
  if (userId === state.me?.id) return state;
  const others = (state.typing[id] ?? []).filter((one) => one.userId !== userId);
  const known = state.typing[id]?.find((one) => one.userId === userId);
  if (frame.type === "typing.stop") return known ? setTyping(state, id, others) : state;
  const one: TypingState = { userId, name, until: now + LASTS_MS };
  // Who types on keeps the place in the line.
  const people = known ? state.typing[id]!.map((other) => (other === known ? one : other)) : [...others, one];
  return setTyping(state, id, people);
}

/** Whoever has sent a message has stopped. */
export function stopTyping(state: ChatState, conversationId: number, userId: number | undefined): ChatState {
  const people = state.typing[conversationId];
  if (!people?.some((one) => one.userId === userId)) return state;
  return setTyping(
    state,
    conversationId,
    people.filter((one) => one.userId !== userId),
  );
}

export function expireTyping(state: ChatState, now: number): ChatState {
  return Object.entries(state.typing).reduce((next, [id, people]) => {
    const still = people.filter((one) => one.until > now);
    return still.length === people.length ? next : setTyping(next, Number(id), still);
  }, state);
}

/** When somebody's typing ends next. */
export function nextExpiry(state: ChatState): number | null {
  const times = Object.values(state.typing).flatMap((people) => people.map((one) => one.until));
  return times.length ? Math.min(...times) : null;
}

function setTyping(state: ChatState, id: number, people: readonly TypingState[]): ChatState {
  const { [id]: _, ...others } = state.typing;
  return { ...state, typing: people.length ? { ...others, [id]: people } : others };
}
