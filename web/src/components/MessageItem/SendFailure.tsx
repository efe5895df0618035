import type { JSX } from "react";
import { FormattedMessage } from "react-intl";
import { useErrorText } from "../../hooks";
import type { TimelineMessage } from "../../model/types";
import { ApiError } from "../../services/apiError";
import { Button } from "../../ui";
import type { MessageActions } from "./messageActions";
import styles from "./SendFailure.module.css";

/** Below a message that did not go out: why, and the two ways on. */
export function SendFailure({
  message,
  actions,
}: {
  message: TimelineMessage;
  actions: MessageActions;
}): JSX.Element {
  const errorText = useErrorText();
  const why = message.error && errorText(new ApiError(0, message.error, ""));
  return (
    <div className={styles.failure}>
      <p className={styles.why} role="alert">
        <FormattedMessage id="message.notSent" />
        {why && ` ${why}`}
      </p>
      <Button size="small" variant="ghost" onClick={() => actions.retry(message)}>
        <FormattedMessage id="message.retry" />
      </Button>
      <Button size="small" variant="ghost" onClick={() => actions.discard(message)}>
        <FormattedMessage id="message.discard" />
      </Button>
    </div>
  );
}
