import { isEmojiOnly } from "../../model/text";
import type { TimelineEntry, TimelineMessage } from "../../model/types";
import { type PictureSize, pictureSize } from "../MessageItem/pictureSize";

/**
 * What a row will probably measure, in pixels at 16 px to the rem. A good guess keeps the scroll bar calm; the real
 * height is measured when the row is drawn, and what is being read never moves for it.
 */
const LINE = 21;
const META = 16;
const BUBBLE_PADDING = 12;
const ROW_PADDING = 2;
const GROUP_GAP = 8;
const SENDER = 20;
const QUOTE = 48;
const DOCUMENT = 53;
const VOICE = 45;
const DATE = 41;
const UNREAD = 34;
const CHARACTER = 7.7;
const SIDES = 132;
const WIDEST = 552;

/** The guess for an entry in a timeline of this width. */
export function guessHeight(entry: TimelineEntry, width: number, isGroup: boolean): number {
  if (entry.kind === "date") return DATE;
  if (entry.kind === "unread") return UNREAD;
  const { message, isMine, isLastOfGroup } = entry;
  const gap = ROW_PADDING + (isLastOfGroup ? GROUP_GAP : 0);
  if (message.message_type === "SYSTEM") return gap + LINE + 6;
  const sender = isGroup && !isMine ? SENDER : 0;
  if (message.is_deleted) return gap + BUBBLE_PADDING + sender + LINE + META;
  if (isEmojiOnly(message.text) && !message.file) return gap + sender + 53 + META;
  const quote = message.reply_to ? QUOTE : 0;
  return (
    gap +
    BUBBLE_PADDING +
    sender +
    quote +
    fileHeight(message, width) +
    textHeight(message.text, width) +
    META
  );
}

function fileHeight({ file, message_type }: TimelineMessage, width: number): number {
  if (!file) return 0;
  if (message_type === "IMAGE") return pictureHeight(pictureSize(file.width, file.height), width);
  return message_type === "VOICE" ? VOICE : DOCUMENT;
}

function pictureHeight(size: PictureSize, width: number): number {
  return Math.round(size.height * Math.min(1, (width - SIDES) / size.width));
}

function textHeight(text: string, width: number): number {
  if (text === "") return 0;
  const perLine = Math.max(12, Math.floor(Math.min(WIDEST, width - SIDES) / CHARACTER));
  let lines = 0;
  for (const line of text.split("\n")) lines += Math.max(1, Math.ceil(line.length / perLine));
  return lines * LINE;
}
