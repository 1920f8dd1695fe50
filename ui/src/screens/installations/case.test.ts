/** Why an install fails: each check says what is known, and what is not known is no failure. */
import { describe, expect, it } from "vitest";
import type { Account, By, Customer, EventView, InstallationView, ProjectView, SetView, TalkdeskState, VersionHead } from "$ipc/types.ts";
import { caseChecks, caseRows, failed, type CaseCode, type Known } from "./case.ts";

const by: By = { id: "m1", name: "PM", me: true, at: Date.UTC(2026, 10, 3) };
const head = (number: string, technical: "approved" | "in_review") =>
  ({ id: number, number, tracks: [{ track: "technical", state: technical, since: by.at, rounds: 1, missing: [] }] }) as unknown as VersionHead;
const event = (kind: string) => ({ row: { id: `e-${kind}`, kind, happened_at: by.at } }) as EventView;
const seen = (state: string, reason = "") => ({ state: { state, reason, updated_at: by.at } satisfies TalkdeskState, by });

const installation = (some: { version?: string; account?: string; region?: string } & Partial<InstallationView> = {}) => {
  const { version = "1.2.0", account = "acme", region = "EU", ...rest } = some;
  return {
    listed: { id: "i1", account, region, version, project: "p1", customer: "c1" },
    talkdesk_id: "t1",
    account_id: "a1",
    app_id: "app1",
    root: "https://api.talkdeskapp.eu",
    deadlines: [],
    seen: seen("completed"),
    sets: [],
    events: [event("app.installed")],
    ...rest,
  } as unknown as InstallationView;
};
const project = (versions: VersionHead[], published: string | null) => ({ versions, published }) as ProjectView;
const known: Known = {
  project: project([head("1.2.0", "approved"), head("1.3.0", "in_review")], "1.2.0"),
  customer: { id: "c1", region: "eu" } as Customer,
  accounts: [{ id: "x", name: "sample-apps", region: "EU", owner: "own" } as Account],
};

describe("why an install fails", () => {
  it.each<[string, InstallationView, Known, CaseCode, string, string]>([
    ["the published version is the right one", installation(), known, "version", "pass", "1.2.0"],
    ["another than the published one came by another link", installation({ version: "1.3.0" }), known, "version", "warn", "Send the link of 1.2.0"],
    ["a version that nobody knows here", installation({ version: "0.9" }), known, "version", "warn", "0.9 is no version"],
    ["nothing is told where no event named a version", installation({ version: "" }), known, "version", "not_run", "No event"],
    ["nor before somebody said of which project it is", installation(), { accounts: [] }, "version", "not_run", "which project"],
    ["an approved track", installation(), known, "approved", "pass", "approved"],
    ["a track in review bars a customer's account", installation({ version: "1.3.0" }), known, "approved", "fail", "In review"],
    ["and not an account of one's own", installation({ version: "1.3.0", account: "Sample-Apps" }), known, "approved", "pass", "your own accounts"],
    ["an approval that is not known", installation(), { accounts: [] }, "approved", "not_run", "not known"],
    ["nobody here knows the rights", installation(), known, "rights", "not_run", "Ask the customer"],
    ["the region as it was entered", installation(), known, "region", "pass", "api.talkdeskapp.eu"],
    ["another region than the one entered", installation({ region: "US" }), known, "region", "warn", "entered with eu"],
    ["a gateway of no region", installation({ region: "" }), known, "region", "warn", "no region"],
    ["the event of its install", installation(), known, "callback", "pass", "arrived"],
    ["no event of its install", installation({ events: [event("user.logout")] }), known, "callback", "warn", "No verified"],
    ["completed", installation(), known, "state", "pass", "Completed"],
    ["still pending", installation({ seen: seen("pending") }), known, "state", "warn", "Pending"],
    ["failed, in Talkdesk's words", installation({ seen: seen("failed", "No seat left") }), known, "state", "fail", "Failed: No seat left"],
    ["never read", installation({ seen: null }), known, "state", "not_run", "Nobody"],
  ])("%s", (_, it, knows, code, state, words) => {
    const check = caseChecks(it, knows).find((check) => check.code === code);
    expect([check?.state, check?.text]).toEqual([state, expect.stringContaining(words)]);
  });

  it("counts as failed only by a word of Talkdesk's that says so", () => {
    expect(["failed", "timeout", "rejected", "suspended", "revoked"].every((state) => failed(installation({ seen: seen(state) })))).toBe(true);
    expect(["completed", "pending", "installing"].some((state) => failed(installation({ seen: seen(state) })))).toBe(false);
    expect(failed(installation({ seen: null }))).toBe(false);
  });
});

it("a diagnosis holds ids, versions, states and times, and nothing that opens anything", () => {
  const set = { client_id: "client-x", key_id: "key-1", key_algorithm: "ES256", public_key: "PUBLIC", has_secret: true, has_private_key: true };
  const view = installation({ seen: seen("failed", "No seat left"), sets: [{ set, since: by.at, secret: "vault-id", private_key_jwt: by, basic: null } as unknown as SetView] });
  const rows = caseRows(view, caseChecks(view, known));
  const text = JSON.stringify(rows);
  for (const there of ["t1", "a1", "app1", "1.2.0", "https://api.talkdeskapp.eu", "failed", "No seat left", "key-1, ES256", "private_key_jwt", "e-app.installed", "2026-11-03"]) expect(text).toContain(there);
  for (const secret of ["client-x", "vault-id", "PUBLIC"]) expect(text).not.toContain(secret);
});
