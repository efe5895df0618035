import type { ReactNode } from "react";
import { FormattedMessage, IntlProvider } from "react-intl";
import { useLook } from "../../context/ChatContext";
import { MESSAGES } from "../../i18n/messages";
import type { Language } from "../../model/types";
import { AlertIcon, Button, EmptyState, type Theme, ThemeRoot } from "../../ui";
import styles from "./ChatFaults.module.css";
import { FaultBoundary } from "./FaultBoundary";

interface ChatFaultsProps {
  /** Those of the chat around it, if they are not given. */
  locale?: Language | undefined;
  theme?: Theme | undefined;
  className?: string | undefined;
  /** The chat is the whole page. */
  isMain?: boolean | undefined;
  children: ReactNode;
}

/** Around a whole chat: with a fault in it that is said in its place, and the page around it lives on. */
export function ChatFaults({ className, isMain, children, ...own }: ChatFaultsProps) {
  const look = useLook();
  const { locale = look.locale, theme = look.theme } = own;
  return (
    <FaultBoundary
      fallback={(fault, again) => (
        <IntlProvider locale={locale} messages={MESSAGES[locale]} defaultLocale="ru">
          <ThemeRoot theme={theme} language={locale} className={className} isMain={isMain}>
            <FaultView fault={fault} onAgain={again} />
          </ThemeRoot>
        </IntlProvider>
      )}
    >
      {children}
    </FaultBoundary>
  );
}

export function FaultView({ fault, onAgain }: { fault: unknown; onAgain: () => void }) {
  return (
    <div className={styles.fault}>
      <EmptyState
        isAlert
        icon={<AlertIcon size={2} />}
        title={<FormattedMessage id="fault.chat" />}
        text={
          <>
            <FormattedMessage id="fault.chat.text" />
            <code className={styles.reason}>{String(fault)}</code>
          </>
        }
        action={
          <span className={styles.ways}>
            <Button variant="primary" onClick={onAgain}>
              <FormattedMessage id="ui.retry" />
            </Button>
            <Button onClick={() => location.reload()}>
              <FormattedMessage id="ui.reload" />
            </Button>
          </span>
        }
      />
    </div>
  );
}
