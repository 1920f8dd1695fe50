/**
 * What an item's entries add up to: the same rules as the domain's `ItemLog`, so that a key can show
 * its effect before the answer. The engine decides; this only foretells.
 */
import type { AttachedView, CommandId, EntryView, ItemStatus, ItemView, MemberId } from "$ipc/types.ts";

/** The entries that stand: results and requests to test again that no later one replaced. Oldest first. */
export function standing(entries: readonly EntryView[]): EntryView[] {
  let stand: EntryView[] = [];
  for (const entry of entries) {
    if (entry.undone) continue;
    const { what } = entry;
    if (what.type === "result") stand = [...stand.filter(({ id }) => !what.knew.includes(id)), entry];
    // A request to test again replaces whatever stood.
    else if (what.type === "fixed" || what.type === "retest" || what.type === "reset") stand = [entry];
  }
  return stand;
}

/** What a new result says it knew. */
export const heads = (entries: readonly EntryView[]): CommandId[] => standing(entries).map(({ id }) => id);

export function statusOf(entries: readonly EntryView[]): ItemStatus {
  const stand = standing(entries).map(({ what }) => what);
  const other = stand.find(({ type }) => type !== "result");
  // Whoever did not know the new text has not tested it.
  if (other) return other.type === "reset" ? "untested" : "retest";
  const outcomes = new Set(stand.map((what) => (what.type === "result" ? what.outcome : undefined)));
  const [only] = outcomes;
  if (outcomes.size > 1) return "disputed";
  return only ?? "untested";
}

/** The last thing that happened and was not taken back, where it can be: another text cannot. */
export function lastOf(entries: readonly EntryView[]): EntryView | undefined {
  const last = entries.findLast(({ undone }) => !undone);
  return last?.what.type === "reset" ? undefined : last;
}

/** The note that stands, and by whom it was blanked. */
export function noteOf(entries: readonly EntryView[]): Pick<ItemView, "note" | "note_redacted"> {
  const entry = entries.findLast(({ what, undone }) => !undone && what.type === "note");
  return { note: entry?.what.type === "note" ? entry.what.text : "", note_redacted: entry?.redacted ?? null };
}

export function assigneeOf(entries: readonly EntryView[]): MemberId | null {
  const what = entries.findLast(({ what, undone }) => !undone && what.type === "assigned")?.what;
  return what?.type === "assigned" ? what.to : null;
}

/** The evidence that stands, oldest first. */
export function attachedOf(entries: readonly EntryView[]): AttachedView[] {
  const stand = entries.filter(({ undone }) => !undone);
  const gone = stand.flatMap(({ what }) => (what.type === "detached" ? [what.entry] : []));
  return stand.flatMap(({ id, what, by }) => (what.type === "attached" && !gone.includes(id) ? [{ id, what: what.evidence, by }] : []));
}
