/**
 * What a report of a run says, as data: the JSON file is this itself, the other forms are drawn from it. Its shape is
 * described in docs/run-report.md; whoever changes it counts `version` up.
 */
import type { By, EntryView, Evidence, ItemStatus, ItemView, Outcome, RedactedView, RunView, Tested } from "$ipc/types.ts";
import { clock } from "$lib/clock.svelte.ts";
import { shortDay, today } from "$lib/day.ts";
import { session } from "$lib/session.svelte.ts";
import { locale, t } from "$texts";
import { evidenceName } from "../views/evidence.ts";
import { count, isDone, ORDER } from "../views/tally.ts";
import { csv } from "./csv.ts";

export interface Moment {
  by: string;
  at: string;
}

/** Who blanked words for good, and why. */
export interface Redacted extends Moment {
  reason: string;
}

/** A result, or a request to test again. */
export type Event = Moment &
  (
    | { type: "result"; outcome: Outcome; reason: string; tested: Tested }
    | { type: "fixed"; build: string }
    | { type: "retest"; because: string }
    | { type: "note"; text: string }
    | { type: "assigned"; to: string | null }
    /** The run took a version of its list in which the item has another text. */
    | { type: "reset"; before: string; template_version: number }
    | { type: "attached"; evidence: Evidence }
    | { type: "detached"; evidence: Evidence | null }
  ) & { undone?: true; redacted?: Redacted };

export interface ReportItem {
  id: string;
  text: string;
  help: string;
  required: boolean;
  status: ItemStatus;
  /** How it ended in the version before. */
  was: { status: ItemStatus; number: string; text_changed: boolean } | null;
  /** What stands: several where it is disputed. */
  standing: Event[];
  note: string;
  /** The note was blanked for good. */
  note_redacted?: Redacted;
  assignee: string | null;
  evidence_wanted: string | null;
  /** What stands as evidence; files by their hash. */
  evidence: (Moment & Evidence)[];
  /** Everything that happened, oldest first; where it was asked for. */
  history?: Event[];
}

export interface RunReport {
  format: "partner-console/checklist-run";
  version: 1;
  made_at: string;
  project: string;
  app_version: string;
  list: { name: string; version: number; kind: string; derived: boolean };
  tested: Tested;
  started: Moment;
  signed: Moment | null;
  total: number;
  done: number;
  counts: Record<ItemStatus, number>;
  sections: { name: string; items: ReportItem[] }[];
}

const iso = (at: number): string => new Date(at).toISOString();
const moment = ({ name, at }: By): Moment => ({ by: name, at: iso(at) });

const blanked = ({ by, reason }: RedactedView): Redacted => ({ ...moment(by), reason });

function event({ what, by, undone, redacted }: EntryView, _: number, all: readonly EntryView[]): Event {
  const common = { ...moment(by), ...(undone ? { undone: true as const } : {}), ...(redacted ? { redacted: blanked(redacted) } : {}) };
  switch (what.type) {
    case "result":
      return { type: "result", outcome: what.outcome, reason: what.reason, tested: what.tested, ...common };
    case "assigned":
      return { type: "assigned", to: what.to === null ? null : session.nameOf(what.to), ...common };
    case "detached": {
      const entry = all.find(({ id }) => id === what.entry)?.what;
      return { type: "detached", evidence: entry?.type === "attached" ? entry.evidence : null, ...common };
    }
    default:
      return { ...what, ...common };
  }
}

const reportItem = (item: ItemView, history: boolean): ReportItem => ({
  id: item.id,
  text: item.text,
  help: item.help,
  required: item.required,
  status: item.status,
  was: item.was,
  standing: item.standing.map(event),
  note: item.note,
  ...(item.note_redacted ? { note_redacted: blanked(item.note_redacted) } : {}),
  assignee: item.assignee === null ? null : session.nameOf(item.assignee),
  evidence_wanted: item.evidence,
  evidence: item.attached.map(({ what, by }) => ({ ...what, ...moment(by) })),
  ...(history ? { history: item.history.toReversed().map(event) } : {}),
});

