/** What happened, in words: a command as people tell it, and the place that it is about. */
import Building2 from "@lucide/svelte/icons/building-2";
import Contact from "@lucide/svelte/icons/contact";
import BookOpen from "@lucide/svelte/icons/book-open";
import ExternalLink from "@lucide/svelte/icons/external-link";
import FileText from "@lucide/svelte/icons/file-text";
import KeyRound from "@lucide/svelte/icons/key-round";
import LayoutGrid from "@lucide/svelte/icons/layout-grid";
import Link from "@lucide/svelte/icons/link";
import ListChecks from "@lucide/svelte/icons/list-checks";
import Mail from "@lucide/svelte/icons/mail";
import MessageSquare from "@lucide/svelte/icons/message-square";
import MessageSquareQuote from "@lucide/svelte/icons/message-square-quote";
import MessageSquareText from "@lucide/svelte/icons/message-square-text";
import Milestone from "@lucide/svelte/icons/milestone";
import PackageCheck from "@lucide/svelte/icons/package-check";
import Pencil from "@lucide/svelte/icons/pencil";
import RadioTower from "@lucide/svelte/icons/radio-tower";
import ShieldCheck from "@lucide/svelte/icons/shield-check";
import Hourglass from "@lucide/svelte/icons/hourglass";
import Ticket from "@lucide/svelte/icons/ticket";
import type { LucideIcon } from "@lucide/svelte";
import type { ActivityView, ActivityWanted, Body, Outcome, TrackName, Verdict } from "$ipc/types.ts";
import { shortDay } from "$lib/day.ts";
import { locale, t, type Key } from "$texts";
import type { Route } from "../screens/routes.ts";
import { stateWord } from "./deadline.ts";
import { evidenceName } from "./evidence.ts";
import { redactedText } from "./redacted.ts";

/** No filter at all. */
export const EVERYTHING: ActivityWanted = { project: null, person: null, kinds: [], from: null, to: null, words: [] };

const icons: Readonly<Record<string, LucideIcon>> = {
  workspace: Building2,
  account: Building2,
  member: Contact,
  customer: Contact,
  document: FileText,
  page: BookOpen,
  ticket: Ticket,
  case: Hourglass,
  message: Mail,
  comment: MessageSquareText,
  external: ExternalLink,
  template: ListChecks,
  step: Milestone,
  project: LayoutGrid,
  version: Pencil,
  review: MessageSquareQuote,
  check: ShieldCheck,
  finding: MessageSquare,
  link: Link,
  run: ListChecks,
  event: RadioTower,
  installation: PackageCheck,
  credentials: KeyRound,
};

export const activityIcon = ({ command }: ActivityView): LucideIcon => icons[command.kind.split(".")[0] ?? ""] ?? Pencil;

/** A result is told by its glyph as well. */
export function activityState({ command, known }: ActivityView): Outcome | undefined {
  const body = { kind: command.kind, args: command.args } as Body;
  return known && body.kind === "run.set_result" ? body.args.outcome : undefined;
}

const tracksOf = (tracks: readonly TrackName[]): string => {
  const [first, second] = tracks.map((track) => t(`part.${track}`));
  return first && second ? t("activity.tracks", { first, second }) : (first ?? "");
};

const outcomeOf = (outcome: Verdict): string => t(`activity.${outcome}`);

/** Texts of people are told in one line, and not at length. */
const MOST = 120;
const line = (text: string): string => {
  const flat = text.replace(/\s+/g, " ").trim();
  const letters = [...flat];
  return letters.length > MOST ? `${letters.slice(0, MOST - 1).join("")}…` : flat;
};

export function activityText(view: ActivityView): string {
  const { command, known, redacted } = view;
  // The engine has read it as a command that this version knows.
  const text = known ? told({ kind: command.kind, args: command.args } as Body, view.version ?? "") : t("activity.unknown", { kind: command.kind });
  return redacted ? `${text} · ${redactedText(redacted)}` : text;
}

