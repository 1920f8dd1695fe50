/**
 * Why an install fails: what can be told of it from what is here, and what a person has to ask.
 *
 * Only a version whose technical track is approved can be installed, except on the partner's own accounts and
 * Talkdesk's (D/creating-managing-app-versions); the states are Talkdesk's words (OAS).
 */
import type { Account, CheckState, Customer, InstallationView, ProjectView } from "$ipc/types.ts";
import { t } from "$texts";
import { stateWord } from "../../views/deadline.ts";
import { moment, type DiagnosisRow } from "../../views/tickets/ticket.ts";

export const CASE_CHECKS = ["version", "approved", "rights", "region", "callback", "state"] as const;
export type CaseCode = (typeof CASE_CHECKS)[number];

export interface CaseCheck {
  code: CaseCode;
  state: CheckState;
  /** What is told of it. */
  text: string;
}

export interface Known {
  /** Its project, where somebody said which. */
  project?: ProjectView;
  /** Its customer, where somebody said who. */
  customer?: Customer;
  accounts: readonly Account[];
}

/** Talkdesk's words for an install that did not go well. */
const FAILED: readonly string[] = ["failed", "timeout", "rejected", "suspended", "revoked"];
export const failed = ({ seen }: InstallationView): boolean => seen !== null && FAILED.includes(seen.state.state);

const fold = (text: string) => text.trim().toLowerCase();

function version({ listed }: InstallationView, { project }: Known): Omit<CaseCheck, "code"> {
  const number = listed.version;
  if (!project) return { state: "not_run", text: t("case.version_not_matched") };
  if (!number) return { state: "not_run", text: t("case.version_untold") };
  if (!project.versions.some((known) => known.number === number)) return { state: "warn", text: t("case.version_unknown", { number }) };
  if (project.published && project.published !== number) return { state: "warn", text: t("case.version_other", { number, published: project.published }) };
  return { state: "pass", text: t("case.version_right", { number }) };
}

function approved({ listed, account_id }: InstallationView, { project, accounts }: Known): Omit<CaseCheck, "code"> {
  const exempt = accounts.find(({ name }) => fold(name) === fold(listed.account) || fold(name) === fold(account_id));
  if (exempt) return { state: "pass", text: t(exempt.owner === "own" ? "case.approved_own" : "case.approved_talkdesk", { account: exempt.name }) };
  const track = project?.versions.find(({ number }) => number === listed.version)?.tracks.find(({ track }) => track === "technical");
  if (!track) return { state: "not_run", text: t("case.approved_untold") };
  if (track.state === "approved") return { state: "pass", text: t("case.approved_yes") };
  return { state: "fail", text: t("case.approved_no", { state: t(`state.${track.state}`) }) };
}

function region({ listed, root }: InstallationView, { customer }: Known): Omit<CaseCheck, "code"> {
  const gateway = root.replace("https://", "");
  if (!listed.region) return { state: "warn", text: t("case.region_unknown", { gateway }) };
  if (customer?.region && fold(customer.region) !== fold(listed.region)) return { state: "warn", text: t("case.region_other", { gateway, region: listed.region, entered: customer.region }) };
  return { state: "pass", text: t("case.region_same", { gateway, region: listed.region }) };
}

function callback({ events }: InstallationView): Omit<CaseCheck, "code"> {
  const arrived = events.find(({ row }) => row.kind === "app.installed");
  if (!arrived) return { state: "warn", text: t("case.callback_missing") };
  return { state: "pass", text: t("case.callback_arrived") };
}

function state(it: InstallationView): Omit<CaseCheck, "code"> {
  if (!it.seen) return { state: "not_run", text: t("case.state_not_seen") };
  const { state, reason } = it.seen.state;
  const word = stateWord(state);
  if (failed(it)) return { state: "fail", text: reason ? t("case.state_failed_reason", { state: word, reason }) : t("case.state_failed", { state: word }) };
  return { state: state === "completed" ? "pass" : "warn", text: t("case.state_is", { state: word }) };
}

/** Each check, in the order in which they are gone through. What cannot be told was not run. */
export function caseChecks(it: InstallationView, known: Known): CaseCheck[] {
  const told: Record<CaseCode, Omit<CaseCheck, "code">> = {
    version: version(it, known),
    approved: approved(it, known),
    rights: { state: "not_run", text: t("case.rights_ask") },
    region: region(it, known),
    callback: callback(it),
    state: state(it),
  };
  return CASE_CHECKS.map((code) => ({ code, ...told[code] }));
}

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
    ...checks.map(({ code, state, text }): DiagnosisRow => [t(`case.check_${code}`), `${t(`case.result_${state}`)}. ${text}`]),
  ];
}