export function runReport(view: RunView, { history, at }: { history: boolean; at: number }): RunReport {
  const counts = Object.fromEntries(ORDER.map((status) => [status, view.summary.counts[status] ?? 0])) as Record<ItemStatus, number>;
  return {
    format: "partner-console/checklist-run",
    version: 1,
    made_at: iso(at),
    project: view.project.name,
    app_version: view.version.number,
    list: { name: view.name, version: view.template_version, kind: view.kind, derived: view.derived },
    tested: view.tested,
    started: moment(view.started),
    signed: view.signed ? moment(view.signed) : null,
    total: view.summary.total,
    done: count(counts, isDone),
    counts,
    sections: view.sections.map(({ name, items }) => ({ name, items: items.map((item) => reportItem(item, history)) })),
  };
}

/** What stands in the place of blanked words. */
export const goneText = ({ by, at, reason }: Redacted): string =>
  t("redact.by", { name: by, day: shortDay(today(Date.parse(at)), locale(), clock.now), reason });

/** What stands, in words: *Pass*, *fixed in 1.3.0+413*, and why. */
export function eventText(event: Event): string {
  const gone = event.redacted && goneText(event.redacted);
  switch (event.type) {
    case "result": {
      const status = t(`state.${event.outcome}`);
      if (gone) return t("run.did_result_reason", { status, reason: gone });
      return event.reason ? t("run.did_result_reason", { status, reason: event.reason }) : status;
    }
    case "fixed":
      return t("run.did_fixed", { build: event.build });
    case "retest":
      if (gone) return t("run.did_retest_because", { because: gone });
      return event.because ? t("run.did_retest_because", { because: event.because }) : t("run.did_retest");
    case "note":
      if (gone) return t("run.did_note", { text: gone });
      return event.text ? t("run.did_note", { text: event.text }) : t("run.did_note_cleared");
    case "assigned":
      return event.to ? t("run.did_assigned", { name: event.to }) : t("run.did_unassigned");
    case "reset":
      return t("run.did_reset", { version: event.template_version, before: event.before });
    case "attached":
      return t("run.did_attached", { what: evidenceName(event.evidence) });
    case "detached":
      return t("run.did_detached");
  }
}

/** A piece of evidence in a line: a file by its name and the beginning of its hash, by which it is found again. */
export const evidenceLine = (evidence: Evidence): string =>
  (evidence.type === "file" ? [evidence.name, evidence.sha256.slice(0, 12)] : [evidence.title, evidence.url]).filter(Boolean).join(" · ");

/** A row an item. What stands side by side shares a cell. */
export function runCsv(report: RunReport, locale: string): string {
  const head = [
    t("report.section"),
    t("report.id"),
    t("report.item"),
    t("report.required"),
    t("run.result"),
    t("report.reason"),
    t("run.note"),
    t("report.by"),
    t("report.at"),
    t("run.tested_build"),
    t("run.tested_account"),
    t("run.tested_browser"),
    t("report.assignee"),
    t("report.evidence_wanted"),
    t("report.evidence"),
  ];
  const rows = report.sections.flatMap(({ name, items }) =>
    items.map((item) => {
      const { standing } = item;
      const each = (of: (event: Event) => string) => [...new Set(standing.map(of).filter(Boolean))].join("\n");
      const tested = (of: (tested: Tested) => string) => each((event) => (event.type === "result" ? of(event.tested) : ""));
      return [
        name,
        item.id,
        item.text,
        t(item.required ? "report.yes" : "report.no"),
        t(`state.${item.status}`),
        // Two who differ: who said what. A request to test again: why.
        item.status === "disputed" || item.status === "retest"
          ? each((event) => (item.status === "disputed" ? t("run.by", { name: event.by, what: eventText(event) }) : eventText(event)))
          : each((event) => (event.type === "result" ? event.reason : "")),
        item.note_redacted ? goneText(item.note_redacted) : item.note,
        each(({ by }) => by),
        each(({ at }) => at),
        tested(({ build }) => build),
        tested(({ account }) => account),
        tested(({ browser }) => browser),
        item.assignee ?? "",
        item.evidence_wanted ?? "",
        item.evidence.map(evidenceLine).join("\n"),
      ];
    }),
  );
  return csv([head, ...rows], locale);
}

export const runJson = (report: RunReport): string => `${JSON.stringify(report, null, 2)}\n`;
