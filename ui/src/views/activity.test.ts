/** Everything that can happen has its sentence and its place; texts of people are told in one short line. */
import { describe, expect, it } from "vitest";
import type { ActivityView, AggregateRef, Body } from "$ipc/types.ts";
import { activityIcon, activityPlace, activityState, activityText, activityWhere, dossierOf } from "./activity.ts";
import { Rows } from "./days.ts";

const project: AggregateRef = { kind: "project", id: "p1" };
const run: AggregateRef = { kind: "run", id: "r1" };
const workspace: AggregateRef = { kind: "workspace", id: "w1" };

function happened(body: Body | { kind: string; args: unknown }, aggregate = project, more: Partial<ActivityView> = {}): ActivityView {
  return {
    id: "c1",
    number: 1,
    by: { id: "m1", name: "Partner manager", me: true, at: 0 },
    command: { id: "c1", kind: body.kind, v: 1, aggregate, made_at: 0, needs: [], args: body.args },
    redacted: null,
    known: true,
    project: "Call Notes",
    version: "1.3.0",
    ...more,
  };
}

const finding = { id: "f1", text: "The page\nis not public", severity: "", field: null, item: null };
const details = { name: "Call Notes", slug: "call-notes", owner: "" };

describe("what happened", () => {
  it.each<[Body, AggregateRef, string]>([
    [{ kind: "workspace.rename", args: { name: "Sample Apps" } }, workspace, "Renamed the workspace to Sample Apps"],
    [{ kind: "template.add", args: { template: { name: "Our list" } } }, workspace, "Added the checklist template Our list"],
    [{ kind: "template.add", args: { template: { name: "Our list", version: 2 } } }, workspace, "Saved v2 of the checklist template Our list"],
    [{ kind: "step.set", args: { step: "partners.account", version: null, done: true } }, workspace, "Marked “Get a partner developer account” as done"],
    [{ kind: "step.set", args: { step: "alerts.plan", version: null, done: false } }, project, "Marked “Subscription plan changed” as not done"],
    [{ kind: "project.create", args: { details } }, project, "Created the project Call Notes"],
    [{ kind: "project.set_archived", args: { archived: false } }, project, "Restored the project"],
    [{ kind: "version.set_field", args: { version: "v1", field: "standalone_url", value: { type: "text", value: "https://a.example" }, expects: null } }, project, "Changed Standalone URL"],
    [{ kind: "version.set_field", args: { version: "v1", field: "video", value: null, expects: null } }, project, "Cleared Video"],
    [{ kind: "version.mark_carried", args: { version: "v1", fields: ["slug"] } }, project, "Carried 1 field to Partner Project"],
    [{ kind: "version.unmark_carried", args: { version: "v1", fields: ["slug"] } }, project, "Took back that 1 field was carried"],
    [{ kind: "review.mark_submitted", args: { version: "v1", tracks: ["technical", "marketplace"], rounds: ["a", "b"], override_reason: null } }, project, "Marked Technical and Marketplace as submitted"],
    [{ kind: "review.record_answer", args: { version: "v1", tracks: ["marketplace"], outcome: "rejected", text: "", findings: [] } }, project, "Recorded Talkdesk’s answer: Marketplace rejected"],
    [{ kind: "check.record", args: { version: "v1", looked: {} } }, project, "Ran the network checks"],
    [{ kind: "test.record", args: { version: "v1", report: { signer: "sandbox", url: "https://a.example", events: [] } } }, project, "Sent test events to a deployment that trusts the sandbox"],
    [{ kind: "sso.record", args: { version: "v1", report: { installation: "i1", standalone: "", signed_in: true, hops: [], faults: ["no_state"] } } }, project, "Checked the app’s sign-in against a sandbox: it ends in the app, signed in"],
    [{ kind: "finding.add", args: { version: "v1", track: null, source: "internal", finding } }, project, "Added a finding: “The page is not public”"],
    [{ kind: "finding.set_status", args: { finding: "f1", status: "accepted" } }, project, "Marked a finding as accepted"],
    [{ kind: "link.note_use", args: { link: "l1", kind: "mail_draft", customer: null } }, project, "Opened a mail draft with the installation link"],
    [{ kind: "run.set_result", args: { item: "TE-09", outcome: "fail", reason: "", knew: [] } }, run, "Set TE-09 to fail"],
    [{ kind: "run.set_result", args: { item: "TE-09", outcome: "not_applicable", reason: "No video", knew: [] } }, run, "Set TE-09 to not applicable: No video"],
    [{ kind: "run.retest", args: { items: ["A", "B"], because: "slug" } }, run, "Set 2 items to retest"],
    [{ kind: "run.sign", args: {} }, run, "Signed the checklist"],
  ])("%j in %j is told as %s", (body, aggregate, told) => {
    expect(activityText(happened(body, aggregate))).toBe(told);
  });

  it("tells what only a newer version knows by its kind, and reads none of its arguments", () => {
    const newer = happened({ kind: "run.teleport", args: null }, run, { known: false });
    expect(activityText(newer)).toContain("run.teleport");
    expect(activityState(newer)).toBeUndefined();
    expect(activityIcon(newer)).toBeDefined();
    expect(activityPlace(newer)).toEqual({ name: "run", run: "r1" });
  });

  it("cuts long texts by letters, so that none is torn apart", () => {
    const reply = "👩🏽‍💻".repeat(100);
    const told = activityText(happened({ kind: "finding.reply", args: { finding: "f1", reply, expects: "" } }));
    expect([...told].length).toBeLessThan(160);
    expect(told).not.toMatch(/\p{Surrogate}/u);
  });

  it("is about a project and a version, as far as they are known", () => {
    expect(activityWhere(happened({ kind: "run.sign", args: {} }, run))).toBe("Call Notes 1.3.0");
    expect(activityWhere(happened({ kind: "workspace.rename", args: { name: "a" } }, workspace, { project: null, version: null }))).toBe("");
  });

  it.each([
    ["workspace.rename", { name: "a" }, workspace, { name: "workspace" }],
    ["customer.set", { customer: "k" }, workspace, { name: "customers" }],
    ["project.edit", {}, project, { name: "project", project: "p1" }],
    ["link.record", { version: "v1" }, project, { name: "project", project: "p1", tab: "links" }],
    ["version.set_field", { version: "v1" }, project, { name: "version", project: "p1", version: "v1" }],
    ["review.withdraw", { version: "v1" }, project, { name: "review", project: "p1", version: "v1" }],
    ["finding.reply", { finding: "f1" }, project, { name: "project", project: "p1" }],
    ["run.note", { item: "TE-09", text: "" }, run, { name: "run", run: "r1", item: "TE-09" }],
    ["run.sign", {}, run, { name: "run", run: "r1" }],
  ] as const)("%s leads to its place", (kind, args, aggregate, place) => {
    expect(activityPlace(happened({ kind, args }, aggregate))).toEqual(place);
  });

  it("leads to the dossier of the version that it is about, where it is about one", () => {
    const dossier = { name: "dossier", project: "p1", version: "v1" };
    expect(dossierOf(happened({ kind: "version.set_field", args: { version: "v1" } }, project))).toEqual(dossier);
    expect(dossierOf(happened({ kind: "review.withdraw", args: { version: "v1" } }, project))).toEqual(dossier);
    expect(dossierOf(happened({ kind: "project.edit", args: {} }, project))).toBeUndefined();
  });
});

