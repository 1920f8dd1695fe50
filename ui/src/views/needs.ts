/** What needs someone: its words, its sign, and the place where it is done. */
import CalendarClock from "@lucide/svelte/icons/calendar-clock";
import CircleX from "@lucide/svelte/icons/circle-x";
import FileText from "@lucide/svelte/icons/file-text";
import Hourglass from "@lucide/svelte/icons/hourglass";
import KeyRound from "@lucide/svelte/icons/key-round";
import Link from "@lucide/svelte/icons/link";
import MessageSquareWarning from "@lucide/svelte/icons/message-square-warning";
import PackageCheck from "@lucide/svelte/icons/package-check";
import Send from "@lucide/svelte/icons/send";
import Store from "@lucide/svelte/icons/store";
import Ticket from "@lucide/svelte/icons/ticket";
import type { LucideIcon } from "@lucide/svelte";
import type { Need, NeedKind } from "$ipc/types.ts";
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
  document: FileText,
  ticket: Ticket,
  approve_go_live: CalendarClock,
  confirm_live: Store,
  items_to_settle: CircleX,
  no_link: Link,
  ready_to_submit: Send,
};

export const needTones: Readonly<Record<NeedKind, Tone>> = {
  rejected: "bad",
  overdue: "warn",
  answer_talkdesk: "warn",
  rotation: "warn",
  document: "warn",
  ticket: "warn",
  approve_go_live: "warn",
  confirm_live: "idle",
  items_to_settle: "bad",
  no_link: "idle",
  ready_to_submit: "idle",
};

/** One version can need the same thing for each track or run. */
export const needId = ({ kind, version, track, run, document, ticket, installation }: Need): string => [kind, version, track, run, document, ticket, installation].join(" ");

const DAY = 24 * 60 * 60 * 1_000;

/** How pressing its date is: over, or within three days; nothing where there is none, or time. */
export function needLate({ due }: Need, now: number): "bad" | "warn" | undefined {
  if (due === null) return undefined;
  return due <= now ? "bad" : due - now < 3 * DAY ? "warn" : undefined;
}

export function needTitle({ kind, count, due }: Need): string {
  if (kind === "items_to_settle") return t("need.items_to_settle", { n: count });
  if (kind === "document") return t(due !== null && due <= clock.now ? "need.document_over" : "need.document");
  if (kind === "rejected") return count > 0 ? t("need.rejected", { n: count }) : t("need.rejected_none");
  return t(`need.${kind}`);
}

export function needNote({ kind, name, number, track }: Need): string {
  const which = { name, number };
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
  if (kind === "no_link" || !project || !version) return undefined;
  if (kind === "items_to_settle" && run) return { name: "run", run };
  return { name: kind === "ready_to_submit" ? "version" : "review", project, version };
}

export function doNeed(need: Need): void {
  const place = needPlace(need);
  if (place) void go(place);
  else if (need.project && need.version) openInstall({ project: need.project, version: need.version });
}
