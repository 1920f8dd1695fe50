/** Why an install fails: each check says what is known, and what is not known is no failure. */
import { describe, expect, it } from "vitest";
import type { Account, By, CaseRefused, CaseSend, CaseView, Customer, EventView, InstallationView, PassedEvent, ProjectView, SetView, TalkdeskState, Try, VersionHead } from "$ipc/types.ts";
import { announcedRows, caseChecks, caseRows, causeOf, failed, type CaseCode, type Known } from "./case.ts";

const by: By = { id: "m1", name: "PM", me: true, at: Date.UTC(2026, 10, 3) };
const head = (number: string, technical: "approved" | "in_review") =>
  ({ id: number, number, tracks: [{ track: "technical", state: technical, since: by.at, rounds: 1, missing: [] }] }) as unknown as VersionHead;
const event = (kind: string, received = "relay") => ({ row: { id: `e-${kind}`, kind, happened_at: by.at, received } }) as EventView;
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
const project = (versions: VersionHead[], published: string | null) => ({ project: { name: "Call Notes" }, versions, published }) as ProjectView;
/** A send of a link, to one of the customer's people. */
const send = (number: string, some: Partial<CaseSend> = {}): CaseSend => ({ version: number, number, superseded: false, kind: "mail_draft", contacts: ["Quokka, admin"], by, ...some });
const refused: CaseRefused = { kind: "app.installed", at: by.at, failed: { step: "key", outcome: "failed", reason: "key_unknown", detail: "k" } };
const passed = (state: PassedEvent["state"], last: Partial<Try>): PassedEvent => ({ event: "e-app.installed", state, tries: 3, due: by.at, last: { at: by.at, ms: 12, status: null, fault: "", ...last } });
const announced = (some: Partial<CaseView> = {}): CaseView =>
  ({ id: "k1", details: { customer: "c1", project: "p1", version: "1.2.0", region: "EU", owner: null }, customer: "Acme", account: "acme", project: "Call Notes", number: "1.2.0", owner: "", opened: by, joined: null, ended: null, candidates: [], ...some });
