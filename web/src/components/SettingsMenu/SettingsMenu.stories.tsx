import type { Story } from "@ladle/react";
import { useState } from "react";
import type { Language, Settings } from "../../model/types";
import type { Theme } from "../../ui";
import { SettingsDialogView, type SettingsDialogViewProps } from "./SettingsDialogView";
import { SettingsMenu } from "./SettingsMenu";

export default { title: "Settings" };

const nothing = () => undefined;
const DEFAULTS: Settings = { sound: true, desktop: false, language: "ru", quiet_hours: null };

function Dialog(props: Partial<SettingsDialogViewProps>) {
  const [settings, setSettings] = useState(props.settings ?? DEFAULTS);
  const [theme, setTheme] = useState<Theme>("auto");
  const change = (patch: Partial<Settings>) => setSettings({ ...settings, ...patch });
  return (
    <SettingsDialogView
      isOpen
      onClose={nothing}
      error={null}
      desktopPermission="default"
      theme={theme}
      onTheme={setTheme}
      onLanguage={(language: Language) => change({ language })}
      {...props}
      settings={settings}
      onChange={change}
      onDesktop={(desktop) => change({ desktop })}
    />
  );
}

export const MenuOfTheList: Story = () => (
  <SettingsMenu
    onSettings={nothing}
    onShortcuts={nothing}
    onSwitcher={nothing}
    onNewGroup={nothing}
    onSignOut={nothing}
  />
);
export const StandAlone: Story = () => <Dialog />;
export const QuietAtNight: Story = () => (
  <Dialog
    desktopPermission="granted"
    settings={{ ...DEFAULTS, desktop: true, quiet_hours: { from: "21:30", to: "07:30" } }}
  />
);
export const DesktopDenied: Story = () => <Dialog desktopPermission="denied" />;
export const Embedded: Story = () => <Dialog onTheme={undefined} onLanguage={undefined} />;
export const Failed: Story = () => <Dialog error="Нет связи с сервером." />;
