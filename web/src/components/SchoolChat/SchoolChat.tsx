import { ChatProvider, type ChatProviderProps, useLook } from "../../context/ChatContext";
import type { Language, Me } from "../../model/types";
import { type Theme, ThemeRoot } from "../../ui";
import { ChatFaults } from "../FaultBoundary/ChatFaults";
import { ChatShell, type ChatShellProps } from "./ChatShell";
import styles from "./SchoolChat.module.css";

export interface SchoolChatProps extends Omit<ChatProviderProps, "children"> {
  /** With these the settings offer the choice; without, the school's app has made it. */
  onTheme?: ((theme: Theme) => void) | undefined;
  onLanguage?: ((language: Language) => void) | undefined;
  /** With this the menu offers to sign out. `forget` wipes what this machine keeps of the person. */
  onSignOut?: ((forget: () => Promise<void>) => Promise<void>) | undefined;
  /** The conversation that is to be open, null for none: for the school's own addresses. */
  openId?: number | null | undefined;
  onOpen?: ((id: number | null) => void) | undefined;
  /** Told as soon as it is known whose chat it is. */
  onMe?: ((me: Me) => void) | undefined;
  /** The chat is the whole page: the count of unread messages stands before this title, and on the icon. */
  pageTitle?: string | undefined;
  className?: string | undefined;
}

/**
 * The whole chat: list, conversation, notifications. It fills the element around it. Inside a `ChatProvider`, without
 * `getToken` of its own, it is one more view of that provider's chat.
 */
export function SchoolChat(props: SchoolChatProps) {
  const { onTheme, onLanguage, onSignOut, openId, onOpen, onMe, pageTitle, className, ...provider } = props;
  const shell = { onTheme, onLanguage, onSignOut, openId, onOpen, onMe, pageTitle };
  return (
    <ChatFaults
      locale={provider.locale}
      theme={provider.theme}
      className={className}
      isMain={pageTitle !== undefined}
    >
      <ChatProvider {...provider}>
        <Root {...shell} className={className} />
      </ChatProvider>
    </ChatFaults>
  );
}

type RootProps = Omit<ChatShellProps, "theme"> & { className: string | undefined };

function Root({ className, ...shell }: RootProps) {
  const { theme, locale } = useLook();
  return (
    <ThemeRoot
      theme={theme}
      language={locale}
      className={className ? `${styles.root} ${className}` : styles.root}
      isMain={shell.pageTitle !== undefined} // in the school's page the landmark is the school's
    >
      <ChatShell {...shell} theme={theme} />
    </ThemeRoot>
  );
}
