import { useState } from "react";
import type { Language } from "../model/types";
import { deviceStorage } from "../services/deviceStorage";
import type { Theme } from "../ui";

const THEME = "classbridge.theme";
const LANGUAGE = "classbridge.language";

export interface Preferences {
  theme: Theme;
  setTheme: (theme: Theme) => void;
  language: Language;
  setLanguage: (language: Language) => void;
  /** What the server knows of the person; a choice on this device goes before it. */
  suggestLanguage: (language: Language) => void;
}

/** How the page looks on this device. */
export function usePreferences(): Preferences {
  const [theme, setTheme] = useState(() => stored<Theme>(THEME, ["auto", "light", "dark"]) ?? "auto");
  const [chosen, setChosen] = useState(() => stored<Language>(LANGUAGE, ["ru", "en"]));
  const [suggested, suggestLanguage] = useState<Language>("ru");
  return {
    theme,
    setTheme: (value) => {
      deviceStorage.set(THEME, value);
      setTheme(value);
    },
    language: chosen ?? suggested,
    setLanguage: (value) => {
      deviceStorage.set(LANGUAGE, value);
      setChosen(value);
    },
    suggestLanguage,
  };
}

function stored<Value extends string>(key: string, values: readonly Value[]): Value | null {
  const found = deviceStorage.get(key);
  return values.find((value) => value === found) ?? null;
}
