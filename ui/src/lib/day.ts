/** Days without a time, as Talkdesk gives them: 2026-12-01. */
import { dates } from "./intl.ts";

/** The day as it is kept, where the text is one: 2026-12-01, also typed 2026/12/1 or 2026.12.1. */
export function isoDate(text: string): string | undefined {
  const found = /^\s*(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})\s*$/.exec(text);
  if (!found) return undefined;
  const [year, month, day] = found.slice(1).map(Number) as [number, number, number];
  const at = new Date(Date.UTC(year, month - 1, day));
  const real = at.getUTCFullYear() === year && at.getUTCMonth() === month - 1 && at.getUTCDate() === day;
  return real ? `${String(year).padStart(4, "0")}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}` : undefined;
}

/** Tuesday, 1 December 2026: the weekday shows a slip of the finger. */
export const dated = (day: string, locale: string): string =>
  dates(locale === "en" ? "en-GB" : locale, { dateStyle: "full", timeZone: "UTC" }).format(new Date(`${day}T00:00:00Z`));

/** 1 Dec, or 1 Dec 2025: a day in a table. */
export function shortDay(day: string, locale: string, now: number): string {
  const year = day.slice(0, 4) === String(new Date(now).getFullYear()) ? undefined : "numeric";
  return dates(locale === "en" ? "en-GB" : locale, { day: "numeric", month: "short", year, timeZone: "UTC" }).format(new Date(`${day}T00:00:00Z`));
}

/** Today, as a person here counts it. */
export function today(now: number): string {
  const at = new Date(now);
  return [at.getFullYear(), String(at.getMonth() + 1).padStart(2, "0"), String(at.getDate()).padStart(2, "0")].join("-");
}

/** The day that comes so many days after today. */
export function inDays(days: number, now: number): string {
  const at = new Date(now);
  at.setDate(at.getDate() + days);
  return today(at.getTime());
}
