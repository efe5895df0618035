import type { TimelineMessage } from "../../model/types";
import { CLASSMATE, makeFile, makeMessage, STUDENT, TEACHER } from "../../testing";
import { drawnImage } from "../ChatWindow/storyMessages";
import { MessageItem, type MessageItemProps } from "./MessageItem";
import { ACTION_NAMES, type MessageActions } from "./messageActions";

export default { title: "MessageItem" };

const nothing = () => {};
const ACTIONS: MessageActions = {
  run: nothing,
  retry: nothing,
  discard: nothing,
  jumpTo: nothing,
  openImage: nothing,
};
const PEOPLE = new Map([[TEACHER.id, TEACHER.name]]);

function Item({
  message,
  ...props
}: { message: Partial<TimelineMessage> } & Partial<Omit<MessageItemProps, "message">>) {
  const shown: TimelineMessage = { ...makeMessage(message), ...message };
  return (
    <MessageItem
      message={shown}
      isMine={shown.sender?.id === STUDENT.id}
      isFirstOfGroup
      isLastOfGroup
      isGroup
      readerId={STUDENT.id}
      people={PEOPLE}
      actions={ACTIONS}
      findActions={() => ACTION_NAMES}
      {...props}
    />
  );
}

const url = drawnImage(800, 600, 200);
const picture = makeFile({ file_name: "доска.jpg", file_url: url, thumbnail_url: url });
const uploading = { localId: "c1", status: "pending", uploadProgress: 0.4, text: "" } as const;

export const States = () => (
  <>
    {(["pending", "sent", "read", "failed"] as const).map((status) => (
      <Item
        key={status}
        message={{ sender: STUDENT, text: `Состояние: ${status}`, status, error: "network" }}
      />
    ))}
  </>
);

export const Uploading = () => (
  <>
    <Item message={{ ...uploading, sender: STUDENT, message_type: "IMAGE", file: picture }} />
    <Item
      message={{
        ...uploading,
        sender: STUDENT,
        message_type: "FILE",
        file: makeFile({ file_name: "работа.docx" }),
      }}
    />
  </>
);

export const WithReactions = () => (
  <Item
    message={{
      sender: CLASSMATE,
      reactions: [
        { key: "👍", count: 3, mine: true, users: [1, 2, 5] },
        { key: "🎉", count: 1, mine: false, users: [1] },
      ],
    }}
  />
);

export const Highlighted = () => <Item message={{ sender: TEACHER, text: "Сюда перешли" }} isHighlighted />;
export const ImageGone = () => (
  <Item
    message={{
      sender: TEACHER,
      message_type: "IMAGE",
      text: "",
      file: makeFile({ thumbnail_url: "/gone.jpg" }),
    }}
  />
);
