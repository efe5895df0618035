import EmojiPicker from "./EmojiPicker";

export default { title: "EmojiPicker" };

export const Open = () => <EmojiPicker onEmoji={() => {}} />;
