/** Working on a version: others at the same fields, ways out, undo, submitting, locks. */
import { describe, expect, it } from "vitest";
import { BEFORE, CONTENT, PROJECT, VERSION, type VersionEngine } from "./version_engine.ts";
import { all, away, back, by, click, engine, input, last, pause, press, settle, show, type, value, useVersion } from "./version_screen.ts";

useVersion();

describe("others at work", () => {
  it("never overwrite what is being typed; both values stand side by side", async () => {
    await show("general");
    type("field-listing_summary", "Mine");
    engine.by_other("listing_summary", { type: "text", value: "Theirs" });
    await settle();
    expect(input("field-listing_summary").value).toBe("Mine");
    await pause();
    expect(value("listing_summary")).toEqual({ type: "text", value: "Theirs" });
    expect(by("conflict-listing_summary").textContent).toContain("Developer changed this before you");
    expect(by("theirs-listing_summary").textContent).toBe("Theirs");
    expect(input("field-listing_summary").value).toBe("Mine");
    await click("keep-mine-listing_summary");
    expect(value("listing_summary")).toEqual({ type: "text", value: "Mine" });
    expect(all("conflict-listing_summary")).toEqual([]);
  });

  it("may be let stand", async () => {
    await show("general");
    type("field-listing_summary", "Mine");
    engine.by_other("listing_summary", { type: "text", value: "Theirs" });
    await pause();
    await click("take-theirs-listing_summary");
    expect(input("field-listing_summary").value).toBe("Theirs");
    expect(by("saved").dataset.state).toBe("saved");
  });

  it("are shown where nobody types", async () => {
    await show("general");
    engine.by_other("slug", { type: "text", value: "theirs" });
    await settle();
    expect(input("field-slug").value).toBe("theirs");
  });
});

describe("nothing typed is lost", () => {
  it("is saved on the way out, and whoever comes back at once finds it", async () => {
    await show("general");
    let answer: () => void = () => undefined;
    engine.wait = ({ name }) => (name === "change" ? new Promise((resolve) => (answer = resolve)) : Promise.resolve());
    type("field-slug", "typed");
    await away();
    expect(value("slug")).toEqual({ type: "text", value: "typed" });
    await back();
    expect(input("field-slug").value).toBe("typed");
    answer();
    await settle();
    expect(by("saved").dataset.state).toBe("saved");
  });

  it("when the window is left, and when another part is shown", async () => {
    await show("general");
    type("field-slug", "typed");
    window.dispatchEvent(new Event("blur"));
    await settle();
    expect(value("slug")).toEqual({ type: "text", value: "typed" });
    type("field-slug", "again");
    await press("2", { ctrlKey: true });
    expect(by("part-technical").getAttribute("aria-current")).toBe("true");
    await pause();
    expect(value("slug")).toEqual({ type: "text", value: "again" });
  });

  it("is taken back step by step, one step for each stay in a field, by new changes that expect what they undo", async () => {
    await show("general");
    for (const typed of ["a", "ab"]) {
      type("field-slug", typed);
      await pause();
    }
    type("field-display_name", "Other");
    await pause();
    input("field-display_name").blur();
    await settle();
    await press("z", { ctrlKey: true });
    expect(last()).toMatchObject({ field: "display_name", value: CONTENT.display_name, expects: { value: "Other" } });
    input("field-display_name").blur();
    await click("undo");
    expect(last()).toMatchObject({ field: "slug", value: CONTENT.slug, expects: { value: "ab" } });
    expect(all("undo")).toEqual([]);
    expect(engine.information).toEqual(CONTENT);
  });

  it("leaves undo to the field while one types in it", async () => {
    await show("general");
    type("field-slug", "typed");
    await pause();
    await press("z", { ctrlKey: true });
    expect(value("slug")).toEqual({ type: "text", value: "typed" });
  });
});

