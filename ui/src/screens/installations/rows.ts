/** The list of installations: its rows, announced installs among them, in their order and their groups. */
import type { CaseView, InstallationGroup, InstallationOrder, ListedInstallation } from "$ipc/types.ts";
import { locale, t } from "$texts";
import { dueOf, isAtOnce, standing } from "../../views/deadline.ts";
import type { State } from "$parts/states.ts";

export interface Row {
  /** Of the installation, or of the case. */
  id: string;
  /** The customer's, or the account's where nobody said whose it is. */
  name: string;
  account: string;
  project: string;
  version: string;
  region: string;
  stands: { glyph: State; word: string };
  plan: string;
  seats?: number;
  users?: number;
  /** When the trial ends, while it is not over. */
  trial?: number;
  /** The nearest date that somebody has to act by. */
  due?: number;
  /** That date is one of a set of credentials that is known to others: it counts nothing down. */
  atOnce: boolean;
  /** What changed last. */
  changed: number;
  /** An install that was announced and did not come. */
  waits: boolean;
}

export const rowOf = (of: ListedInstallation): Row => {
  const due = dueOf(of);
  return {
    id: of.id,
    name: of.customer_name || of.account,
    account: of.account,
    project: of.project_name,
    version: of.version,
    region: of.region,
    stands: standing(of),
    plan: of.plan?.name ?? "",
    seats: of.plan?.seats ?? undefined,
    users: of.users,
    trial: of.trial && !of.trial.over ? (of.trial.ends_at ?? undefined) : undefined,
    due,
    atOnce: isAtOnce(of),
    changed: of.updated_at,
    waits: false,
  };
};

export const rowOfCase = (of: CaseView): Row => ({
  id: of.id,
  name: of.customer || of.account,
  account: of.account,
  project: of.project,
  version: of.number,
  region: of.details.region,
  stands: { glyph: "todo", word: t("case.announced") },
  plan: "",
  atOnce: false,
  changed: of.opened.at,
  waits: true,
});

export const ORDERS: readonly InstallationOrder[] = ["deadline", "customer", "project", "region", "state", "trial", "changed"];
export const GROUPS: readonly InstallationGroup[] = ["none", "customer", "project", "region", "state", "deadline"];

type Compare = (a: Row, b: Row) => number;
/** What is not known comes last. */
const words = (of: (row: Row) => string): Compare => (a, b) => Number(!of(a)) - Number(!of(b)) || of(a).localeCompare(of(b), locale(), { numeric: true });
const dates = (of: (row: Row) => number | undefined): Compare => (a, b) => (of(a) ?? Infinity) - (of(b) ?? Infinity) || 0;
const latest: Compare = (a, b) => b.changed - a.changed;

const compares: Readonly<Record<InstallationOrder, Compare>> = {
  deadline: dates(({ due }) => due),
  customer: words(({ name }) => name),
  project: (a, b) => words(({ project }) => project)(a, b) || words(({ version }) => version)(a, b),
  region: words(({ region }) => region),
  state: words(({ stands }) => stands.word),
  trial: dates(({ trial }) => trial),
  changed: latest,
};

/** In an order; what is alike, by its date, then as it changed. */
export function ordered(rows: readonly Row[], by: InstallationOrder): Row[] {
  const first = compares[by];
  return rows.toSorted((a, b) => first(a, b) || compares.deadline(a, b) || latest(a, b));
}

const DAY = 24 * 60 * 60 * 1_000;
const NEAR = ["now", "over", "days", "week", "later", "none"] as const;

/** How near a date is: the first two days are those in which it is told in red. What is compromised has no date. */
function nearOf({ due, atOnce }: Row, now: number): (typeof NEAR)[number] {
  if (atOnce) return "now";
  if (due === undefined) return "none";
  if (due <= now) return "over";
  return due - now < 2 * DAY ? "days" : due - now < 7 * DAY ? "week" : "later";
}

export interface Group {
  label: string;
  rows: Row[];
}

function byLabel<L>(rows: readonly Row[], label: (row: Row) => L): Map<L, Row[]> {
  const found = new Map<L, Row[]>();
  for (const row of rows) {
    const of = label(row);
    const those = found.get(of);
    if (those) those.push(row);
    else found.set(of, [row]);
  }
  return found;
}

/** The groups of rows that are in their order already; a group of what is not known comes last. */
export function grouped(rows: readonly Row[], by: Exclude<InstallationGroup, "none">, now: number): Group[] {
  if (by === "deadline") {
    const found = byLabel(rows, (row) => nearOf(row, now));
    return NEAR.flatMap((near) => ({ label: t(`installations.near.${near}`), rows: found.get(near) ?? [] })).filter(({ rows }) => rows.length > 0);
  }
  // The region of what was announced is typed by a person.
  const label = (row: Row) => ({ customer: row.name, project: row.project, region: row.region.toUpperCase(), state: row.stands.word })[by];
  const unknown = { customer: "–", project: t("installations.no_project"), region: t("installations.no_region"), state: "–" }[by];
  const found = [...byLabel(rows, label)].toSorted(([a], [b]) => Number(!a) - Number(!b) || a.localeCompare(b, locale(), { numeric: true }));
  return found.map(([name, rows]) => ({ label: name || unknown, rows }));
}

/** A line of the list: a group's head, or a row with its place among the rows. */
export type Line = { head: string; n: number } | { row: Row; at: number };

export function lined(rows: readonly Row[], by: InstallationGroup, now: number): Line[] {
  if (by === "none") return rows.map((row, at) => ({ row, at }));
  let at = 0;
  return grouped(rows, by, now).flatMap(({ label, rows }): Line[] => [{ head: label, n: rows.length }, ...rows.map((row) => ({ row, at: at++ }))]);
}
