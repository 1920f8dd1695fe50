/** What became of a delivery in the list. */
import type { DeliveryOutcome, ListedView } from "$ipc/types.ts";

export function outcomeOf(row: ListedView): DeliveryOutcome {
  if (row.row === "event") return "taken";
  const { steps } = row.delivery;
  if (steps.every(({ outcome }) => outcome === "passed")) return "about";
  return steps.some(({ reason }) => reason === "key_unavailable") ? "unknown" : "refused";
}
