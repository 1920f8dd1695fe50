/** How many items of a run stand how: the order they are drawn in, and what counts as what. */
import type { ItemStatus } from "$ipc/types.ts";
import type { Segment } from "$parts/Meter.svelte";

export type Counts = Readonly<Partial<Record<ItemStatus, number>>>;

export const ORDER: readonly ItemStatus[] = ["pass", "not_applicable", "fail", "blocked", "disputed", "retest", "untested"];

export const isDone = (status: ItemStatus) => status === "pass" || status === "not_applicable";

/** What someone has to decide on or mend before the run can be signed in peace. */
export const toSettle = (status: ItemStatus) => !isDone(status) && status !== "untested";

export const count = (counts: Counts, which: (status: ItemStatus) => boolean): number =>
  ORDER.filter(which).reduce((n, status) => n + (counts[status] ?? 0), 0);

/** The segments of the meter. */
export const segments = (counts: Counts): { kind: Segment; n: number }[] =>
  ORDER.map((status) => ({ kind: status === "untested" ? "rest" : status, n: counts[status] ?? 0 }));