describe("days", () => {
  const at = (text: string, count: number) => ({ at: new Date(text).getTime(), count });
  const rows = new Rows([at("2026-11-24T23:59:59", 2), at("2026-11-24T00:00:00", 1), at("2026-11-23T23:59:59", 1), at("2026-11-01T12:00:00", 2)]);

  it("put neighbours of one day together, in the order they came", () => {
    expect(rows.days.map(({ count, row }) => [row, count])).toEqual([[0, 3], [4, 1], [6, 2]]);
    expect([rows.count, rows.entries]).toEqual([9, 6]);
    expect(new Rows([]).count).toBe(0);
  });

  it("say of each row which entry it shows, and of each entry its row", () => {
    const all = Array.from({ length: rows.count }, (_, row) => row);
    expect(all.map((row) => rows.entry(row))).toEqual([undefined, 0, 1, 2, undefined, 3, undefined, 4, 5]);
    expect(all.map((row) => rows.heading(row)?.count)).toEqual([3, undefined, undefined, undefined, 1, undefined, 2, undefined, undefined]);
    expect(all.map((row) => rows.from(row))).toEqual([0, 0, 1, 2, 3, 3, 4, 4, 5]);
    expect([-1, 0, 1, 2, 3, 4, 5].map((entry) => rows.rowOf(entry))).toEqual([-1, 1, 2, 3, 5, 7, 8]);
  });
});
