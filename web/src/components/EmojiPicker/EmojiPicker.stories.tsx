import emojis from "emojibase-data/ru/data.json";
import { EmojiPicker } from "./EmojiPicker";

export default { title: "EmojiPicker" };

export const Open = () => <EmojiPicker emojis={emojis} onEmoji={() => {}} />;
export const NothingFound = () => <EmojiPicker emojis={[]} onEmoji={() => {}} />;
