import { FormattedMessage, useIntl } from "react-intl";
import { useErrorText } from "../hooks/useErrorText";
import { AlertIcon, Button, EmptyState, Spinner } from "../ui";
import styles from "./Starting.module.css";

/** Before it is known whether somebody is signed in; and when the server does not say. */
export function Starting({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const intl = useIntl();
  const errorText = useErrorText();
  return (
    <main className={styles.starting}>
      {error ? (
        <EmptyState
          isAlert
          icon={<AlertIcon size={1.75} />}
          title={errorText(error)}
          action={
            <Button variant="primary" onClick={onRetry}>
              <FormattedMessage id="ui.retry" />
            </Button>
          }
        />
      ) : (
        <span
          className={styles.waiting}
          role="status"
          aria-label={intl.formatMessage({ id: "signIn.starting" })}
        >
          <Spinner size={2} />
        </span>
      )}
    </main>
  );
}
