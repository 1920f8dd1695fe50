import { expect, it } from "vitest";
import type { ActivityView, EntryView, RedactedView, RunView } from "$ipc/types.ts";
import { eventText, runCsv, runReport } from "../reports/run.ts";
import { did } from "../screens/run/words.ts";
import { activityText } from "./activity.ts";

const by = { id: "m1", name: "Quinn", me: false, at: Date.UTC(2026, 2, 2, 12) };
const redacted: RedactedView = { command: "c9", by: { ...by, name: "Ana", at: Date.UTC(2026, 2, 3, 12) }, reason: "Personal" };
const SAYS = /Redacted by Ana, 3 Mar( 2026)?: Personal/;

const entry = (what: EntryView["what"]): EntryView => ({ id: "c1", what, by, undone: false, redacted });
const tested = { build: "", account: "", browser: "" };
const blank: EntryView["what"][] = [
  { type: "note", text: "" },
  { type: "result", outcome: "not_applicable", reason: "", tested, knew: [] },
  { type: "retest", because: "" },
];

it.each(blank)("the history of a run says by whom words were redacted, and when: $type", (what) => {
  expect(did(entry(what))).toMatch(SAYS);
});

it("so do the activity and the reports of a run", () => {
  const command = { id: "c1", kind: "run.note", v: 1, aggregate: { kind: "run", id: "r1" }, made_at: 0, needs: [], args: { item: "A", text: "" } };
  const activity = { id: "c1", number: 1, by, command, redacted, known: true, project: null, version: null } as unknown as ActivityView;
  expect(activityText(activity)).toMatch(SAYS);
  expect(activityText({ ...activity, redacted: null })).not.toMatch(SAYS);

  const item = { id: "A", text: "It works", help: "", required: true, evidence: null, status: "pass", was: null, note: "", note_redacted: redacted, assignee: null, attached: [], standing: [], history: blank.map(entry) };
  const view = {
    ...{ name: "List", template_version: 1, kind: "own", derived: false, tested, started: by, signed: null },
    project: { name: "Call Notes" },
    version: { number: "1.0" },
    summary: { total: 1, counts: { pass: 1 } },
    sections: [{ name: "All", items: [item] }],
  } as unknown as RunView;
  const report = runReport(view, { history: true, at: 0 });
  const [told] = report.sections[0]?.items ?? [];
  expect(told?.note_redacted).toEqual({ by: "Ana", at: "2026-03-03T12:00:00.000Z", reason: "Personal" });
  for (const event of told?.history ?? []) expect(eventText(event)).toMatch(SAYS);
  expect(runCsv(report, "en")).toMatch(SAYS);
});
