/** What needs someone: its words, its sign, and the place where it is done. */
import CalendarClock from "@lucide/svelte/icons/calendar-clock";
import CircleX from "@lucide/svelte/icons/circle-x";
import FileText from "@lucide/svelte/icons/file-text";
import Hourglass from "@lucide/svelte/icons/hourglass";
import KeyRound from "@lucide/svelte/icons/key-round";
import Link from "@lucide/svelte/icons/link";
import MessageSquareWarning from "@lucide/svelte/icons/message-square-warning";
import OctagonX from "@lucide/svelte/icons/octagon-x";
import PackageCheck from "@lucide/svelte/icons/package-check";
import Send from "@lucide/svelte/icons/send";
import ServerOff from "@lucide/svelte/icons/server-off";
import Store from "@lucide/svelte/icons/store";
import Ticket from "@lucide/svelte/icons/ticket";
import Timer from "@lucide/svelte/icons/timer";
import Unplug from "@lucide/svelte/icons/unplug";
import UsersRound from "@lucide/svelte/icons/users-round";
import WalletCards from "@lucide/svelte/icons/wallet-cards";
import type { LucideIcon } from "@lucide/svelte";
import type { Body, MemberId, Need, NeedKind } from "$ipc/types.ts";
import { changeInstallation, changeProject, changeWorkspace } from "$lib/change.ts";
import { clock } from "$lib/clock.svelte.ts";
import { openInstall } from "$lib/install.svelte.ts";
import { go } from "$lib/router.svelte.ts";
import { t } from "$texts";
import { answerTo } from "./deadline.ts";
import type { Tone } from "../parts/tone.ts";
import type { Route } from "../screens/routes.ts";

export const needIcons: Readonly<Record<NeedKind, LucideIcon>> = {
  rejected: MessageSquareWarning,
  overdue: Hourglass,
  answer_talkdesk: PackageCheck,
  rotation: KeyRound,
  stopped: OctagonX,
  delivery_failing: ServerOff,
  delivery_given_up: ServerOff,
  document: FileText,
  ticket: Ticket,
  approve_go_live: CalendarClock,
  confirm_live: Store,
  items_to_settle: CircleX,
  no_link: Link,
  ready_to_submit: Send,
  uninstalled: Unplug,
  trial_ending: Timer,
  trial: Timer,
  rotated: KeyRound,
  plan: WalletCards,
  users: UsersRound,
};

export const needTones: Readonly<Record<NeedKind, Tone>> = {
  rejected: "bad",
  overdue: "warn",
  answer_talkdesk: "warn",
  rotation: "warn",
  stopped: "bad",
  delivery_failing: "bad",
  delivery_given_up: "bad",
  document: "warn",
  ticket: "warn",
  approve_go_live: "warn",
  confirm_live: "idle",
  items_to_settle: "bad",
  no_link: "idle",
  ready_to_submit: "idle",
  uninstalled: "bad",
  trial_ending: "warn",
  trial: "idle",
  rotated: "warn",
  plan: "idle",
  users: "idle",
};

/** The names are each thing's own within what it is about. */
export const needId = ({ key, installation }: Need): string => [installation, key].filter(Boolean).join(" ");

/** News is marked as seen, and that is all that it asks for. */
const newsKinds: readonly NeedKind[] = ["uninstalled", "rotated", "plan", "trial", "users"];
export const isNews = ({ kind }: Pick<Need, "kind">): boolean => newsKinds.includes(kind);

/** What is told of an installation, apart from what has words and a button of its own. */
type Alerted = "stopped" | "uninstalled" | "trial_ending" | "trial" | "rotated" | "plan" | "users";
const hasPlace = (kind: NeedKind): kind is Exclude<NeedKind, Alerted> => kind !== "stopped" && kind !== "trial_ending" && !isNews({ kind });

const DAY = 24 * 60 * 60 * 1_000;

/** How pressing its date is: over, or within three days; nothing where there is none, or time. */
export function needLate({ due }: Need, now: number): "bad" | "warn" | undefined {
  if (due === null) return undefined;
  return due <= now ? "bad" : due - now < 3 * DAY ? "warn" : undefined;
}

/** Whether it can be put off: a deadline is back in its last day; that someone waited for too long is none. */
export function canRest({ kind, due }: Need, now: number): boolean {
  return due === null || kind === "overdue" || kind === "ticket" || due - now > DAY;
}

