import { FormattedMessage, useIntl } from "react-intl";
import { BellIcon, Button } from "../../ui";
import styles from "./DesktopOffer.module.css";

export interface DesktopOfferViewProps {
  error: string | null;
  onAccept: () => void;
  onDecline: () => void;
}

export function DesktopOfferView({ error, onAccept, onDecline }: DesktopOfferViewProps) {
  const intl = useIntl();
  return (
    <section className={styles.offer} aria-label={intl.formatMessage({ id: "settings.desktop" })}>
      <BellIcon className={styles.icon} />
      <div className={styles.words}>
        <p>
          <FormattedMessage id="notifications.offer" />
        </p>
        {error && (
          <p className={styles.error} role="alert">
            {error}
          </p>
        )}
        <div className={styles.buttons}>
          <Button size="small" variant="primary" onClick={onAccept}>
            <FormattedMessage id="notifications.offer.yes" />
          </Button>
          <Button size="small" variant="ghost" onClick={onDecline}>
            <FormattedMessage id="notifications.offer.no" />
          </Button>
        </div>
      </div>
    </section>
  );
}
