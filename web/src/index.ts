/** What a school's React app may use: the whole chat, its parts, and the hooks to make parts of one's own. */

export { EarlyCache } from "./cache/earlyCache";
export { ChatList, type ChatListProps } from "./components/ChatList/ChatList";
export {
  ChatNotifications,
  type ChatNotificationsProps,
} from "./components/ChatNotifications/ChatNotifications";
export type { ChatWindowProps } from "./components/ChatWindow/ChatWindow";
export { LazyChatWindow as ChatWindow } from "./components/ChatWindow/LazyChatWindow";
export { ContactsDialog, type ContactsDialogProps } from "./components/ContactsDialog/ContactsDialog";
export { FileUpload } from "./components/FileUpload/FileUpload";
export { GroupChatModal, type GroupChatModalProps } from "./components/GroupChatModal/GroupChatModal";
export { MessageInput, type MessageInputProps } from "./components/MessageInput/MessageInput";
export { MessageItem, type MessageItemProps } from "./components/MessageItem/MessageItem";
export { ParticipantsList, type ParticipantsListProps } from "./components/ParticipantsList/ParticipantsList";
export { SchoolChat, type SchoolChatProps } from "./components/SchoolChat/SchoolChat";
export {
  ChatContext,
  ChatProvider,
  type ChatProviderProps,
  type Theme,
  useChatClient,
} from "./context/ChatContext";
export type { ChatClient, Notice } from "./context/client";
export { type ChatOptions, createChat } from "./context/createChat";
export * from "./hooks";
export type { Frame } from "./model/frames";
export type * from "./model/types";
export { ApiError } from "./services/apiError";
export type { ChatService } from "./services/chatService";
export {
  chatService,
  type ServiceOptions,
  type WebSocketOptions,
  websocketService,
} from "./services/standalone";
export type { GetToken } from "./services/tokens";
export { ThemeRoot, type ThemeRootProps } from "./ui/ThemeRoot";