const trialOf = (alert: Need["alert"]) => (alert?.word === "app.trial_extended" ? "extended" : alert?.word === "app.trial_ended" ? "ended" : "started");

export function needTitle({ kind, count, due, alert }: Need): string {
  if (kind === "items_to_settle" || kind === "delivery_failing" || kind === "delivery_given_up") return t(`need.${kind}`, { n: count });
  if (kind === "trial_ending") return t(due !== null && due <= clock.now ? "need.trial_over" : "need.trial_ending");
  if (kind === "stopped") return t(alert?.word === "suspended" ? "need.stopped_suspended" : "need.stopped_failed");
  if (kind === "trial") return t(`need.trial_${trialOf(alert)}`);
  if (kind === "users" && alert) return [alert.count && t("need.users_added", { n: alert.count }), alert.gone && t("need.users_removed", { n: alert.gone })].filter(Boolean).join(", ");
  if (kind === "rotation" && alert?.text === "compromised") return t("need.rotation_compromised");
  if (kind === "document") return t(due !== null && due <= clock.now ? "need.document_over" : "need.document");
  if (kind === "rejected") return count > 0 ? t("need.rejected", { n: count }) : t("need.rejected_none");
  return t(`need.${kind}`);
}

export function needNote({ kind, name, number, track, alert }: Need): string {
  const which = { name, number };
  if (!hasPlace(kind)) {
    // Talkdesk's and the customer's own words stand as they came.
    const word = kind === "uninstalled" && alert?.word;
    const seats = kind === "plan" && alert && alert.count > 0 && t("need.seats", { n: alert.count });
    return [name, word, alert?.text, seats].filter(Boolean).join(" · ");
  }
  if (kind === "rejected" || kind === "ready_to_submit") {
    return t(`need.${kind}_sub`, { ...which, track: track ? t(`track.${track}`) : "" });
  }
  if (kind === "answer_talkdesk") return t(`need.answer_talkdesk_sub_${answerTo(number)}`, { name });
  return t(`need.${kind}_sub`, which);
}

/** Where it is done; without a place of its own it is the install dialog. */
export function needPlace({ kind, project, version, run, ticket, document, installation }: Need): Route | undefined {
  if (installation) return { name: "installations", installation };
  if (ticket) return { name: "workspace", ticket };
  if (document) return { name: "workspace", document };
  if ((kind === "delivery_failing" || kind === "delivery_given_up") && project) return { name: "events", arriving: project };
  if (kind === "no_link" || !project || !version) return undefined;
  if (kind === "items_to_settle" && run) return { name: "run", run };
  return { name: kind === "ready_to_submit" ? "version" : "review", project, version };
}

/** What the button that leads there says. */
export const goText = ({ kind }: Need): string =>
  hasPlace(kind) ? t(`need.${kind}_go`) : t("need.answer_talkdesk_go");

export function doNeed(need: Need): void {
  const place = needPlace(need);
  if (place) void go(place);
  else if (need.project && need.version) openInstall({ project: need.project, version: need.version });
}

/** Changes what a need is about: a version's project, an installation, the workspace. */
function changeOf({ installation, project, version, ticket, document }: Need, body: Body): Promise<unknown> {
  if (installation) return changeInstallation(installation, body);
  return project && version && !ticket && !document ? changeProject(project, body) : changeWorkspace(body);
}

/** Says who looks after it, and after all else that it is about. */
export function assignNeed(need: Need, to: MemberId | null): Promise<unknown> {
  const { installation, project, version, ticket, document } = need;
  if (installation) return changeOf(need, { kind: "alert.assign", args: { about: { kind: "installation" }, to } });
  if (ticket) return changeOf(need, { kind: "alert.assign", args: { about: { kind: "ticket", ticket }, to } });
  if (document) return changeOf(need, { kind: "alert.assign", args: { about: { kind: "document", document }, to } });
  return project && version ? changeOf(need, { kind: "version.assign", args: { version, to } }) : Promise.resolve();
}

/** Puts it off until a day, for everyone; with none it is back. */
export const snoozeNeed = (need: Need, until: string | null): Promise<unknown> => changeOf(need, { kind: "alert.snooze", args: { alert: need.key, until } });

/** Marks what happened as seen. */
export const seeNeed = (need: Need): Promise<unknown> => changeOf(need, { kind: "alert.mark", args: { events: need.alert?.events ?? [], seen: true } });
