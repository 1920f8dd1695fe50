/** The list of installations: each order and each group, and what is not known comes last. */
import { describe, expect, it } from "vitest";
import type { By, CaseView, InstallationGroup, InstallationOrder, ListedInstallation } from "$ipc/types.ts";
import { GROUPS, lined, ordered, ORDERS, rowOf, rowOfCase, type Row } from "./rows.ts";

const DAY = 24 * 60 * 60 * 1_000;
const NOW = Date.UTC(2026, 10, 3);
const by: By = { id: "m1", name: "PM", me: true, at: NOW - DAY };

const listed = (id: string, some: Partial<ListedInstallation>): ListedInstallation =>
  ({
    id, account: `account-${id}`, region: "EU", customer: null, project: null, version: "1.0.0", life: "installed", since: null, state: "", plan: null, users: 0, trial: null,
    deadlines: [], rotation: null, compromised: false, updated_at: NOW, customer_name: "", project_name: "", ...some,
  }) as ListedInstallation;
const until = (days: number) => [{ event: "e", kind: "app.installed", since: NOW, until: NOW + days * DAY }];
const trial = (days: number, over = false) => ({ ends_at: NOW + days * DAY, ended_at: null, over });

const rows: Row[] = [
  rowOf(listed("a", { customer_name: "Beta", project_name: "Notes", version: "1.10.0", region: "US", state: "completed", trial: trial(9), updated_at: NOW - 3 })),
  rowOf(listed("b", { customer_name: "Alpha", project_name: "Notes", version: "1.9.0", region: "EU", deadlines: until(5), trial: trial(2), updated_at: NOW - 2 })),
  rowOf(listed("c", { account: "gamma", region: "", state: "failed", deadlines: until(-1), trial: trial(-20, true), updated_at: NOW - 1 })),
  rowOf(listed("d", { customer_name: "Delta", project_name: "Sync", region: "EU", state: "completed", rotation: NOW + DAY, updated_at: NOW })),
  rowOfCase({ id: "k", details: { customer: "c", project: "p", version: null, region: "EU", owner: null }, customer: "Epsilon", account: "", project: "Sync", number: "2.0.0", owner: "", opened: by, joined: null, ended: null, candidates: [] } satisfies CaseView),
];

describe("the order", () => {
  it.each<[InstallationOrder, string]>([
    ["deadline", "c d b a k"],
    ["customer", "b a d k c"],
    // Numbers as numbers, and what is of no project last.
    ["project", "b a d k c"],
    ["region", "d b k a c"],
    ["state", "k d a c b"],
    // The trial that is over is none any more.
    ["trial", "b a c d k"],
    ["changed", "d c b a k"],
  ])("by %s", (order, expected) => {
    expect(ordered(rows, order).map(({ id }) => id).join(" ")).toBe(expected);
  });

  it("is there for each choice", () => expect(ORDERS.every((order) => ordered(rows, order).length === rows.length)).toBe(true));
});

describe("the groups", () => {
  const told = (group: InstallationGroup) =>
    lined(ordered(rows, "deadline"), group, NOW)
      .map((line) => ("head" in line ? `${line.head}(${line.n}):` : line.row.id))
      .join(" ");

  it.each<[InstallationGroup, string]>([
    ["none", "c d b a k"],
    ["customer", "Alpha(1): b Beta(1): a Delta(1): d Epsilon(1): k gamma(1): c"],
    ["project", "Notes(2): b a Sync(2): d k Of no project yet(1): c"],
    ["region", "EU(3): d b k US(1): a Region not known(1): c"],
    ["state", "Announced(1): k Completed(2): d a Failed(1): c Installed(1): b"],
    ["deadline", "Over(1): c Within two days(1): d Within a week(1): b No deadline(2): a k"],
  ])("by %s", (group, expected) => expect(told(group)).toBe(expected));

  it("count the rows on through the heads", () => {
    for (const group of GROUPS) {
      const places = lined(rows, group, NOW).flatMap((line) => ("head" in line ? [] : [line.at]));
      expect(places).toEqual([0, 1, 2, 3, 4]);
    }
  });
});

it("a set that is known to others counts nothing down", () => {
  const of = (some: Partial<ListedInstallation>) => rowOf(listed("x", some)).atOnce;
  expect(of({ rotation: NOW, compromised: true })).toBe(true);
  expect(of({ rotation: NOW + DAY })).toBe(false);
  // Another date is nearer: that one is counted.
  expect(of({ rotation: NOW, compromised: true, deadlines: until(-1) })).toBe(false);
});
