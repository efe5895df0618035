import { FormattedMessage } from "react-intl";
import type { ConnectionState } from "../../model/types";
import { SignOutIcon, Spinner, WifiOffIcon } from "../../ui";
import styles from "./ConnectionBanner.module.css";

export interface ConnectionBannerViewProps {
  state: ConnectionState;
  /** Whole seconds until the next attempt. */
  retryInS: number | null;
  retryNow: () => void;
}

export function ConnectionBannerView({ state, retryInS, retryNow }: ConnectionBannerViewProps) {
  if (state === "online") return null;
  if (state === "connecting" || state === "catching_up") {
    return (
      <div className={styles.banner} data-state={state} role="status">
        <Spinner size={1} />
        <FormattedMessage id={`connection.${state}`} />
      </div>
    );
  }
  return (
    <div className={styles.banner} data-state={state}>
      {state === "offline" ? (
        <WifiOffIcon size={1.125} className={styles.icon} />
      ) : (
        <SignOutIcon size={1.125} className={styles.icon} />
      )}
      <span className={styles.words}>
        <span role="status">
          <FormattedMessage id={state === "offline" ? "connection.offline" : "connection.signedOut"} />
        </span>{" "}
        {/* Not announced: it would be said anew at each second. */}
        {retryInS !== null && retryInS > 0 && (
          <span className={styles.countdown}>
            <FormattedMessage id="connection.retryIn" values={{ seconds: retryInS }} />
          </span>
        )}
      </span>
      <button type="button" className={styles.retry} onClick={retryNow}>
        <FormattedMessage id="connection.retryNow" />
      </button>
    </div>
  );
}