const known: Known = {
  project: project([head("1.2.0", "approved"), head("1.3.0", "in_review")], "1.2.0"),
  customer: { id: "c1", name: "Acme", account: "acme", region: "eu" } as Customer,
  accounts: [{ id: "x", name: "sample-apps", region: "EU", owner: "own" } as Account],
  facts: { sends: [send("1.2.0")], refused: [] },
};
const sent = (...sends: CaseSend[]): Known => ({ ...known, facts: { sends, refused: [] } });
const silent = (...events: EventView[]) => installation({ events, seen: null });

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
    ["the link in force, of the version that is meant", installation(), known, "link", "pass", "made ready for Quokka, admin"],
    ["without a person it went to the customer", installation(), sent(send("1.2.0", { contacts: [] })), "link", "pass", "for Acme"],
    ["a link that another took the place of", installation(), sent(send("1.2.0", { superseded: true })), "link", "warn", "took its place"],
    ["the newest send counts", installation(), sent(send("1.2.0"), send("1.2.0", { superseded: true })), "link", "pass", "in force"],
    ["a link of another version than the one that is installed", installation(), sent(send("1.3.0")), "link", "warn", "is installed now"],
    ["a link of another version than the one that is meant", installation({ version: "" }), sent(send("1.3.0")), "link", "warn", "Meant is 1.2.0"],
    ["no send that anybody noted", installation(), sent(), "link", "not_run", "all links of Call Notes"],
    ["nor a project whose links could be looked at", installation(), { accounts: [] }, "link", "not_run", "which project"],
    ["an install that took place", installation(), known, "rights", "pass", "let the install take place"],
    ["nobody here knows the rights", silent(), known, "rights", "not_run", "The link was made ready for Quokka, admin"],
    ["nor to whom it went", silent(), sent(), "rights", "not_run", "names nobody"],
    ["a reason of Talkdesk's may be about rights", installation({ events: [], seen: seen("failed", "Not allowed") }), known, "rights", "warn", "Not allowed"],
    ["the region as it was entered", installation(), known, "region", "pass", "api.talkdeskapp.eu"],
    ["another region than the one entered", installation({ region: "US" }), known, "region", "warn", "entered with eu"],
    ["a gateway of no region", installation({ region: "" }), known, "region", "warn", "no region"],
    ["the event of its install, and nothing of the answer", installation(), known, "callback", "pass", "is not known here"],
    ["how it came", installation({ events: [event("app.installed", "by_hand")] }), known, "callback", "pass", "(by hand)"],
    ["what the app behind the relay answered", installation(), { ...known, passed: [passed("taken", { status: 204 })] }, "callback", "pass", "Answered 204 in 12 ms"],
    ["an answer to another event", installation(), { ...known, passed: [{ ...passed("given_up", { status: 500 }), event: "e2" }] }, "callback", "pass", "is not known here"],
    ["an app that does not take it", installation(), { ...known, passed: [passed("waiting", { status: 503 })] }, "callback", "fail", "503, after 3 tries"],
    ["an app that gives no answer", installation(), { ...known, passed: [passed("given_up", { fault: "unreachable" })] }, "callback", "fail", "no connection"],
    ["no event of its install", installation({ events: [event("user.logout")] }), known, "callback", "warn", "No verified"],
    ["one that is not believed", silent(), { ...known, facts: { sends: [], refused: [refused] } }, "callback", "fail", "is not believed"],
    ["completed", installation(), known, "state", "pass", "Completed"],
    ["still pending", installation({ seen: seen("pending") }), known, "state", "warn", "Pending"],
    ["failed, in Talkdesk's words", installation({ seen: seen("failed", "No seat left") }), known, "state", "fail", "Failed: No seat left"],
    ["never read", installation({ seen: null }), known, "state", "not_run", "Nobody"],
  ])("%s", (_, it, knows, code, state, words) => {
    const check = caseChecks(it, knows).find((check) => check.code === code);
    expect([check?.state, check?.text]).toEqual([state, expect.stringContaining(words)]);
  });

  it.each<[string, Known, CaseCode, string, string]>([
    ["the link that it was announced with", { ...known, announced: announced() }, "link", "pass", "in force"],
    ["another than the one announced", { ...known, announced: announced({ number: "1.3.0" }) }, "link", "warn", "Meant is 1.3.0"],
    ["no version before an event", { ...known, announced: announced() }, "version", "not_run", "No event"],
    ["the track of the announced version", { ...known, announced: announced() }, "approved", "pass", "approved"],
    ["bars the install before it is tried", { ...known, announced: announced({ number: "1.3.0" }) }, "approved", "fail", "In review"],
    ["but not on an account of one's own", { ...known, customer: { ...known.customer, account: "sample-apps" } as Customer, announced: announced({ number: "1.3.0" }) }, "approved", "pass", "your own accounts"],
    ["whom to ask about rights", { ...known, announced: announced() }, "rights", "not_run", "Quokka, admin"],
    ["the region as it was announced", { ...known, announced: announced() }, "region", "not_run", "entered with EU"],
    ["nothing came", { ...known, announced: announced() }, "callback", "not_run", "No event of this install"],
    ["what came is not believed", { ...known, announced: announced(), facts: { sends: [], refused: [refused] } }, "callback", "fail", "app.installed of this account"],
    ["no state without an installation", { ...known, announced: announced() }, "state", "not_run", "no installation"],
  ])("before any event: %s", (_, knows, code, state, words) => {
    const check = caseChecks(undefined, knows).find((check) => check.code === code);
    expect([check?.state, check?.text]).toEqual([state, expect.stringContaining(words)]);
  });

  it("says what to do wherever a person can do something", () => {
    const bad = caseChecks(silent(), { ...sent(), facts: { sends: [], refused: [refused] } });
    expect(bad.filter(({ todo }) => todo).map(({ code }) => code)).toEqual(["link", "rights", "callback"]);
    expect(caseChecks(installation(), known).filter(({ todo }) => todo)).toEqual([]);
  });

  it("names what is wrong first as the cause", () => {
    expect(causeOf(caseChecks(installation(), known))).toBeNull();
    expect(causeOf(caseChecks(installation({ region: "US" }), known))).toBe("region");
    expect(causeOf(caseChecks(installation({ region: "US", seen: seen("failed") }), known))).toBe("state");
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
  for (const there of ["Link that was sent: In order", "Rights of who installs", "Event of the install"]) expect(rows.map(([name, value]) => `${name}: ${value ?? ""}`).join("\n")).toContain(there);
  // Nor who it went to: a diagnosis leaves the house.
  expect(text).not.toContain("Quokka");
  for (const secret of ["client-x", "vault-id", "PUBLIC"]) expect(text).not.toContain(secret);
});

it("a diagnosis before any event tells what was announced and what was looked at, and names nobody", () => {
  const text = JSON.stringify(announcedRows(announced(), caseChecks(undefined, { ...known, announced: announced(), facts: { sends: [send("1.2.0")], refused: [refused] } })));
  for (const there of ["acme", "1.2.0", "EU", "2026-11-03T00:00:00.000Z", "is not believed"]) expect(text).toContain(there);
  expect(text).not.toContain("Quokka");
});
