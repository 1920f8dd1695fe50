/** What a need says and where it leads, and the slug that a name suggests. */
import { beforeEach, describe, expect, it } from "vitest";
import type { Alert, Need } from "$ipc/types.ts";
import { install } from "$lib/install.svelte.ts";
import { router } from "$lib/router.svelte.ts";
import { doNeed, needId, needNote, needTitle } from "./needs.ts";
import { slugOf } from "./slug.ts";

const need = (some: Partial<Need>): Need => ({
  kind: "rejected",
  project: "p1",
  name: "Call Notes",
  version: "v1",
  number: "1.3.0",
  document: null,
  ticket: null,
  installation: null,
  run: null,
  track: null,
  count: 0,
  since: 0,
  days: 0,
  due: null,
  assignee: null,
  acting: null,
  key: [some.kind ?? "rejected", some.version ?? "v1", some.track, some.run].filter(Boolean).join(":"),
  snoozed: null,
  alert: null,
  ...some,
});

const alert = (kind: Alert["kind"], some: Partial<Alert>): Alert => ({ kind, key: `${kind}:e1`, events: ["e1"], word: "", text: "", count: 0, gone: 0, since: 0, due: null, ...some });

describe("a need", () => {
  beforeEach(() => {
    install.close();
    void router.reset();
  });

  it.each([
    [{ kind: "rejected", track: "marketplace", count: 2 }, "2 findings to fix", "Call Notes 1.3.0, marketplace track rejected"],
    [{ kind: "rejected", track: "technical", count: 0 }, "Rejected: send a new round", "Call Notes 1.3.0, technical track rejected"],
    [{ kind: "items_to_settle", run: "r1", count: 1 }, "1 checklist item to settle", "Call Notes 1.3.0, failed, disputed or to be tested again"],
    [{ kind: "ready_to_submit", track: "technical" }, "Ready to submit", "Call Notes 1.3.0, technical: all fields filled"],
    [{ kind: "delivery_failing", count: 1 }, "Your app does not take its events: 1 waits", "Call Notes, tried again for three days"],
    [{ kind: "delivery_given_up", count: 2 }, "2 events were given up: your app did not take them", "Call Notes, replay them once it does"],
    [{ kind: "overdue" }, "Answer from Talkdesk overdue", "Call Notes 1.3.0"],
    [{ kind: "users", name: "Customer A", alert: alert("users", { count: 2, gone: 1 }) }, "2 users added, 1 user removed", "Customer A"],
    [{ kind: "users", name: "Customer A", alert: alert("users", { gone: 2 }) }, "2 users removed", "Customer A"],
    [{ kind: "plan", name: "Customer A", alert: alert("plan", { text: "Large", count: 5 }) }, "A plan changed", "Customer A · Large · 5 seats"],
    [{ kind: "trial", name: "Customer A", alert: alert("trial", { word: "app.trial_ended", text: "plan_upgraded" }) }, "A trial is over", "Customer A · plan_upgraded"],
    [{ kind: "trial", name: "Customer A", alert: alert("trial", { word: "app.trial_extended" }) }, "A trial was extended", "Customer A"],
    [{ kind: "uninstalled", name: "Customer A", alert: alert("uninstalled", { word: "other", text: "We moved." }) }, "A customer uninstalled", "Customer A · other · We moved."],
    [{ kind: "stopped", name: "Customer A", alert: alert("stopped", { word: "failed" }) }, "Talkdesk shows an installation as failed", "Customer A"],
    [{ kind: "stopped", name: "Customer A", alert: alert("stopped", { word: "suspended", text: "Unpaid" }) }, "Talkdesk shows an installation as suspended", "Customer A · Unpaid"],
    [{ kind: "rotated", name: "Customer A", alert: alert("rotated", {}) }, "New credentials came", "Customer A"],
  ] as const)("%j says %s", (some, title, note) => {
    expect([needTitle(need(some)), needNote(need(some))]).toEqual([title, note]);
  });

  it.each([
    [{ kind: "rejected" }, { name: "review", project: "p1", version: "v1" }],
    [{ kind: "delivery_failing" }, { name: "events", arriving: "p1" }],
    [{ kind: "delivery_given_up", version: null }, { name: "events", arriving: "p1" }],
    [{ kind: "overdue" }, { name: "review", project: "p1", version: "v1" }],
    [{ kind: "approve_go_live" }, { name: "review", project: "p1", version: "v1" }],
    [{ kind: "confirm_live" }, { name: "review", project: "p1", version: "v1" }],
    [{ kind: "items_to_settle", run: "r1" }, { name: "run", run: "r1" }],
    [{ kind: "ready_to_submit" }, { name: "version", project: "p1", version: "v1" }],
  ] as const)("%j leads there", async (some, place) => {
    doNeed(need(some));
    await new Promise((done) => setTimeout(done));
    expect([router.route, install.at]).toEqual([place, undefined]);
  });

  it("opens the install dialog where a link is missing, and stays where it is", async () => {
    doNeed(need({ kind: "no_link" }));
    await new Promise((done) => setTimeout(done));
    expect([router.route, install.at]).toEqual([{ name: "home" }, { project: "p1", version: "v1" }]);
  });

  it("has a name of its own, for each track and run", () => {
    const ids = [need({ track: "technical" }), need({ track: "marketplace" }), need({ kind: "items_to_settle", run: "r1" }), need({ kind: "items_to_settle", run: "r2" })].map(needId);
    expect(new Set(ids).size).toBe(4);
  });
});

describe("a slug", () => {
  it.each([
    ["Call Notes", "call-notes"],
    ["  Ünïcödé  Ägent 2.0 ", "unicode-agent-2-0"],
    ["a--b", "a-b"],
    ["ملاحظات", ""],
    ["📞", ""],
    ["", ""],
  ])("for %j is %j", (name, slug) => expect(slugOf(name)).toBe(slug));
});
