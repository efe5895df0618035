import { useCallback, useEffect, useState } from "react";
import { IntlProvider } from "react-intl";
import { SchoolChat } from "../components/SchoolChat/SchoolChat";
import { MESSAGES } from "../i18n/messages";
import { ThemeRoot } from "../ui";
import styles from "./App.module.css";
import { useAddress } from "./address";
import { PageSession, type SignedOutReason } from "./pageSession";
import { type Preferences, usePreferences } from "./preferences";
import { SignIn } from "./SignIn/SignIn";
import { Starting } from "./Starting";

type State = { kind: "starting" } | { kind: "signedIn" } | { kind: "signedOut"; reason: SignedOutReason };

/** The stand-alone page: somebody signs in, then there is the chat. */
export function App({ nonce }: { nonce: string | undefined }) {
  const { state, session, enter, leave, retry, error } = useSession();
  const preferences = usePreferences();
  if (state.kind === "signedIn" && session) {
    return <Chat session={session} preferences={preferences} nonce={nonce} onLeft={leave} />;
  }
  return (
    <IntlProvider locale={preferences.language} messages={MESSAGES[preferences.language]} defaultLocale="ru">
      <ThemeRoot theme={preferences.theme} language={preferences.language} className={styles.page}>
        {state.kind === "signedOut" && session ? (
          <SignIn session={session} reason={state.reason} preferences={preferences} onSignedIn={enter} />
        ) : (
          <Starting error={error} onRetry={retry} />
        )}
      </ThemeRoot>
    </IntlProvider>
  );
}

const PAGE_TITLES = { ru: "Сообщения", en: "Messages" } as const;

interface ChatProps {
  session: PageSession;
  preferences: Preferences;
  nonce: string | undefined;
  onLeft: () => void;
}

function Chat({ session, preferences, nonce, onLeft }: ChatProps) {
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

function useSession() {
  const [session, setSession] = useState<PageSession | null>(null);
  const [state, setState] = useState<State>({ kind: "starting" });
  const [error, setError] = useState<unknown>(null);
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    const made = new PageSession({
      onSignedOut: (reason) => setState({ kind: "signedOut", reason }),
      onOtherPerson: () => location.reload(),
    });
    setSession(made);
    return () => made.close();
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `attempt` is one more try.
  useEffect(() => {
    if (!session) return;
    if (session.likelyPersonId !== null) {
      setState({ kind: "signedIn" }); // what is cached is shown before the server has answered
      return;
    }
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
  }, [session, attempt]);
  return {
    state,
    session,
    error,
    enter: useCallback(() => setState({ kind: "signedIn" }), []),
    leave: useCallback(() => setState({ kind: "signedOut", reason: "left" }), []),
    retry: useCallback(() => setAttempt((before) => before + 1), []),
  };
}