/** A change in words, as the activity tells it. */
export const bodyText = (body: Body): string => told(body, "");

function told(body: Body, number: string): string {
  switch (body.kind) {
    case "workspace.create":
      return t("activity.workspace_create", { name: body.args.name });
    case "workspace.rename":
      return t("activity.workspace_rename", { name: body.args.name });
    case "workspace.set_addresses":
      return t("activity.workspace_set_addresses");
    case "workspace.set_policies":
      return t("activity.workspace_set_policies");
    case "account.set":
      return t("activity.account_set", { name: body.args.account.name });
    case "account.remove":
      return t("activity.account_remove");
    case "member.enter":
      return t("activity.member_enter", { name: body.args.name });
    case "member.set_absence":
      return t("activity.member_absence");
    case "member.set_mail":
      return t("activity.member_mail");
    case "member.leave":
      return t("activity.member_leave");
    case "member.rename":
      return t("activity.member_rename", { name: body.args.name });
    case "customer.set":
      return t("activity.customer_set", { name: body.args.details.name });
    case "customer.remove":
      return t("activity.customer_remove");
    case "secret.note_reveal":
      return t(body.args.copied ? "activity.secret_copied" : "activity.secret_shown", { secret: t(`vault.kind.${body.args.secret}`), of: body.args.of });
    case "document.set":
      return t("activity.document_set", { name: body.args.details.name });
    case "document.remove":
      return t("activity.document_remove");
    case "page.set":
      return t("activity.page_set", { name: body.args.details.title });
    case "page.remove":
      return t("activity.page_remove");
    case "page.mark_read":
      return t(body.args.read ? "activity.page_read" : "activity.page_unread");
    case "ticket.set":
      return t("activity.ticket_set", { name: [body.args.details.number, body.args.details.subject].filter(Boolean).join(" ") });
    case "ticket.letter":
      return t(`activity.ticket_letter_${body.args.from}`);
    case "ticket.take_back":
      return t("activity.ticket_take_back");
    case "ticket.set_closed":
      return t(body.args.closed ? "activity.ticket_close" : "activity.ticket_open");
    case "ticket.remove":
      return t("activity.ticket_remove");
    case "case.set":
      return t("activity.case_set");
    case "case.join":
      return t(body.args.installation ? "activity.case_join" : "activity.case_leave");
    case "case.set_end":
      if (!body.args.end) return t("activity.case_reopen");
      return t(body.args.end.works ? "activity.case_works" : "activity.case_given_up");
    case "case.remove":
      return t("activity.case_remove");
    case "message.set":
      return t("activity.message_set", { name: body.args.details.name });
    case "message.remove":
      return t("activity.message_remove");
    case "template.add": {
      const { name = "", version = 1 } = body.args.template as { name?: string; version?: number };
      return version > 1 ? t("activity.template_next", { name, version }) : t("activity.template_add", { name });
    }
    case "step.set": {
      const step = t(`process.step.${body.args.step}` as Extract<Key, `process.step.${string}`>);
      return t(body.args.done ? "activity.step_done" : "activity.step_open", { step });
    }
    case "project.create":
      return t("activity.project_create", { name: body.args.details.name });
    case "project.edit":
      return t("activity.project_edit", { name: body.args.details.name });
    case "project.set_archived":
      return t(body.args.archived ? "activity.project_archive" : "activity.project_restore");
    case "version.create":
      return t("activity.version_create", { number: body.args.number });
    case "version.edit":
      return t("activity.version_edit", { number: body.args.number || number });
    case "version.set_field": {
      const field = t(`field.${body.args.field}.label`);
      return t(body.args.value === null ? "activity.field_clear" : "activity.field_set", { field });
    }
    case "project.set_app":
      return t(body.args.app ? "activity.project_set_app" : "activity.project_unset_app");
    case "version.assign":
      return t(body.args.to ? "activity.version_assign" : "activity.version_unassign", { number: number || t("activity.a_version") });
    case "version.discard":
      return t("activity.version_discard", { number: number || t("activity.a_version") });
    case "version.restore":
      return t("activity.version_restore", { number: number || t("activity.a_version") });
    case "version.rebase":
      return t("activity.version_rebase", { number: number || t("activity.a_version") });
    case "version.unlock":
      return t("activity.version_unlock", { part: t(`part.${body.args.part}`), reason: line(body.args.reason) });
    case "version.mark_carried":
      return t("activity.version_mark_carried", { n: body.args.fields.length });
    case "version.unmark_carried":
      return t("activity.version_unmark_carried", { n: body.args.fields.length });
    case "review.mark_submitted":
      return t("activity.review_mark_submitted", { tracks: tracksOf(body.args.tracks) });
    case "review.withdraw":
      return t("activity.review_withdraw", { tracks: tracksOf([body.args.track]) });
    case "review.record_answer":
      return t("activity.review_record_answer", { tracks: tracksOf(body.args.tracks), outcome: outcomeOf(body.args.outcome) });
    case "review.correct_answer":
      return t("activity.review_correct_answer", { tracks: tracksOf([body.args.track]), outcome: outcomeOf(body.args.outcome) });
    case "review.record_go_live":
      return t("activity.review_record_go_live", { date: shortDay(body.args.date, locale(), Date.now()) });
    case "review.approve_go_live":
      return t("activity.review_approve_go_live");
    case "review.confirm_live":
      return t("activity.review_confirm_live");
    case "review.set_listed":
      return t(body.args.listed ? "activity.review_listed" : "activity.review_delisted");
    case "check.record":
      return t("activity.check_record");
    case "test.record":
      return t(`activity.test_record_${body.args.report.signer}`);
    case "sso.record":
      return t(body.args.report.signed_in ? "activity.sso_signed_in" : "activity.sso_not_signed_in");
    case "check.waive":
      return t("activity.check_waive", { check: t(`check.${body.args.check}`), reason: line(body.args.reason) });
    case "check.unwaive":
      return t("activity.check_unwaive", { check: t(`check.${body.args.check}`) });
    case "finding.add":
      return t("activity.finding_add", { text: line(body.args.finding.text) || t("redact.gone") });
    case "finding.reply":
      return t("activity.finding_reply", { text: line(body.args.reply) });
    case "finding.set_status":
      return t(`activity.finding_${body.args.status}`);
    case "finding.attach":
      return t("activity.finding_attach", { name: body.args.file.name });
    case "finding.detach":
      return t("activity.finding_detach");
    case "link.record":
      return t("activity.link_record");
    case "link.note_use":
      return t(`activity.link_${body.args.kind}`);
    case "comment.add":
    case "comment.edit":
      // Blanked since: it carries no words any more.
      if (!body.args.text) return t("activity.comment_blank");
      return t(body.kind === "comment.add" ? "activity.comment_add" : "activity.comment_edit", { text: line(body.args.text) });
    case "comment.delete":
      return t("activity.comment_delete");
    case "comment.resolve":
      return t(body.args.resolved ? "activity.comment_resolve" : "activity.comment_reopen");
    case "comment.see":
      return t("activity.comment_see");
    case "comment.redact":
      return t("activity.comment_redact", { reason: line(body.args.reason) });
    case "words.redact":
      return t("activity.words_redact", { reason: line(body.args.reason) });
    case "external.add":
    case "external.edit":
      return t(body.kind === "external.add" ? "activity.external_add" : "activity.external_edit", { name: body.args.key || body.args.url });
    case "external.remove":
      return t("activity.external_remove");
    case "run.start":
      return t("activity.run_start");
    case "run.take_template":
      return t("activity.run_take_template", { version: body.args.template_version });
    case "run.set_tested":
      return t("activity.run_set_tested");
    case "run.set_result": {
      const { item, outcome, reason } = body.args;
      if (outcome === "not_applicable" && reason) return t("activity.run_not_applicable", { item, reason: line(reason) });
      return t("activity.run_set_result", { item, outcome: t(`activity.${outcome}`) });
    }
    case "run.fixed":
      return t("activity.run_fixed", { item: body.args.item, build: body.args.build });
    case "run.retest":
      return t("activity.run_retest", { n: body.args.items.length });
    case "run.note":
      return t("activity.run_note", { item: body.args.item });
    case "run.assign":
      return t("activity.run_assign", { n: body.args.items.length });
    case "run.attach":
      return t("activity.run_attach", { item: body.args.item, what: evidenceName(body.args.evidence) });
    case "run.detach":
      return t("activity.run_detach", { item: body.args.item });
    case "run.undo":
      return t("activity.run_undo", { item: body.args.item });
    case "run.sign":
      return t("activity.run_sign");
    case "event.take":
      return t("activity.event_take", { kind: body.args.event.what.type === "other" ? body.args.event.what.kind : body.args.event.what.type });
    case "installation.match":
      return t("activity.installation_match");
    case "installation.note_state":
      return t("activity.installation_state", { state: stateWord(body.args.state.state) });
    case "installation.answer": {
      const { word, after } = body.args;
      return word.word === "approve" ? t("activity.installation_approve", { state: stateWord(after.state) }) : t("activity.installation_reject", { reason: line(word.reason) });
    }
    case "credentials.note_token":
      return t("activity.credentials_token");
    case "credentials.note_deployed":
      return t("activity.credentials_deployed", { to: line(body.args.to) });
    case "credentials.note_in_use":
      return t(body.args.in_use ? "activity.credentials_in_use" : "activity.credentials_not_in_use");
    case "credentials.note_kept":
      return t("activity.credentials_kept");
    case "credentials.acknowledge":
      return t("activity.credentials_acknowledge");
    case "alert.assign":
      return t(body.args.to ? "activity.alert_assign" : "activity.alert_unassign");
    case "alert.snooze":
      return body.args.until ? t("activity.alert_snooze", { day: body.args.until }) : t("activity.alert_back");
    case "alert.mark":
      return t(body.args.seen ? "activity.alert_seen" : "activity.alert_unseen");
    case "credentials.ask_rotation":
      return body.args.compromised ? t("activity.credentials_compromised", { reason: line(body.args.reason) }) : t("activity.credentials_ask");
  }
}

