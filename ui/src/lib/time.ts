/** Moments in words, by the language's own rules. */
import { t } from "$texts";
import { dates, distances } from "./intl.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const startOfDay = (at: Date) => new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime();

/** 14:32 today, 18 Nov this year, else 18 Nov 2025. */
export function short(at: Date, now: Date, locale: string): string {
  if (startOfDay(at) === startOfDay(now)) {
    return hour(at, locale);
  }
  const year = at.getFullYear() === now.getFullYear() ? undefined : "numeric";
  return dates(dated(locale), { day: "numeric", month: "short", year }).format(at);
}

/** Now, 2 min ago, in 7 days; past a month it is a date. */
export function relative(at: Date, now: Date, locale: string): string {
  const away = at.getTime() - now.getTime();
  const distance = Math.abs(away);
  if (distance < MINUTE) return t("time.now");
  if (distance >= 30 * DAY) return short(at, now, locale);
  const format = distances(locale, { numeric: "always", style: "short" });
  if (distance < HOUR) return format.format(Math.trunc(away / MINUTE), "minute");
  if (distance < DAY) return format.format(Math.trunc(away / HOUR), "hour");
  return format.format(Math.round((startOfDay(at) - startOfDay(now)) / DAY), "day");
}

/** 14:32, on whatever day. */
export function hour(at: Date, locale: string): string {
  return dates(locale, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(at);
}

/** The whole moment, for hover and readers. */
export const full = (at: Date, locale: string): string =>
  dates(dated(locale), { dateStyle: "full", timeStyle: "short" }).format(at);

/** Day and minute, as a report carries them. */
export const stamp = (at: Date, locale: string): string =>
  dates(dated(locale), { dateStyle: "medium", timeStyle: "short" }).format(at);

/** English without a country puts the month first; the window's English is not American. */
const dated = (locale: string): string => (locale === "en" ? "en-GB" : locale);
