/** What a rotation was asked for, and what has to be told of a set that is known to others. */
import type { AskedView, InstallationView, SetView } from "$ipc/types.ts";
import { t } from "$texts";
import { moment, type DiagnosisRow } from "../../views/tickets/ticket.ts";

/** The wish that a set came of: the last one before it, and after the set before that; one for compromised credentials before any other. The sets stand newest first. */
export function askedFor({ asked, sets }: Pick<InstallationView, "asked" | "sets">, set: SetView): AskedView | undefined {
  const before = sets[sets.indexOf(set) + 1];
  const these = asked.filter(({ by }) => by.at <= set.received.at && (!before || by.at >= before.received.at));
  return these.find(({ compromised }) => compromised) ?? these[0];
}

/** The newest wish that no set came of yet; one for compromised credentials before any other. */
export function awaitedOf({ asked, sets }: Pick<InstallationView, "asked" | "sets">): AskedView | undefined {
  const newest = sets[0];
  const open = asked.filter(({ by }) => !newest || by.at > newest.received.at);
  return open.find(({ compromised }) => compromised) ?? open[0];
}

/** What Talkdesk's ticket has to say first: the request for new credentials carries no such word. Who found out, and why, stays here. */
export const compromisedRows = (asked: AskedView | undefined): DiagnosisRow[] =>
  asked?.compromised ? [[t("installations.compromised_row"), t("installations.compromised_asked", { at: moment(asked.by.at) })]] : [];
