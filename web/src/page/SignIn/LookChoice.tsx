import { useIntl } from "react-intl";
import { IconButton, MoonIcon, ScreenIcon, SegmentedControl, SunIcon, type Theme } from "../../ui";
import type { Preferences } from "../preferences";
import styles from "./SignIn.module.css";

const NEXT: Readonly<Record<Theme, Theme>> = { auto: "light", light: "dark", dark: "auto" };
const ICONS = { auto: ScreenIcon, light: SunIcon, dark: MoonIcon } as const;

/** Language and theme, before anybody is signed in. */
export function LookChoice({ theme, setTheme, language, setLanguage }: Preferences) {
  const intl = useIntl();
  const Icon = ICONS[theme];
  const name = intl.formatMessage({ id: `settings.theme.${theme}` });
  return (
    <div className={styles.look}>
      <SegmentedControl
        label={intl.formatMessage({ id: "signIn.language" })}
        segments={[
          { value: "ru", label: "Русский" },
          { value: "en", label: "English" },
        ]}
        value={language}
        onChange={setLanguage}
      />
      <IconButton
        label={`${intl.formatMessage({ id: "signIn.theme" })}: ${name}`}
        icon={<Icon />}
        onClick={() => setTheme(NEXT[theme])}
      />
    </div>
  );
}
