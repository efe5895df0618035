/** Which message deserves a word, and how loud. Pure. */

import type { Tab } from "../services/tabs";
import type { Conversation, Me, Message, QuietHours } from "./types";

export interface Verdict {
  toast: boolean;
  sound: boolean;
  desktop: boolean;
}

const NOTHING: Verdict = { toast: false, sound: false, desktop: false };

export interface Situation {
  me: Me;
  /** As it is now. */
  conversation: Conversation;
  /** How far I have read in it, here or elsewhere. */
  readId: number;
  /** This window and all others of the same person in this browser. */
  tab: Tab;
  tabs: readonly Tab[];
  /** The one window of all that rings. */
  isRinger: boolean;
  now: Date;
}

export function judge(message: Message, situation: Situation): Verdict {
  const { me, conversation, readId, tab, tabs, isRinger, now } = situation;
  if (message.sender === null || message.sender.id === me.id || message.is_deleted || message.is_read)
    return NOTHING;
  if (message.id <= readId || conversation.unread_count === 0) return NOTHING; // read since it was sent
  const isMention = message.mentions.includes(me.id);
  if (conversation.is_muted && !isMention) return NOTHING;
  if (tabs.some((one) => one.isFocused && one.activeId === message.conversation_id)) return NOTHING;
  const isQuiet = isQuietHour(me.settings.quiet_hours, now);
  const isLoud = isRinger && !isQuiet && !conversation.is_muted;
  const isLookedAt = tabs.some((one) => one.isFocused);
  return {
    toast: !(tab.isVisible && tab.activeId === message.conversation_id),
    sound: isLoud && me.settings.sound,
    desktop: isRinger && !isQuiet && me.settings.desktop && !isLookedAt,
  };
}

/** Whether `now` is between the two times of the reader's own clock; they may stand around midnight. */
export function isQuietHour(hours: QuietHours | null, now: Date): boolean {
  if (hours === null) return false;
  const minutes = now.getHours() * 60 + now.getMinutes();
  const [from, to] = [minutesOf(hours.from), minutesOf(hours.to)];
  return from <= to ? from <= minutes && minutes < to : minutes >= from || minutes < to;
}

function minutesOf(clock: string): number {
  const [hours = 0, minutes = 0] = clock.split(":").map(Number);
  return hours * 60 + minutes;
}
