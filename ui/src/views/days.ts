/** Entries under the days on which they happened, newest first. */
import type { ActivityView } from "$ipc/types.ts";

export interface Day {
  /** Its beginning. */
  at: number;
  entries: ActivityView[];
}

/** The beginning of the day, in the person's own time zone. */
export const midnight = (at: number): number => new Date(at).setHours(0, 0, 0, 0);

export function daysOf(entries: readonly ActivityView[]): Day[] {
  const days: Day[] = [];
  for (const entry of entries) {
    const at = midnight(entry.by.at);
    const last = days.at(-1);
    if (last?.at === at) last.entries.push(entry);
    else days.push({ at, entries: [entry] });
  }
  return days;
}
