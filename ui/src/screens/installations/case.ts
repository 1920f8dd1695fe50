/**
 * Why an install fails: what can be told of it from what is here, and what a person has to ask.
 *
 * Only a version whose technical track is approved can be installed, except on the partner's own accounts and
 * Talkdesk's (D/creating-managing-app-versions); the states are Talkdesk's words (OAS).
 */
import type { Account, CaseCause, CaseKnown, CaseSend, CaseView, CheckState, Customer, InstallationView, PassedEvent, ProjectView } from "$ipc/types.ts";
import { full } from "$lib/time.ts";
import { locale, t } from "$texts";
import { stateWord } from "../../views/deadline.ts";
import { moment, type DiagnosisRow } from "../../views/tickets/ticket.ts";
import { answerText, wordOf } from "../../views/passed.ts";

/** In the order in which they are gone through. */
export const CASE_CHECKS = ["link", "version", "approved", "rights", "region", "callback", "state"] as const satisfies readonly CaseCause[];
export type CaseCode = CaseCause;

export interface CaseCheck {
  code: CaseCode;
  state: CheckState;
  /** What it looked at, and what is told of it. */
  text: string;
  /** What a person does about it. */
  todo?: string;
  /** The same for a diagnosis that leaves the house, where `text` names people, or times as they are read here. */
  outside?: string;
}

export interface Known {
  /** The case, where one was opened. */
  announced?: CaseView;
  /** Its project, where somebody said which. */
  project?: ProjectView;
  /** Its customer, where somebody said who. */
  customer?: Customer;
  accounts: readonly Account[];
  /** Sends of links, and deliveries that are not believed. */
  facts?: CaseKnown;
  /** What the app behind the relay answered, by event. */
  passed?: readonly PassedEvent[];
}

/** Before any event there is no installation. */
type Installing = InstallationView | undefined;
type Told = Omit<CaseCheck, "code">;

/** Talkdesk's words for an install that did not go well. */
const FAILED: readonly string[] = ["failed", "timeout", "rejected", "suspended", "revoked"];
export const failed = ({ seen }: Pick<InstallationView, "seen">): boolean => seen !== null && FAILED.includes(seen.state.state);

const shown = (at: number) => full(new Date(at), locale());
const fold = (text: string) => text.trim().toLowerCase();
const arrivedOf = (it: Installing) => it?.events.find(({ row }) => row.kind === "app.installed");
/** The version whose link is meant: as announced, else the published one. */
const meantOf = ({ announced, project }: Known): string => announced?.number || project?.published || "";

/** Whom a send went to: names of people, else the customer's. */
const sentTo = ({ contacts }: CaseSend, { customer }: Known): string => contacts.join("; ") || customer?.name || "";

/** The newest send to the customer: whether that link is the one in force, of the version that is meant and installed. */
function link(it: Installing, known: Known): Told {
  const { project, facts } = known;
  if (!project) return { state: "not_run", text: t("case.version_not_matched") };
  if (!facts) return { state: "not_run", text: t("case.looking") };
  const send = facts.sends[0];
  const meant = meantOf(known);
  if (!send) return { state: "not_run", text: t("case.link_unsent", { project: project.project.name }), todo: t("case.link_unsent_do") };
  const { number } = send;
  const told = (key: "case.link_replaced" | "case.link_other" | "case.link_unused" | "case.link_right") => {
    const more = { number, meant, installed: it?.listed.version ?? "" };
    return { text: t(key, { ...more, at: shown(send.by.at), to: sentTo(send, known) }), outside: t(key, { ...more, at: moment(send.by.at), to: known.customer?.name ?? "" }) };
  };
  if (it?.listed.version && it.listed.version !== number) return { state: "warn", ...told("case.link_unused"), todo: t("case.link_send_do", { number: meant || number }) };
  if (send.superseded) return { state: "warn", ...told("case.link_replaced"), todo: t("case.link_send_do", { number: meant || number }) };
  if (meant && meant !== number) return { state: "warn", ...told("case.link_other"), todo: t("case.link_send_do", { number: meant }) };
  return { state: "pass", ...told("case.link_right") };
}

