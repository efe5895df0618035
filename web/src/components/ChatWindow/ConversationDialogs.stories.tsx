import { makeConversation, makeMessage } from "../../testing";
import { BlockDialog } from "./BlockDialog";
import { BlockedNotice } from "./BlockedNotice";
import { ConversationDialogs } from "./ConversationDialogs";
import { RemoveDialog } from "./RemoveDialog";
import { RenameDialog } from "./RenameDialog";

export default { title: "ChatWindow / Dialogs" };

const nothing = () => {};
const REST = { isBusy: false, error: null, cancel: nothing };
const DIRECT = makeConversation({ id: 1 });
const GROUP = makeConversation({ id: 2, is_group: true, name: "7Б Математика", can_manage: true });

export const Rename = () => <RenameDialog name={GROUP.name} {...REST} onRename={nothing} />;
export const RenameBusy = () => <RenameDialog name={GROUP.name} {...REST} isBusy onRename={nothing} />;
export const RenameRefused = () => (
  <RenameDialog name={GROUP.name} {...REST} error="Не больше 255 символов." onRename={nothing} />
);
export const Block = () => <BlockDialog name={DIRECT.name} {...REST} onBlock={nothing} />;
export const BlockRefused = () => (
  <BlockDialog name={DIRECT.name} {...REST} error="Ваша роль этого не позволяет." onBlock={nothing} />
);
export const Blocked = () => <BlockedNotice onUnblock={nothing} />;
export const Unblock = () => <ConversationDialogs conversation={DIRECT} command="unblock" onDone={nothing} />;
export const Clear = () => <ConversationDialogs conversation={DIRECT} command="clear" onDone={nothing} />;
export const Leave = () => <ConversationDialogs conversation={DIRECT} command="leave" onDone={nothing} />;
export const Archive = () => <ConversationDialogs conversation={GROUP} command="archive" onDone={nothing} />;
export const RemoveMessage = () => <RemoveDialog message={makeMessage({ id: 1 })} onDone={nothing} />;
