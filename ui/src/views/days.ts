/** Entries under the days on which they happened, newest first, in a list of which only what is in sight is read. */
import type { Stretch } from "$ipc/types.ts";

export interface Day {
  /** Its beginning. */
  at: number;
  count: number;
  /** Its heading's row in the list. */
  row: number;
}

/** The beginning of the day, in the person's own time zone. */
export const midnight = (at: number): number => new Date(at).setHours(0, 0, 0, 0);

export function daysOf(stretches: readonly Stretch[]): Day[] {
  const days: Day[] = [];
  for (const { at, count } of stretches) {
    const day = midnight(at);
    const last = days.at(-1);
    if (last?.at === day) last.count += count;
    else days.push({ at: day, count, row: last ? last.row + last.count + 1 : 0 });
  }
  return days;
}

/** Rows of the list: a heading a day, and the entries below it. */
export class Rows {
  readonly days: readonly Day[];

  constructor(stretches: readonly Stretch[]) {
    this.days = daysOf(stretches);
  }

  get count(): number {
    const last = this.days.at(-1);
    return last ? last.row + last.count + 1 : 0;
  }

  get entries(): number {
    return this.count - this.days.length;
  }

  /** The last day whose heading stands at or before what is asked for. */
  #last(wanted: (day: Day, n: number) => boolean): number {
    let [from, to] = [0, this.days.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      const day = this.days[middle];
      if (day && wanted(day, middle)) from = middle + 1;
      else to = middle;
    }
    return from - 1;
  }

  /** The day whose heading a row is. */
  heading(row: number): Day | undefined {
    const day = this.days[this.#last((day) => day.row <= row)];
    return day?.row === row ? day : undefined;
  }

  /** The entry that a row shows; none for a heading. */
  entry(row: number): number | undefined {
    const at = this.#last((day) => day.row <= row);
    return at < 0 || this.days[at]?.row === row ? undefined : row - at - 1;
  }

  /** The first entry from a row on. */
  from(row: number): number {
    return Math.max(0, row - this.#last((day) => day.row < row) - 1);
  }

  /** The row that shows an entry. */
  rowOf(entry: number): number {
    if (entry < 0) return -1;
    return entry + this.#last((day, n) => day.row - n <= entry) + 1;
  }
}
