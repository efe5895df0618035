import { createIntl } from "react-intl";
import en from "../../src/i18n/en.json";
import ru from "../../src/i18n/ru.json";

const LANGUAGES = {
  ru: createIntl({ locale: "ru", messages: ru }),
  en: createIntl({ locale: "en", messages: en }),
};

/** A text of the interface, as a person reads it. */
export function say(
  id: keyof typeof ru,
  values: Record<string, string | number> = {},
  language: "ru" | "en" = "ru",
): string {
  return LANGUAGES[language].formatMessage({ id }, values);
}
