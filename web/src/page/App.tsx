import { useCallback, useEffect, useState } from "react";
import { IntlProvider } from "react-intl";
import type { EarlyCache } from "../cache/earlyCache";
import { ChatFaults } from "../components/FaultBoundary/ChatFaults";
import { SchoolChat } from "../components/SchoolChat/SchoolChat";
import { MESSAGES } from "../i18n/messages";
import { ThemeRoot } from "../ui";
import styles from "./App.module.css";
import { useAddress } from "./address";
import type { PageSession, SignedOutReason } from "./pageSession";
import { type Preferences, usePreferences } from "./preferences";
import { SignIn } from "./SignIn/SignIn";
import { Starting } from "./Starting";

type State = { kind: "starting" } | { kind: "signedIn" } | { kind: "signedOut"; reason: SignedOutReason };

export interface AppProps {
  session: PageSession;
  /** Of the person who was here last. */
  early: EarlyCache | null;
  nonce: string | undefined;
}

/** The stand-alone page: somebody signs in, then there is the chat. */
export function App(props: AppProps) {
  const preferences = usePreferences();
  const { theme, language } = preferences;
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  return (
    <ChatFaults theme={theme} locale={language} className={styles.page} isMain>
      <SignedInOrNot {...props} preferences={preferences} />
    </ChatFaults>
  );
}

interface PageProps extends AppProps {
  preferences: Preferences;
}

function SignedInOrNot({ session, early, nonce, preferences }: PageProps) {
  const { state, enter, leave, retry, error } = useSignedIn(session);
  if (state.kind === "signedIn") {
    return <Chat session={session} early={early} preferences={preferences} nonce={nonce} onLeft={leave} />;
  }
  return (
    <IntlProvider locale={preferences.language} messages={MESSAGES[preferences.language]} defaultLocale="ru">
      <ThemeRoot theme={preferences.theme} language={preferences.language} className={styles.page}>
        {state.kind === "signedOut" ? (
          <SignIn session={session} reason={state.reason} preferences={preferences} onSignedIn={enter} />
        ) : (
          <Starting error={error} onRetry={retry} />
        )}
      </ThemeRoot>
    </IntlProvider>
  );
}

const PAGE_TITLES = { ru: "Сообщения", en: "Messages" } as const;

interface ChatProps extends PageProps {
  onLeft: () => void;
}

function Chat({ session, early, preferences, nonce, onLeft }: ChatProps) {
  const { openId, setOpenId } = useAddress();
  const { theme, setTheme, language, setLanguage, suggestLanguage } = preferences;
  const signOut = useCallback(
    async (forget: () => Promise<void>) => {
      await session.signOut();
      await forget();
      history.replaceState(null, "", "#/");
      onLeft();
    },
    [session, onLeft],
  );
  return (
    <SchoolChat
      className={styles.page}
      getToken={session.getToken}
      lastPersonId={session.likelyPersonId}
      early={early}
      locale={language}
      theme={theme}
      {...(nonce ? { nonce } : {})}
      pageTitle={PAGE_TITLES[language]}
      openId={openId}
      onOpen={setOpenId}
      onMe={(me) => suggestLanguage(me.settings.language)}
      onTheme={setTheme}
      onLanguage={setLanguage}
      onSignOut={signOut}
    />
  );
}

function useSignedIn(session: PageSession) {
  const [state, setState] = useState<State>(() => beginning(session));
  const [error, setError] = useState<unknown>(null);
  const [attempt, setAttempt] = useState(0);
  useEffect(
    () =>
      session.listen({
        onSignedOut: (reason) => setState({ kind: "signedOut", reason }),
        onOtherPerson: () => location.reload(),
      }),
    [session],
  );
  const isStarting = state.kind === "starting";
  // biome-ignore lint/correctness/useExhaustiveDependencies: `attempt` is one more try.
  useEffect(() => {
    if (!isStarting) return;
    let isCurrent = true;
    setError(null);
    session.resume().then(
      (isThere) =>
        isCurrent && setState(isThere ? { kind: "signedIn" } : { kind: "signedOut", reason: "none" }),
      (thrown: unknown) => isCurrent && setError(thrown),
    );
    return () => {
      isCurrent = false;
    };
  }, [session, isStarting, attempt]);
  return {
    state,
    error,
    enter: useCallback(() => setState({ kind: "signedIn" }), []),
    leave: useCallback(() => setState({ kind: "signedOut", reason: "left" }), []),
    retry: useCallback(() => setAttempt((before) => before + 1), []),
  };
}

/** What is cached is shown before the server has answered. */
function beginning(session: PageSession): State {
  return session.likelyPersonId === null ? { kind: "starting" } : { kind: "signedIn" };
}
