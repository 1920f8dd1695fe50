/** Where a missing value is mended: its field, its row, its input. */
import type { FieldKey, Place, Problem, TrackHead } from "$ipc/types.ts";

/** Nothing is asked of a track that Talkdesk has, or has approved. */
export const asks = ({ state }: TrackHead): boolean => state === "not_submitted" || state === "rejected";

/** The missing values of both tracks, in the order of the panel and of F8. */
export const missingOf = (tracks: readonly TrackHead[]): Problem[] => tracks.filter(asks).flatMap(({ missing }) => missing);

export const samePlace = (a: Place, b: Place): boolean => a.field === b.field && a.index === b.index;

const INPUTS = 'input:not([type="hidden"]), textarea, button[role="switch"], button[aria-haspopup="listbox"], [data-add]';

const fieldOf = (key: FieldKey): HTMLElement | null => document.querySelector<HTMLElement>(`[data-field="${key}"]`);

/** Put the focus where the value is mended. Tells whether it was there. */
export function focusPlace({ field, index }: Place): boolean {
  const whole = field && fieldOf(field);
  if (!whole) return false;
  const row = index === undefined ? null : whole.querySelector<HTMLElement>(`[data-row="${index}"]`);
  const within = row ?? whole;
  const input = within.querySelector<HTMLElement>('[aria-invalid="true"]') ?? within.querySelector<HTMLElement>(INPUTS);
  within.scrollIntoView({ block: "nearest" });
  input?.focus({ preventScroll: true });
  return true;
}

/** The place that has the focus now, if it is a field's. */
export function focusedPlace(): Place | undefined {
  const { activeElement } = document;
  const field = activeElement?.closest<HTMLElement>("[data-field]")?.dataset.field as FieldKey | undefined;
  if (!field) return undefined;
  const row = activeElement?.closest<HTMLElement>("[data-row]")?.dataset.row;
  return row === undefined ? { field } : { field, index: Number(row) };
}

/** The next place with something missing after the one that has the focus, round and round. */
export function nextMissing(missing: readonly Problem[], at: Place | undefined): Place | undefined {
  const places = missing.map(({ place }) => place);
  // A row may lack several things: it is one place.
  const stops = places.filter((place, i) => places.findIndex((other) => samePlace(other, place)) === i);
  if (!at) return stops[0];
  const here = stops.findIndex((place) => samePlace(place, at));
  return here >= 0 ? stops[(here + 1) % stops.length] : (stops.find(({ field }) => field === at.field) ?? stops[0]);
}
