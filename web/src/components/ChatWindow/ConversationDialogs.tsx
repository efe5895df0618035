import { type JSX, useState } from "react";
import { FormattedMessage } from "react-intl";
import { useConversationActions, useErrorText } from "../../hooks";
import type { Conversation } from "../../model/types";
import { ConfirmDialog } from "../../ui";
import { BlockDialog } from "./BlockDialog";
import type { Command } from "./conversationCommands";
import { RenameDialog } from "./RenameDialog";

interface ConversationDialogsProps {
  conversation: Conversation;
  /** The command that was chosen and asks first; null: none. */
  command: Command | null;
  onDone: () => void;
}

/** What a command of the menu asks before it is done. */
export function ConversationDialogs({
  conversation,
  command,
  onDone,
}: ConversationDialogsProps): JSX.Element | null {
  const actions = useConversationActions(conversation.id);
  const step = useStep(onDone);
  switch (command) {
    case "rename":
      return (
        <RenameDialog
          name={conversation.name}
          {...step}
          onRename={(name) => step.run(() => actions.rename(name))}
        />
      );
    case "block":
      return (
        <BlockDialog
          name={conversation.name}
          {...step}
          onBlock={(until) => step.run(() => actions.block(until))}
        />
      );
    case "clear":
      return (
        <Question
          {...step}
          command="clear"
          name={conversation.name}
          onConfirm={() => step.run(actions.clear)}
        />
      );
    case "unblock":
      return (
        <Question
          {...step}
          command="unblock"
          name={conversation.name}
          onConfirm={() => step.run(actions.unblock)}
        />
      );
    case "archive":
    case "leave":
      return (
        <Question
          {...step}
          command={command}
          name={conversation.name}
          onConfirm={() => step.run(actions.leaveOrArchive)}
        />
      );
    default:
      return null;
  }
}

export interface Step {
  isBusy: boolean;
  error: string | null;
  cancel: () => void;
}

/** One call with its waiting and its error; `onDone` when it has succeeded or was cancelled. */
function useStep(onDone: () => void): Step & { run: (call: () => Promise<void>) => void } {
  const errorText = useErrorText();
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const cancel = () => {
    setError(null);
    onDone();
  };
  const run = (call: () => Promise<void>) => {
    setBusy(true);
    setError(null);
    call().then(
      () => {
        setBusy(false);
        onDone();
      },
      (thrown: unknown) => {
        setBusy(false);
        setError(errorText(thrown));
      },
    );
  };
  return { isBusy, error, cancel, run };
}

type Asked = "clear" | "unblock" | "archive" | "leave";

function Question(props: Step & { command: Asked; name: string; onConfirm: () => void }): JSX.Element {
  const { command, name } = props;
  return (
    <ConfirmDialog
      isOpen
      isDanger={command === "clear" || command === "archive"}
      isBusy={props.isBusy}
      error={props.error}
      title={<FormattedMessage id={`window.${command}.title`} values={{ name }} />}
      description={<FormattedMessage id={`window.${command}.description`} values={{ name }} />}
      confirmLabel={<FormattedMessage id={`window.${command}.confirm`} />}
      onConfirm={props.onConfirm}
      onCancel={props.cancel}
    />
  );
}
