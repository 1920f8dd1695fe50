/** What became of a delivery in the list. */
import type { IpcError } from "$ipc/error.ts";
import type { DeliveryOutcome, ListedView } from "$ipc/types.ts";
import { t } from "$texts";

export function outcomeOf(row: ListedView): DeliveryOutcome {
  if (row.row === "event") return "taken";
  const { steps } = row.delivery;
  if (steps.every(({ outcome }) => outcome === "passed")) return "about";
  return steps.some(({ reason }) => reason === "key_unavailable") ? "unknown" : "refused";
}

const DAY = 24 * 60 * 60 * 1_000;
/** What may hold credentials is kept: these, and types that are not known. */
const BARE: readonly string[] = ["app.updated", "app.uninstalled", "app.trial_started", "app.trial_extended", "app.trial_ended", "user.logout"];

/** The workspace's rule, in days, by which what came was let go of as it came; it is looked for once a day. */
export function sweptBy(kind: string, at: number, days: number | undefined, now: number): number | undefined {
  return days !== undefined && BARE.includes(kind) && now - at > (days + 1) * DAY ? days : undefined;
}

const REASONS = ["scheme", "credentials", "address"] as const;

/** Why an address for events is not taken. */
export const urlFault = (error: IpcError): string => t(`events.app_wrong.${REASONS.find((known) => known === error.params["reason"]) ?? "url"}`);
