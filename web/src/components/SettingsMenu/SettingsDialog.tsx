import { useState } from "react";
import { useErrorText, useMe, useNotifications } from "../../hooks";
import type { Language, Settings } from "../../model/types";
import type { Theme } from "../../ui";
import { SettingsDialogView } from "./SettingsDialogView";

export interface SettingsDialogProps {
  isOpen: boolean;
  onClose: () => void;
  /** Without these two the school's app decides, and the choice is not shown. */
  theme?: Theme | undefined;
  onTheme?: ((theme: Theme) => void) | undefined;
  onLanguage?: ((language: Language) => void) | undefined;
}

/** What a person chooses for the chat: kept by the server, so that it holds on every device. */
export function SettingsDialog({ isOpen, onClose, theme, onTheme, onLanguage }: SettingsDialogProps) {
  const { me, updateSettings } = useMe();
  const { desktopPermission, requestDesktop } = useNotifications();
  const errorText = useErrorText();
  const [error, setError] = useState<string | null>(null);
  if (!me) return null;
  const change = async (patch: Partial<Settings>) => {
    setError(null);
    try {
      await updateSettings(patch);
    } catch (thrown) {
      setError(errorText(thrown));
    }
  };
  const changeDesktop = async (isWanted: boolean) => {
    // The browser asks only in answer to a click: this is the one.
    if (isWanted && desktopPermission !== "granted" && (await requestDesktop()) !== "granted") return;
    await change({ desktop: isWanted });
  };
  const changeLanguage = async (language: Language) => {
    onLanguage?.(language);
    await change({ language });
  };
  return (
    <SettingsDialogView
      isOpen={isOpen}
      onClose={onClose}
      settings={me.settings}
      error={error}
      desktopPermission={desktopPermission}
      onChange={change}
      onDesktop={changeDesktop}
      theme={theme}
      onTheme={onTheme}
      onLanguage={onLanguage && changeLanguage}
    />
  );
}
