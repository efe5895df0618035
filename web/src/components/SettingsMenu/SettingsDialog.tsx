import { useEffect, useRef, useState } from "react";
import { useErrorText, useMe, useNotifications } from "../../hooks";
import type { Language, Settings } from "../../model/types";
import type { Theme } from "../../ui";
import { useAnswer } from "../ChatNotifications/useAnswer";
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
  const { fail } = useAnswer();
  const isGone = useIsGone();
  if (!me) return null;
  const attempt = (command: () => Promise<void>) => {
    setError(null);
    command().catch((thrown: unknown) => (isGone.current ? fail(thrown) : setError(errorText(thrown))));
  };
  const change = (patch: Partial<Settings>) => attempt(() => updateSettings(patch));
  const changeDesktop = (isWanted: boolean) =>
    attempt(async () => {
      // The browser asks only in answer to a click: this is the one.
      if (isWanted && desktopPermission !== "granted" && (await requestDesktop()) !== "granted") return;
      await updateSettings({ desktop: isWanted });
    });
  const changeLanguage = (language: Language) => {
    onLanguage?.(language);
    change({ language });
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

/** What was saved at the end of a dialog is answered after it. */
function useIsGone(): { readonly current: boolean } {
  const isGone = useRef(false);
  useEffect(() => {
    isGone.current = false;
    return () => {
      isGone.current = true;
    };
  }, []);
  return isGone;
}