/** The project and version it is about, as far as they are known. */
export const activityWhere = ({ project, version }: ActivityView): string => [project, version].filter(Boolean).join(" ");

/** Where it can be looked at. */
export function activityPlace({ command }: ActivityView): Route {
  const { aggregate, kind, args } = command;
  if (kind === "template.add") {
    const { template } = (args ?? {}) as { template?: { id?: string } };
    return template?.id ? { name: "template", template: template.id } : { name: "checklists" };
  }
  if (kind.startsWith("case.")) {
    const { case: id, installation } = (args ?? {}) as { case?: string; installation?: string };
    return installation ? { name: "installations", installation } : { name: "installations", case: id };
  }
  if (aggregate.kind === "workspace") return { name: kind.startsWith("customer.") ? "customers" : "workspace" };
  if (aggregate.kind === "installation") return { name: "installations", installation: aggregate.id };
  if (aggregate.kind === "run") {
    const { item } = (args ?? {}) as { item?: unknown };
    return { name: "run", run: aggregate.id, ...(typeof item === "string" ? { item } : {}) };
  }
  const project = aggregate.id;
  const { version } = (args ?? {}) as { version?: unknown };
  if (kind.startsWith("link.")) return { name: "project", project, tab: "links" };
  if (typeof version !== "string") return { name: "project", project };
  return { name: kind.startsWith("review.") || kind.startsWith("check.") || kind.startsWith("finding.") ? "review" : "version", project, version };
}

/** Everything that was decided about the version that it is about, where it is about one. */
export function dossierOf(entry: ActivityView): Route | undefined {
  const place = activityPlace(entry);
  return place.name === "version" || place.name === "review" ? { name: "dossier", project: place.project, version: place.version } : undefined;
}
