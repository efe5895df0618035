import { useCallback } from "react";
import { useIntl } from "react-intl";
import { dayOf, formatDay } from "../../model/time";
import { useNow } from "../../ui";

/** Names days: «Сегодня», «Вчера», else «21.10.2025»; right also after midnight, and after a night's sleep of the machine. */
export function useDayLabel(): (day: string) => string {
  const { locale } = useIntl();
  const today = dayOf(useNow());
  return useCallback((day) => formatDay(day, Date.parse(`${today}T12:00:00`), locale), [locale, today]);
}
