import type { IntlShape } from "react-intl";
import { cut, plainText } from "../../model/text";
import type { Conversation, LastMessage } from "../../model/types";

export const PREVIEW_CHARACTERS = 50;

/** What was said last, at most 50 characters; of a file without words what it is. */
export function previewText(last: LastMessage, intl: IntlShape): string {
  const text = last.text.replace(/\s+/gu, " ").trim();
  if (text) return cutKeeping(text);
  if (last.message_type === "TEXT" || last.message_type === "SYSTEM") return "";
  return intl.formatMessage({ id: `list.preview.${last.message_type}` });
}

/** The server has cut it already and said so: its ellipsis is no 51st character. */
function cutKeeping(text: string): string {
  const isCut = text.endsWith("…") && [...text].length === PREVIEW_CHARACTERS + 1;
  return isCut ? text : cut(text, PREVIEW_CHARACTERS);
}

/** The beginning of what was not sent yet. */
export function draftText(draft: string): string {
  return cut(plainText(draft), PREVIEW_CHARACTERS);
}

/** Before the words: «Вы», or in a group who said it. */
export function previewAuthor(
  conversation: Conversation,
  meId: number | undefined,
  intl: IntlShape,
): string | null {
  const last = conversation.last_message;
  if (!last || last.message_type === "SYSTEM") return null;
  if (last.sender_id !== null && last.sender_id === meId) return intl.formatMessage({ id: "list.you" });
  if (!conversation.is_group) return null;
  return last.sender_name.split(" ")[0] ?? null;
}
