/** Times in the reader's words, all of it from `Intl`. `now` is given: the views keep the clock. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const cache = new Map<string, Intl.DateTimeFormat | Intl.RelativeTimeFormat>();

/** The local day, as an ISO date: `2025-11-14`. */
export function dayOf(iso: string | number | Date): string {
  const date = new Date(iso);
  const two = (part: number) => String(part).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** In the list: `сейчас`, `5 мин назад`, `10:30`, `вчера`, `21.10.25`. */
export function formatRelative(iso: string, now: number, locale: string): string {
  const age = now - Date.parse(iso);
  if (age < MINUTE) return relative(0, "second", locale);
  if (age < HOUR) return relative(-Math.floor(age / MINUTE), "minute", locale);
  const days = daysBetween(iso, now);
  if (days === 0) return formatClock(iso, locale);
  if (days === 1) return relative(-1, "day", locale);
  return dates(locale, "list", { day: "2-digit", month: "2-digit", year: "2-digit" }).format(new Date(iso));
}

/** Above the messages of a day: `Сегодня`, `Вчера`, `21.10.2025`. */
export function formatDay(day: string, now: number, locale: string): string {
  const date = new Date(`${day}T12:00:00`);
  const days = daysBetween(date, now);
  if (days === 0 || days === 1) return capitalise(relative(-days, "day", locale), locale);
  return dates(locale, "day", { day: "2-digit", month: "2-digit", year: "numeric" }).format(date);
}

/** `10:30`. */
export function formatClock(iso: string, locale: string): string {
  return dates(locale, "clock", { hour: "2-digit", minute: "2-digit" }).format(new Date(iso));
}

/** For tooltips: `14 ноября 2025 г. в 10:30`. */
export function formatFull(iso: string, locale: string): string {
  return dates(locale, "full", { dateStyle: "long", timeStyle: "short" }).format(new Date(iso));
}

/** After `был(а)`: `5 мин назад`, `сегодня, 10:30`, `вчера, 10:30`, `21.10.2025`. */
export function formatLastSeen(iso: string, now: number, locale: string): string {
  const age = now - Date.parse(iso);
  if (age < HOUR) return relative(-Math.max(1, Math.floor(age / MINUTE)), "minute", locale);
  const days = daysBetween(iso, now);
  if (days <= 1) return `${relative(-days, "day", locale)}, ${formatClock(iso, locale)}`;
  return dates(locale, "day", { day: "2-digit", month: "2-digit", year: "numeric" }).format(new Date(iso));
}

/** `1:05` of a recording. */
export function formatDuration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** `245,8 КБ`. */
export function formatSize(bytes: number, locale: string): string {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const options = {
    style: "unit",
    unit: units[unit],
    unitDisplay: "short",
    maximumFractionDigits: unit ? 1 : 0,
  };
  return new Intl.NumberFormat(locale, options as Intl.NumberFormatOptions).format(value);
}

function daysBetween(then: string | Date, now: number): number {
  const midnight = (time: Date) => new Date(time.getFullYear(), time.getMonth(), time.getDate()).getTime();
  return Math.max(0, Math.round((midnight(new Date(now)) - midnight(new Date(then))) / DAY));
}

function relative(value: number, unit: Intl.RelativeTimeFormatUnit, locale: string): string {
  const key = `relative ${locale}`;
  let format = cache.get(key) as Intl.RelativeTimeFormat | undefined;
  if (!format) {
    format = new Intl.RelativeTimeFormat(locale, { numeric: "auto", style: "short" });
    cache.set(key, format);
  }
  return format.format(value, unit).replace(/(\p{L})\.(?=\s)/gu, "$1"); // «5 мин. назад» → «5 мин назад»
}

function dates(locale: string, name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${name} ${locale}`;
  let format = cache.get(key) as Intl.DateTimeFormat | undefined;
  if (!format) {
    format = new Intl.DateTimeFormat(region(locale), options);
    cache.set(key, format);
  }
  return format;
}

/** Plain `en` would mean the American order of days and months. */
function region(locale: string): string {
  return locale === "en" ? "en-GB" : locale;
}

function capitalise(text: string, locale: string): string {
  return text.slice(0, 1).toLocaleUpperCase(locale) + text.slice(1);
}
