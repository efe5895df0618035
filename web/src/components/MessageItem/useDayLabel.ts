import { useCallback, useEffect, useState } from "react";
import { useIntl } from "react-intl";
import { dayOf, formatDay } from "../../model/time";

/** Names days: «Сегодня», «Вчера», else «21.10.2025»; right also after midnight. */
export function useDayLabel(): (day: string) => string {
  const { locale } = useIntl();
  const today = useToday();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another day names the days anew
  return useCallback((day) => formatDay(day, Date.now(), locale), [locale, today]);
}

function useToday(): string {
  const [today, setToday] = useState(() => dayOf(Date.now()));
  // biome-ignore lint/correctness/useExhaustiveDependencies: each day plans the next midnight
  useEffect(() => {
    const now = new Date();
    const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1);
    const timer = setTimeout(() => setToday(dayOf(Date.now())), midnight.getTime() - now.getTime() + 1000);
    return () => clearTimeout(timer);
  }, [today]);
  return today;
}
