/** What became of a delivery in the list. */
import type { IpcError } from "$ipc/error.ts";
import type { AsItCame, DeliveryOutcome, ListedView, Which } from "$ipc/types.ts";
import { t } from "$texts";

export function outcomeOf(row: ListedView): DeliveryOutcome {
  if (row.row === "event") return "taken";
  const { steps } = row.delivery;
  if (steps.every(({ outcome }) => outcome === "passed")) return "about";
  return steps.some(({ reason }) => reason === "key_unavailable") ? "unknown" : "refused";
}

/** What a delivery is known by. */
export const whichOf = (row: ListedView): Which => (row.row === "event" ? { event: row.event.id } : { delivery: row.delivery.id });

/** A delivery as a message is written: its headers a line each, an empty line, its body. */
export const messageOf = ({ headers, body }: AsItCame): string => `${headers.map(({ name, value }) => `${name}: ${value ?? "[sealed]"}\n`).join("")}\n${body}`;

/** Why a receiver that checks signatures has to refuse a delivery; nothing, where it has not. */
export function refusedFor(row: ListedView): "unsigned" | "unverified" | "unknown" | undefined {
  if (row.row === "event") return row.event.received === "fetched" ? "unsigned" : undefined;
  const outcome = outcomeOf(row);
  return outcome === "refused" ? "unverified" : outcome === "unknown" ? "unknown" : undefined;
}

/** Whoever has nothing at that address, takes no POST or asks to come again refused nothing. */
const NO_REFUSAL: readonly number[] = [404, 405, 408, 410, 421, 429];

/** What an answer says of a delivery that has to be refused; nothing, where it says nothing. */
export function saidOf(status: number | null): "took" | "refused" | undefined {
  if (status === null) return undefined;
  if (status >= 200 && status < 300) return "took";
  return status >= 400 && status < 500 && !NO_REFUSAL.includes(status) ? "refused" : undefined;
}

const DAY = 24 * 60 * 60 * 1_000;
/** What may hold credentials is kept: these, and types that are not known. */
const BARE: readonly string[] = ["app.updated", "app.uninstalled", "app.trial_started", "app.trial_extended", "app.trial_ended", "user.logout"];

/** The workspace's rule, in days, by which what came was let go of as it came; it is looked for once a day. Without a type it
 *  is no event: of those none is kept longer. */
export function sweptBy(kind: string | undefined, at: number, days: number | undefined, now: number): number | undefined {
  return days !== undefined && (kind === undefined || BARE.includes(kind)) && now - at > (days + 1) * DAY ? days : undefined;
}

const REASONS = ["scheme", "credentials", "address"] as const;

/** Why an address for events is not taken. */
export const urlFault = (error: IpcError): string => t(`events.app_wrong.${REASONS.find((known) => known === error.params["reason"]) ?? "url"}`);