function version(it: Installing, known: Known): Told {
  const { project } = known;
  const number = it?.listed.version;
  if (!project) return { state: "not_run", text: t("case.version_not_matched") };
  if (!number) return { state: "not_run", text: t("case.version_untold") };
  if (!project.versions.some((known) => known.number === number)) return { state: "warn", text: t("case.version_unknown", { number }) };
  const meant = meantOf(known);
  if (meant && meant !== number) {
    const announced = known.announced?.number === meant;
    return { state: "warn", text: announced ? t("case.version_announced", { number, meant }) : t("case.version_other", { number, published: meant }) };
  }
  return { state: "pass", text: t("case.version_right", { number }) };
}

function approved(it: Installing, known: Known): Told {
  const { project, accounts, customer } = known;
  const names = [it?.listed.account, it?.account_id, customer?.account].filter((name) => name !== undefined).map(fold);
  const exempt = accounts.find(({ name }) => names.includes(fold(name)));
  if (exempt) return { state: "pass", text: t(exempt.owner === "own" ? "case.approved_own" : "case.approved_talkdesk", { account: exempt.name }) };
  const number = it?.listed.version || meantOf(known);
  const track = project?.versions.find((known) => known.number === number)?.tracks.find(({ track }) => track === "technical");
  if (!track) return { state: "not_run", text: t("case.approved_untold") };
  if (track.state === "approved") return { state: "pass", text: t("case.approved_yes") };
  return { state: "fail", text: t("case.approved_no", { state: t(`state.${track.state}`) }) };
}

/** Talkdesk names nobody's rights: what is known is whether the account let the install take place, and who was to do it. */
function rights(it: Installing, known: Known): Told {
  if (arrivedOf(it)) return { state: "pass", text: t("case.rights_installed") };
  const account = it?.listed.account || known.customer?.account || known.customer?.name || "";
  const todo = t("case.rights_ask");
  if (it && failed(it) && it.seen?.state.reason) {
    return { state: "warn", text: t("case.rights_reason", { state: stateWord(it.seen.state.state), reason: it.seen.state.reason }), todo };
  }
  const to = known.facts?.sends[0]?.contacts.join("; ");
  return to ? { state: "not_run", text: t("case.rights_sent", { to, account }), outside: t("case.rights_untold"), todo } : { state: "not_run", text: t("case.rights_untold"), todo };
}

function region(it: Installing, { customer, announced }: Known): Told {
  const entered = announced?.details.region || customer?.region || "";
  if (!it) return { state: "not_run", text: entered ? t("case.region_entered", { entered }) : t("case.region_untold") };
  const gateway = it.root.replace("https://", "");
  if (!it.listed.region) return { state: "warn", text: t("case.region_unknown", { gateway }) };
  if (entered && fold(entered) !== fold(it.listed.region)) return { state: "warn", text: t("case.region_other", { gateway, region: it.listed.region, entered }) };
  return { state: "pass", text: t("case.region_same", { gateway, region: it.listed.region }) };
}

/** Whether the event of the install came, how, what the app behind the relay said to it; and what came that is not believed. */
function callback(it: Installing, { facts, passed }: Known): Told {
  const arrived = arrivedOf(it);
  if (arrived) {
    const how = t(`events.received.${arrived.row.received}`);
    const relayed = passed?.find(({ event }) => event === arrived.row.id);
    if (!relayed?.last) return { state: "pass", text: t("case.callback_arrived", { how }) };
    if (relayed.state === "taken") return { state: "pass", text: t("case.callback_answered", { how, answer: answerText(relayed.last) }) };
    return { state: "fail", text: t("case.callback_not_taken", { how, answer: wordOf(relayed.last), n: relayed.tries }), todo: t("case.callback_not_taken_do") };
  }
  const refused = facts?.refused[0];
  if (refused) {
    const why = [t(`events.step.${refused.failed.step}`), refused.failed.reason && t(`events.fault.${refused.failed.reason}`)].filter(Boolean).join(": ");
    const told = (at: string) => t("case.callback_refused", { kind: refused.kind || "–", at, why });
    return { state: "fail", text: told(shown(refused.at)), outside: told(moment(refused.at)), todo: t("case.callback_refused_do") };
  }
  return { state: it ? "warn" : "not_run", text: t(it ? "case.callback_missing" : "case.callback_nothing"), todo: t("case.callback_missing_do") };
}

