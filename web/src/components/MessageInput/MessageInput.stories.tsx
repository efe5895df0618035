import { useState } from "react";
import type { PreparedFile } from "../../model/types";
import { CLASSMATE, makeMessage, makeParticipant, STUDENT, TEACHER } from "../../testing";
import { Composer, type ComposerProps } from "./Composer";

export default { title: "MessageInput" };

const nothing = () => {};
const PEOPLE = [TEACHER, STUDENT, CLASSMATE].map((user) => makeParticipant(user));
const QUESTION = makeMessage({ sender: CLASSMATE, text: "Когда **контрольная**?" });

function Field(props: Partial<ComposerProps>) {
  const [text, setText] = useState(props.text ?? "");
  return (
    <div style={{ paddingTop: "20rem" }}>
      <Composer
        replyTo={null}
        editing={null}
        files={[]}
        people={PEOPLE}
        meId={STUDENT.id}
        error={null}
        onSend={() => setText("")}
        onAddFiles={nothing}
        onRemoveFile={nothing}
        onMention={nothing}
        onCancelReply={nothing}
        onCancelEdit={nothing}
        onEditLast={nothing}
        {...props}
        text={text}
        onChange={(written) => setText(written)}
      />
    </div>
  );
}

const file = (part: Partial<PreparedFile>): PreparedFile => ({
  id: part.name ?? "",
  name: "работа.pdf",
  size: 345_000,
  kind: "document",
  previewUrl: null,
  error: null,
  file: new Blob(["x"]),
  isCompressing: false,
  ...part,
});

export const Empty = () => <Field />;
export const ManyLines = () => <Field text={"раз\nдва\nтри\nчетыре\nпять\nшесть\nсемь"} />;
export const Replying = () => <Field text="В среду" replyTo={QUESTION} />;
export const Editing = () => <Field text="Когда контрольная?" editing={QUESTION} />;
export const EditRefused = () => (
  <Field text="Когда контрольная?" editing={QUESTION} error="Это сообщение уже нельзя изменить." />
);
export const NearTheLimit = () => <Field text={"я".repeat(9_900)} />;
export const TooLong = () => <Field text={"я".repeat(10_050)} />;
export const WithFiles = () => (
  <Field
    files={[
      file({ name: "работа.pdf" }),
      file({ name: "доска.jpg", kind: "image", isCompressing: true }),
      file({ name: "фильм.mp4", error: { code: "file_type", name: "фильм.mp4" } }),
    ]}
  />
);
