import type { ReactNode } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import type { Language, Settings } from "../../model/types";
import { Dialog, SegmentedControl, Switch, type Theme } from "../../ui";
import { QuietHours } from "./QuietHours";
import styles from "./SettingsDialog.module.css";

export interface SettingsDialogViewProps {
  isOpen: boolean;
  onClose: () => void;
  settings: Settings;
  error: string | null;
  desktopPermission: NotificationPermission | "unsupported";
  onChange: (patch: Partial<Settings>) => void;
  onDesktop: (isWanted: boolean) => void;
  theme?: Theme | undefined;
  onTheme?: ((theme: Theme) => void) | undefined;
  onLanguage?: ((language: Language) => void) | undefined;
}

const THEMES: readonly Theme[] = ["auto", "light", "dark"];
/** Each in its own words, for who does not know the other. */
const LANGUAGES: readonly { value: Language; label: string }[] = [
  { value: "ru", label: "Русский" },
  { value: "en", label: "English" },
];

export function SettingsDialogView(props: SettingsDialogViewProps) {
  const { settings, error, onChange, theme, onTheme, onLanguage } = props;
  const intl = useIntl();
  return (
    <Dialog
      isOpen={props.isOpen}
      onClose={props.onClose}
      title={<FormattedMessage id="settings.title" />}
      size="small"
    >
      {error && (
        <p className={styles.error} role="alert">
          {error}
        </p>
      )}
      <Section title={<FormattedMessage id="settings.notifications" />}>
        <Switch
          label={<FormattedMessage id="settings.sound" />}
          isChecked={settings.sound}
          onChange={(sound) => onChange({ sound })}
        />
        <DesktopSwitch {...props} />
        <QuietHours value={settings.quiet_hours} onChange={(quiet_hours) => onChange({ quiet_hours })} />
      </Section>
      {(onLanguage || onTheme) && (
        <Section title={<FormattedMessage id="settings.look" />}>
          {onTheme && (
            <Choice label={<FormattedMessage id="settings.theme" />}>
              <SegmentedControl
                label={intl.formatMessage({ id: "settings.theme" })}
                segments={THEMES.map((value) => ({
                  value,
                  label: <FormattedMessage id={`settings.theme.${value}`} />,
                }))}
                value={theme ?? "auto"}
                onChange={onTheme}
              />
            </Choice>
          )}
          {onLanguage && (
            <Choice label={<FormattedMessage id="settings.language" />}>
              <SegmentedControl
                label={intl.formatMessage({ id: "settings.language" })}
                segments={LANGUAGES}
                value={languageOf(intl.locale)}
                onChange={onLanguage}
              />
            </Choice>
          )}
        </Section>
      )}
    </Dialog>
  );
}

/** What one sees, which is what this device has chosen; the settings may say otherwise of another one. */
function languageOf(locale: string): Language {
  return locale === "en" ? "en" : "ru";
}

function DesktopSwitch({ settings, desktopPermission, onDesktop }: SettingsDialogViewProps) {
  const isImpossible = desktopPermission === "denied" || desktopPermission === "unsupported";
  return (
    <Switch
      label={<FormattedMessage id="settings.desktop" />}
      hint={
        <FormattedMessage
          id={isImpossible ? `settings.desktop.${desktopPermission}` : "settings.desktop.hint"}
        />
      }
      isChecked={settings.desktop && desktopPermission === "granted"}
      isDisabled={isImpossible}
      onChange={onDesktop}
    />
  );
}

function Section({ title, children }: { title: ReactNode; children: ReactNode }) {
  return (
    <section className={styles.section}>
      <h3 className={styles.heading}>{title}</h3>
      {children}
    </section>
  );
}

function Choice({ label, children }: { label: ReactNode; children: ReactNode }) {
  return (
    <div className={styles.choice}>
      <span>{label}</span>
      {children}
    </div>
  );
}