describe("submitting", () => {
  const ready = (): Partial<VersionEngine> => ({
    information: {
      ...BEFORE,
      plans: { type: "plans", value: [] },
    },
    warnings: [{ code: "untested", run: VERSION, name: "QA checklist", count: 4 }],
  });

  it("is barred while fields of the track are missing, and says how many", async () => {
    await show("technical");
    expect(by("mark-submitted").getAttribute("aria-disabled")).toBe("true");
    const why = () => document.getElementById(by("mark-submitted").getAttribute("aria-describedby") ?? "")?.textContent;
    expect(why()).toBe("Not ready: 3 fields of Technical");
    await click("submit-track-both");
    expect(why()).toBe("Not ready: 3 fields of Technical and 2 fields of Marketplace");
    await click("mark-submitted");
    expect(all("submit-dialog")).toEqual([]);
  });

  it("saves first, says that it sends nothing, names what warns, and records the round", async () => {
    await show("technical", ready());
    type("field-events_callback_url", "https://hooks.sample-apps.example/v2");
    await click("mark-submitted");
    expect(value("events_callback_url")).toEqual({ type: "text", value: "https://hooks.sample-apps.example/v2" });
    expect(by("submit-dialog").textContent).toContain("Sends nothing: it records that you submitted it on Partner Project, as round\u00a01.");
    expect(by("submit-warnings").textContent).toContain("QA checklist: 4 untested");
    await click("submit-confirm");
    expect(engine.taken.at(-1)).toMatchObject({ kind: "review.mark_submitted", args: { version: VERSION, tracks: ["technical"], override_reason: null } });
    expect(by("locked").textContent).toContain("In review");
    expect(by("field-events_callback_url").hasAttribute("readonly")).toBe(true);
    expect(all("add-scopes")).toEqual([]);
  });

  it("shows the last preflight, its age, and what was changed since", async () => {
    const counts = { pass: 19, warn: 2, fail: 1, waived: 0, not_run: 0 };
    const ran = { name: "QA", id: VERSION, me: false, at: Date.now() - 3 * 24 * 60 * 60 * 1_000 };
    await show("technical", { ...ready(), preflight: { counts, ran, changed: ["events_callback_url", "slug"] } });
    await click("mark-submitted");
    expect(by("preflight-counts").textContent).toMatch(/1 fail.*2 warn.*19 pass/s);
    expect(by("preflight-ran").textContent).toBe("Network checks run by QA, 3 days ago");
    expect(by("preflight-changed").textContent).toBe("Changed since: Events callback URL, Slug");
    await click("submit-run-checks");
    expect(engine.calls.find(({ name }) => name === "run_checks")?.args).toEqual({ project: PROJECT, version: VERSION });
  });

  it("says that nobody ran the network checks", async () => {
    await show("technical", ready());
    await click("mark-submitted");
    expect(by("preflight-never").textContent).toContain("Nobody has run");
  });

  it("does not go on while something typed cannot be saved", async () => {
    await show("technical", ready());
    type("field-events_callback_url", `https://x.example/${"x".repeat(1_000)}`);
    await click("mark-submitted");
    expect(all("submit-dialog")).toEqual([]);
    expect(by("problem-events_callback_url").textContent).toContain("Shorten it");
    await click("revert-events_callback_url");
  });

  it("asks at a gate for the reason to pass it over", async () => {
    await show("technical", { ...ready(), gate: true });
    await click("mark-submitted");
    await click("submit-confirm");
    expect(by("error-override_reason").textContent).toContain("Your workspace asks for finished checklists");
    type("override-reason", "The list is tested elsewhere");
    await click("submit-confirm");
    expect(engine.taken.at(-1)).toMatchObject({ args: { override_reason: "The list is tested elsewhere" } });
    expect(all("submit-dialog")).toEqual([]);
  });

  it("sends where there is a port, and a second try is the same round", async () => {
    await show("technical", { ...ready(), port: { port: "http", url: "https://sandbox.example" } });
    let answers = 0;
    engine.wait = ({ name }) => (name === "submit" && ++answers === 1 ? Promise.reject({ code: "offline", params: {} }) : Promise.resolve());
    await click("mark-submitted");
    expect(by("submit-dialog").textContent).toContain("https://sandbox.example");
    await click("submit-confirm");
    expect(by("error-submit").textContent).toContain("No connection");
    await click("submit-confirm");
    const [first, second] = engine.calls.filter(({ name }) => name === "submit").map(({ args }) => args);
    expect(first).toEqual(second);
    expect(first).toMatchObject({ project: PROJECT, version: VERSION, tracks: ["technical"], rounds: [expect.stringMatching(/^[0-9a-f-]{36}$/)] });
  });
});

describe("a version that cannot be edited", () => {
  it("says whose rule locks a part, and unlocks it with a reason where it is ours", async () => {
    await show("technical", { status: "rejected", states: { technical: "approved", marketplace: "rejected" }, rounds: { technical: 1, marketplace: 1 }, locks: { technical: "ours" } });
    expect(by("part-lock").textContent).toContain("This rule is ours");
    expect(by("field-standalone_url").hasAttribute("readonly")).toBe(true);
    await press("1", { ctrlKey: true });
    expect(by("field-slug").hasAttribute("readonly")).toBe(false);
    await press("2", { ctrlKey: true });
    await click("unlock");
    await click("unlock-save");
    expect(by("error-reason").textContent).toContain("Give a reason.");
    type("unlock-reason", "The callback moved");
    await click("unlock-save");
    expect(engine.taken.at(-1)).toEqual({ kind: "version.unlock", args: { version: VERSION, part: "technical", reason: "The callback moved" } });
    expect(by("field-standalone_url").hasAttribute("readonly")).toBe(false);
  });

  it("keeps what was typed when the lock came first", async () => {
    await show("technical");
    type("field-standalone_url", "https://typed.example");
    engine.locks = { technical: "ours" };
    await pause();
    expect(input("field-standalone_url").value).toBe("https://typed.example");
    expect(by("problem-standalone_url").textContent).toContain("This part is locked");
    engine.locks = {};
    engine.tell();
    await settle();
    await pause();
    expect(value("standalone_url")).toEqual({ type: "text", value: "https://typed.example" });
  });

  it("is read where the role may not change it", async () => {
    const boot = engine.boot();
    if (boot.phase.phase === "open") boot.phase.me.roles = ["developer"];
    engine.boot = () => boot;
    await show("general");
    expect(by("role-reads").textContent).toContain("Your role reads this part");
    expect(by("field-slug").hasAttribute("readonly")).toBe(true);
    await press("2", { ctrlKey: true });
    expect(by("field-standalone_url").hasAttribute("readonly")).toBe(false);
    expect(by("mark-submitted").getAttribute("aria-disabled")).toBe("true");
  });

  it("was put away and comes back by one button", async () => {
    await show("general");
    by("version-menu").focus();
    await press("Enter");
    await click("menu-discard");
    await click("confirm-no");
    expect(engine.taken).toEqual([]);
    by("version-menu").focus();
    await press("Enter");
    await click("menu-discard");
    await click("confirm-yes");
    expect(by("locked").textContent).toContain("Put away");
    expect(by("field-slug").hasAttribute("readonly")).toBe(true);
    await click("restore");
    expect(engine.status).toBe("draft");
    expect(by("field-slug").hasAttribute("readonly")).toBe(false);
  });
});
