import { useMemo } from "react";
import { toast } from "react-hot-toast/headless";
import { useIntl } from "react-intl";
import { useErrorText } from "../../hooks";
import type { MessageKey } from "../../i18n/messages";
import { ApiError } from "../../services/apiError";
import { AnswerToast } from "./AnswerToast";
import { TOAST_MS, TOASTER } from "./Toaster";

export interface Answer {
  /** Do it; whatever is in the way is said. */
  attempt(command: () => Promise<void> | void): void;
  /** Say that it is done, where nothing on the screen shows it. */
  tell(text: MessageKey): void;
  /** Say what was in the way. */
  fail(error: unknown): void;
}

const DONE_MS = 2500;

/** What came of a command that has no dialog to say it in: a toast, one at a time. `ChatNotifications` shows them. */
export function useAnswer(): Answer {
  const intl = useIntl();
  const errorText = useErrorText();
  return useMemo(() => {
    const fail = (error: unknown): void => {
      show(errorText(error), true);
      if (!(error instanceof ApiError)) reportError(error); // a fault of ours: the words tell little of it
    };
    return {
      fail,
      attempt: (command) => {
        // Begun at once: a browser copies only in answer to a click.
        const running = (async () => command())();
        running.catch(fail);
      },
      tell: (text) => show(intl.formatMessage({ id: text }), false),
    };
  }, [intl, errorText]);
}

function show(text: string, isFault: boolean): void {
  const id = "answer";
  toast(<AnswerToast text={text} isFault={isFault} onClose={() => toast.dismiss(id, TOASTER)} />, {
    id,
    toasterId: TOASTER,
    duration: isFault ? TOAST_MS : DONE_MS,
    // The toaster's log announces it.
    ariaProps: { role: "status", "aria-live": "off" },
  });
}
