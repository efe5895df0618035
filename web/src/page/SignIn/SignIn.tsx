import { useEffect, useState } from "react";
import { useIntl } from "react-intl";
import { useErrorText } from "../../hooks/useErrorText";
import { ApiError } from "../../services/apiError";
import type { DemoSignIn } from "../../services/session";
import type { PageSession, SignedOutReason } from "../pageSession";
import type { Preferences } from "../preferences";
import { SignInView } from "./SignInView";

export interface SignInProps {
  session: Pick<PageSession, "signIn" | "demoSignIns">;
  reason: SignedOutReason;
  preferences: Preferences;
  onSignedIn: () => void;
}

export function SignIn({ session, reason, preferences, onSignedIn }: SignInProps) {
  const demo = useDemo(session);
  const form = useForm(session, onSignedIn);
  return <SignInView {...form} isOver={reason === "over"} demo={demo} preferences={preferences} />;
}

function useForm(session: SignInProps["session"], onSignedIn: () => void) {
  const say = useRefusalText();
  const [busyName, setBusyName] = useState<string | null>(null);
  const [refusal, setRefusal] = useState<unknown>(null); // not its words: the language can be changed afterwards
  const onSubmit = async (username: string, password: string) => {
    setBusyName(username);
    setRefusal(null);
    try {
      await session.signIn(username, password);
      onSignedIn();
    } catch (thrown) {
      setRefusal(thrown);
      setBusyName(null);
    }
  };
  return { busyName, error: refusal === null ? null : say(refusal), onSubmit };
}

/** The sentence for a refused sign-in; after too many attempts with the time to wait. */
function useRefusalText(): (error: unknown) => string {
  const intl = useIntl();
  const errorText = useErrorText();
  return (error) => {
    if (error instanceof ApiError && error.status === 429 && error.retryAfterS) {
      return intl.formatMessage({ id: "signIn.wait" }, { seconds: Math.ceil(error.retryAfterS) });
    }
    if (error instanceof ApiError && error.status === 401)
      return intl.formatMessage({ id: "error.no_active_account" });
    return errorText(error);
  };
}

/** Who can sign in here: of the demo only. */
function useDemo(session: SignInProps["session"]): DemoSignIn[] {
  const [people, setPeople] = useState<DemoSignIn[]>([]);
  useEffect(() => {
    let isCurrent = true;
    void session.demoSignIns().then((found) => isCurrent && setPeople(found));
    return () => {
      isCurrent = false;
    };
  }, [session]);
  return people;
}