function state(it: Installing): Told {
  if (!it) return { state: "not_run", text: t("case.state_no_installation") };
  if (!it.seen) return { state: "not_run", text: t("case.state_not_seen") };
  const { state, reason } = it.seen.state;
  const word = stateWord(state);
  if (failed(it)) return { state: "fail", text: reason ? t("case.state_failed_reason", { state: word, reason }) : t("case.state_failed", { state: word }) };
  return { state: state === "completed" ? "pass" : "warn", text: t("case.state_is", { state: word }) };
}

/** Each check, in the order in which they are gone through. What cannot be told was not run. */
export function caseChecks(it: Installing, known: Known): CaseCheck[] {
  const told: Record<CaseCode, Told> = {
    link: link(it, known),
    version: version(it, known),
    approved: approved(it, known),
    rights: rights(it, known),
    region: region(it, known),
    callback: callback(it, known),
    state: state(it),
  };
  return CASE_CHECKS.map((code) => ({ code, ...told[code] }));
}

/** The first of them that is wrong, which an outcome begins with. */
export const causeOf = (checks: readonly CaseCheck[]): CaseCause | null =>
  (checks.find(({ state }) => state === "fail") ?? checks.find(({ state }) => state === "warn"))?.code ?? null;

/** What Talkdesk has to know of an install that nothing came of: what was announced, and what was looked at. */
export const announcedRows = ({ account, number, details, opened }: CaseView, checks: readonly CaseCheck[]): DiagnosisRow[] => [
  [t("case.account"), account || undefined],
  [t("diagnosis.version"), number || undefined],
  [t("case.region"), details.region || undefined],
  [t("case.announced"), moment(opened.at)],
  ...checkRows(checks),
];

const checkRows = (checks: readonly CaseCheck[]): DiagnosisRow[] =>
  checks.map(({ code, state, text, outside }): DiagnosisRow => [t(`case.check_${code}`), `${t(`case.result_${state}`)}. ${outside ?? text}`]);

/** What is done with an installation, and has its help where it is done. */
export const INSTALLATION_STEPS = ["match", "answer", "token", "received", "deployed", "in_use", "acknowledge"] as const;
export type InstallationStep = (typeof INSTALLATION_STEPS)[number];

/** The most events that a diagnosis names. */
const EVENTS = 10;

/** What Talkdesk has to know of an installation: ids, versions, states and times. Nothing in it opens anything. */
export function caseRows(it: InstallationView, checks: readonly CaseCheck[]): DiagnosisRow[] {
  const { listed, seen, sets, events, deadlines } = it;
  const set = sets[0];
  return [
    [t("case.installation"), it.talkdesk_id],
    [t("case.account"), [listed.account, it.account_id].filter(Boolean).join(", ")],
    [t("case.app_id"), it.app_id],
    [t("diagnosis.version"), listed.version || undefined],
    [t("case.region"), [listed.region, it.root].filter(Boolean).join(", ")],
    [t("case.state"), seen ? [seen.state.state, seen.state.reason, seen.state.updated_at && moment(seen.state.updated_at), t("case.read_at", { at: moment(seen.by.at) })].filter(Boolean).join(", ") : undefined],
    ...deadlines.filter(({ state }) => state === "open").map(({ kind, event, until }): DiagnosisRow => [t("case.waits"), `${kind} ${event}, ${moment(until)}`]),
    [t("case.key"), set && [set.set.key_id, set.set.key_algorithm, moment(set.since)].filter(Boolean).join(", ")],
    [t("case.token"), set?.private_key_jwt ? `private_key_jwt, ${moment(set.private_key_jwt.at)}` : set?.basic ? `HTTP Basic, ${moment(set.basic.at)}` : undefined],
    ...events.slice(0, EVENTS).map(({ row }): DiagnosisRow => [row.kind, `${row.id}, ${moment(row.happened_at)}`]),
    ...checkRows(checks),
  ];
}
