import type { JSX } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import { notSentText } from "../../i18n/faults";
import type { TimelineMessage } from "../../model/types";
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
  const intl = useIntl();
  return (
    <div className={styles.failure}>
      <p className={styles.why}>{notSentText(intl, message.error)}</p>
      <Button size="small" variant="ghost" onClick={() => actions.retry(message)}>
        <FormattedMessage id="message.retry" />
      </Button>
      <Button size="small" variant="ghost" onClick={() => actions.discard(message)}>
        <FormattedMessage id="message.discard" />
      </Button>
    </div>
  );
}
