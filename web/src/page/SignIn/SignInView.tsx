import { type FormEvent, useRef, useState } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import type { DemoSignIn } from "../../services/session";
import { Button, ChatIcon, classes, EyeIcon, EyeOffIcon, IconButton, TextField } from "../../ui";
import type { Preferences } from "../preferences";
import { DemoPeople } from "./DemoPeople";
import { LookChoice } from "./LookChoice";
import styles from "./SignIn.module.css";

export interface SignInViewProps {
  /** Who is being signed in. */
  busyName: string | null;
  error: string | null;
  /** The session has ended by itself. */
  isOver: boolean;
  demo: readonly DemoSignIn[];
  preferences: Preferences;
  onSubmit: (username: string, password: string) => void;
}

export function SignInView(props: SignInViewProps) {
  const { demo } = props;
  return (
    <div className={styles.screen}>
      <header className={styles.top}>
        <LookChoice {...props.preferences} />
      </header>
      <main className={classes(styles.main, demo.length > 0 && styles.withDemo)}>
        <section className={styles.card} aria-labelledby="sign-in-title">
          <span className={styles.logo}>
            <ChatIcon size={2} />
          </span>
          <h1 id="sign-in-title" className={styles.title}>
            <FormattedMessage id="signIn.title" />
          </h1>
          <p className={styles.lead}>
            <FormattedMessage id={props.isOver ? "signIn.over" : "signIn.lead"} />
          </p>
          <Form {...props} />
        </section>
        {demo.length > 0 && (
          <DemoPeople
            people={demo}
            busyName={props.busyName}
            onChoose={(person) => props.onSubmit(person.username, person.password)}
          />
        )}
      </main>
    </div>
  );
}

function Form({ busyName, error, onSubmit }: SignInViewProps) {
  const form = useSignInForm(onSubmit);
  const intl = useIntl();
  const say = (id: string | null) => id && intl.formatMessage({ id });
  return (
    <form className={styles.form} onSubmit={form.submit} noValidate>
      {error && (
        <p className={styles.error} role="alert">
          {error}
        </p>
      )}
      <TextField
        ref={form.usernameField}
        label={<FormattedMessage id="signIn.username" />}
        value={form.username}
        onChange={form.setUsername}
        error={say(form.wrong.username)}
        name="username"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        autoFocus
      />
      <PasswordField form={form} error={say(form.wrong.password)} />
      <Button variant="primary" type="submit" isBusy={busyName !== null} className={styles.submit}>
        <FormattedMessage id="signIn.submit" />
      </Button>
    </form>
  );
}

function PasswordField({ form, error }: { form: SignInForm; error: string | null }) {
  const intl = useIntl();
  const [isShown, setShown] = useState(false);
  return (
    <TextField
      ref={form.passwordField}
      label={<FormattedMessage id="signIn.password" />}
      type={isShown ? "text" : "password"}
      value={form.password}
      onChange={form.setPassword}
      error={error}
      name="password"
      autoComplete="current-password"
      autoCapitalize="none"
      spellCheck={false}
      end={
        <IconButton
          label={intl.formatMessage({ id: isShown ? "signIn.hidePassword" : "signIn.showPassword" })}
          icon={isShown ? <EyeOffIcon /> : <EyeIcon />}
          hasTooltip={false}
          onClick={() => setShown(!isShown)}
        />
      }
    />
  );
}

interface Wrong {
  username: string | null;
  password: string | null;
}

const RIGHT: Wrong = { username: null, password: null };

type SignInForm = ReturnType<typeof useSignInForm>;

function useSignInForm(onSubmit: SignInViewProps["onSubmit"]) {
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const [wrong, setWrong] = useState(RIGHT);
  const usernameField = useRef<HTMLInputElement>(null);
  const passwordField = useRef<HTMLInputElement>(null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const found: Wrong = {
      username: username.trim() ? null : "signIn.username.missing",
      password: password ? null : "signIn.password.missing",
    };
    setWrong(found);
    if (found.username) usernameField.current?.focus();
    else if (found.password) passwordField.current?.focus();
    else onSubmit(username.trim(), password);
  };
  return {
    username,
    setUsername: (value: string) => {
      setUsername(value);
      setWrong((before) => ({ ...before, username: null }));
    },
    password,
    setPassword: (value: string) => {
      setPassword(value);
      setWrong((before) => ({ ...before, password: null }));
    },
    wrong,
    usernameField,
    passwordField,
    submit,
  };
}
