/** The version screen in the whole window, over a version that takes and refuses as the shell does. */
import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import App from "../src/App.svelte";
import { listenForChanges } from "../src/ipc/events.ts";
import { setTransport } from "../src/ipc/transport.ts";
import type { Body, FieldKey, FieldValue, Part } from "../src/ipc/types.ts";
import { router } from "../src/lib/router.svelte.ts";
import { session } from "../src/lib/session.svelte.ts";
import { WAIT_MS } from "../src/screens/version/draft.svelte.ts";
import { BEFORE, CONTENT, PROJECT, VERSION, VersionEngine } from "./version_engine.ts";

let engine: VersionEngine;
let app: Record<string, unknown>;

/** Lets answers arrive and the screen follow; the clock does not go on by itself. */
const settle = async () => {
  for (let i = 0; i < 4; i++) {
    await vi.advanceTimersByTimeAsync(1);
    flushSync();
  }
};
/** A moment after the last key. */
const pause = async () => {
  await vi.advanceTimersByTimeAsync(WAIT_MS);
  await settle();
};
const all = (testid: string) => [...document.querySelectorAll<HTMLElement>(`[data-testid="${testid}"]`)];
const by = (testid: string): HTMLElement => {
  const [found] = all(testid);
  if (!found) throw new Error(`there is no ${testid}`);
  return found;
};
const input = (testid: string) => by(testid) as HTMLInputElement;
const type = (testid: string, value: string) => {
  input(testid).focus();
  input(testid).value = value;
  input(testid).dispatchEvent(new Event("input", { bubbles: true }));
  flushSync();
};
const click = async (testid: string) => {
  by(testid).click();
  await settle();
};
const press = async (key: string, init: KeyboardEventInit = {}) => {
  (document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...init }));
  await settle();
};
const sets = () => engine.taken.filter((body): body is Extract<Body, { kind: "version.set_field" }> => body.kind === "version.set_field").map(({ args }) => args);
const last = () => sets().at(-1);
const value = (key: FieldKey) => engine.information[key];

const show = async (part: Part, set: Partial<VersionEngine> = {}) => {
  Object.assign(engine, set);
  setTransport(engine);
  await listenForChanges();
  await router.reset({ name: "version", project: PROJECT, version: VERSION, part });
  app = mount(App, { target: document.body });
  await settle();
};
const away = async () => {
  const gone = router.go({ name: "home" });
  await settle();
  await gone;
  await settle();
};
const back = async () => {
  void router.back();
  await settle();
};

beforeEach(() => {
  vi.useFakeTimers();
  engine = new VersionEngine();
});
afterEach(async () => {
  engine.wait = () => Promise.resolve();
  await unmount(app);
  await settle();
  await router.reset();
  session.boot = undefined;
  document.body.replaceChildren();
  vi.useRealTimers();
});

describe("each kind of field", () => {
  const list = (...value: string[]): FieldValue => ({ type: "list", value });
  it.each<[string, Part, FieldKey, () => void | Promise<void>, FieldValue | null]>([
    ["a line", "general", "display_name", () => type("field-display_name", "Notes"), { type: "text", value: "Notes" }],
    ["a line that is emptied", "general", "display_name", () => type("field-display_name", ""), null],
    ["a slug", "general", "slug", () => type("field-slug", "notes"), { type: "text", value: "notes" }],
    ["a text", "general", "notes", () => type("field-notes", "One\nTwo"), { type: "text", value: "One\nTwo" }],
    ["an address", "technical", "standalone_url", () => type("field-standalone_url", "https://x.example"), { type: "text", value: "https://x.example" }],
    ["a switch", "technical", "sandbox", () => click("field-sandbox"), { type: "flag", value: true }],
    [
      "a new row",
      "technical",
      "redirect_uris",
      async () => {
        await click("add-redirect_uris");
        expect(document.activeElement).toBe(by("field-redirect_uris-2"));
        type("field-redirect_uris-2", "https://c.example");
      },
      list("https://app.sample-apps.example/auth/callback", "https://eu.sample-apps.example/auth/callback", "https://c.example"),
    ],
    ["a row that is removed", "technical", "redirect_uris", () => click("remove-redirect_uris-0"), list("https://eu.sample-apps.example/auth/callback")],
    ["the last row that is removed", "marketplace", "categories", () => click("remove-categories-0"), null],
    [
      "addresses for e-mail",
      "general",
      "emails",
      async () => {
        await click("add-emails");
        expect(document.activeElement).toBe(by("field-emails-1-email"));
        expect(by("field-emails-1-type").textContent).toContain("Developer");
        type("field-emails-1-email", "dev@sample-apps.example");
      },
      {
        type: "emails",
        value: [
          { type: "support", email: "support@sample-apps.example" },
          { type: "developer", email: "dev@sample-apps.example" },
        ],
      },
    ],
    [
      "pictures",
      "general",
      "icon",
      () => {
        expect(all("add-icon")).toEqual([]);
        type("field-icon-0-url", "https://x.example/i.png");
        type("field-icon-0-description", "A pen");
      },
      { type: "assets", value: [{ url: "https://x.example/i.png", description: "A pen" }] },
    ],
    [
      "scopes",
      "technical",
      "scopes",
      async () => {
        await click("add-scopes");
        expect(document.activeElement).toBe(by("field-scopes-4-scope"));
        type("field-scopes-4-scope", "account:read");
        type("field-scopes-4-reason", "Shows the account's name");
        await settle();
        await click("remove-scopes-3");
      },
      {
        type: "scopes",
        value: [...(BEFORE.scopes?.type === "scopes" ? BEFORE.scopes.value : []), { scope: "account:read", reason: "Shows the account's name" }],
      },
    ],
    [
      "plans",
      "marketplace",
      "plans",
      async () => {
        await click("remove-plans-0");
        await click("add-plans");
        expect(by("field-plans-0-type").textContent).toContain("Trial");
        type("field-plans-0-name", "Try it");
        type("field-plans-0-description", "Everything");
        type("field-plans-0-listing_summary", "Free");
        type("field-plans-0-min_licenses", "1");
        type("field-plans-0-max_licenses", "ten");
        type("field-plans-0-price", "0");
      },
      {
        type: "plans",
        value: [
          {
            type: "trial",
            license_type: "individual",
            name: "Try it",
            price: "0",
            description: "Everything",
            listing_summary: "Free",
            min_licenses: 1,
            max_licenses: null,
          },
        ],
      },
    ],
  ])("%s is saved by itself", async (_, part, key, edit, expected) => {
    await show(part);
    await edit();
    expect(by("saved").dataset.state).toMatch(/^sav/);
    await pause();
    expect(value(key) ?? null).toEqual(expected);
    expect(last()?.field).toBe(key);
    expect(by("saved").textContent).toMatch(/^\s*Saved \d\d:\d\d/);
  });

  it("keeps what is no number in sight, and says so", async () => {
    await show("marketplace");
    type("field-plans-0-max_licenses", "ten");
    await pause();
    expect(input("field-plans-0-max_licenses").value).toBe("ten");
    expect(by("field-plans-0-max_licenses").getAttribute("aria-invalid")).toBe("true");
    expect(sets()).toEqual([]);
  });

  it("number and release notes are saved too, the number when the person is done with it", async () => {
    await show("general");
    type("version-number", "1.2.0");
    await pause();
    expect(engine.taken).toEqual([]);
    input("version-number").dispatchEvent(new Event("change", { bubbles: true }));
    await settle();
    expect(by("error-number").textContent).toContain("Choose another number");
    expect(input("version-number").value).toBe("1.2.0");
    type("version-number", "1.4.0");
    type("version-notes", "New");
    await pause();
    expect([engine.number, engine.notes]).toEqual(["1.4.0", "New"]);
  });
});

describe("what is wrong", () => {
  it("stands at its field, its remedy first, and the button mends it", async () => {
    await show("technical");
    expect(by("problem-standalone_url").textContent).toContain("Use https.");
    expect(by("field-standalone_url").getAttribute("aria-invalid")).toBe("true");
    await click("fix-standalone_url");
    await pause();
    expect(value("standalone_url")).toEqual({ type: "text", value: "https://app.sample-apps.example/call-notes" });
    expect(all("problem-standalone_url")).toEqual([]);
    type("field-redirect_uris-1", "http://eu.sample-apps.example/x");
    await pause();
    expect(by("problem-redirect_uris").dataset.index).toBe("1");
    await click("fix-redirect_uris-1");
    await pause();
    expect(value("redirect_uris")).toMatchObject({ value: [expect.anything(), "https://eu.sample-apps.example/x"] });
  });

  it("of a scope stands in its row, and scopes that the version before had not are marked", async () => {
    await show("technical");
    expect(by("problem-scopes").dataset.index).toBe("3");
    expect(by("field-scopes-3-reason").getAttribute("aria-invalid")).toBe("true");
    expect(by("field-scopes-3-scope").getAttribute("aria-invalid")).toBeNull();
    expect(by("new-scopes-3").textContent).toBe("New in 1.3.0");
    expect(all("new-scopes-0")).toEqual([]);
    expect([...document.querySelectorAll<HTMLElement>("[data-changed]")].map(({ dataset }) => dataset.field)).toEqual(["standalone_url", "scopes", "capabilities"]);
  });

  it("is not called empty while the person is filling the row, and is once they left it", async () => {
    await show("technical");
    input("field-scopes-3-reason").focus();
    await settle();
    expect(all("problem-scopes")).toHaveLength(1);
    await click("add-redirect_uris");
    type("field-redirect_uris-2", "h");
    type("field-redirect_uris-2", "");
    await pause();
    expect(value("redirect_uris")).toMatchObject({ value: { length: 3 } });
    expect(all("problem-redirect_uris")).toEqual([]);
    input("field-redirect_uris-2").blur();
    await settle();
    expect(by("problem-redirect_uris").textContent).toContain("Fill this in, or remove it.");
  });

  it("is asked for quietly where nothing was entered yet", async () => {
    await show("general", { information: {} });
    expect(by("problem-display_name").className).not.toContain("bad");
    expect(by("field-display_name").getAttribute("aria-invalid")).toBeNull();
  });

  it("is counted for each track, listed, and reached by one click or by F8, round and round", async () => {
    await show("technical");
    expect([by("missing-technical").dataset.count, by("missing-marketplace").dataset.count]).toEqual(["3", "2"]);
    expect(all("missing-item").map((item) => item.textContent?.replace(/\s+/g, " ").trim())).toEqual([
      "Standalone URLUse https",
      "Reason for recordings:readEmpty",
      "Capability 2Empty",
      "Trial planA plan of type trial is needed",
      "Privacy policyEmpty",
    ]);
    await press("F8");
    const seen = [document.activeElement?.getAttribute("data-testid")];
    for (let i = 0; i < 5; i++) {
      await press("F8");
      seen.push(document.activeElement?.getAttribute("data-testid"));
    }
    expect(seen).toEqual([
      "field-standalone_url",
      "field-scopes-3-reason",
      "field-capabilities-1",
      "field-plans-0-name",
      "field-privacy_policy",
      "field-standalone_url",
    ]);
    all("missing-item")[4]?.click();
    await settle();
    expect(document.activeElement).toBe(by("field-privacy_policy"));
    expect(by("part-marketplace").getAttribute("aria-current")).toBe("true");
  });

  it("is too long: the whole text stays in the form with its reason, and the person may come back to it", async () => {
    await show("general");
    const long = "x".repeat(1_000_000);
    type("field-description", long);
    await pause();
    expect(by("problem-description").textContent).toContain("Shorten it to 20000 characters.");
    expect(by("saved").textContent).toContain("1 field not saved");
    await away();
    expect(document.querySelector('[data-testid="toast"]')?.textContent).toContain("1 field is not saved");
    await back();
    expect(input("field-description").value).toBe(long);
    expect(value("description")).toEqual(CONTENT.description);
    await click("revert-description");
    expect(input("field-description").value).toContain("Agents write");
    expect(by("saved").dataset.state).toBe("saved");
  });
});

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
    expect(by("submit-dialog").textContent).toContain("Sends nothing: it records that you submitted it on Partner Project, as round 1.");
    expect(by("submit-warnings").textContent).toContain("QA checklist: 4 untested");
    await click("submit-confirm");
    expect(engine.taken.at(-1)).toMatchObject({ kind: "review.mark_submitted", args: { version: VERSION, tracks: ["technical"], override_reason: null } });
    expect(by("locked").textContent).toContain("In review");
    expect(by("field-events_callback_url").hasAttribute("readonly")).toBe(true);
    expect(all("add-scopes")).toEqual([]);
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
    await click("version-menu");
    by("version-menu").dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
    await settle();
    expect(all("menu-discard")).toHaveLength(1);
    engine.status = "discarded";
    engine.tell();
    await settle();
    expect(by("locked").textContent).toContain("Put away");
    expect(by("field-slug").hasAttribute("readonly")).toBe(true);
    await click("restore");
    expect(engine.status).toBe("draft");
    expect(by("field-slug").hasAttribute("readonly")).toBe(false);
  });
});

describe("what belongs to it", () => {
  it("leads to its run or to the form of a new one, and to its review", async () => {
    await show("general");
    await click("goto-run");
    expect(router.route).toEqual({ name: "checklists", start: { project: PROJECT, version: VERSION } });
    await back();
    engine.runs = [
      {
        id: "018f0000-0000-7000-8000-0000000000a0",
        project: PROJECT,
        project_name: "Call Notes",
        version: VERSION,
        number: "1.3.0",
        template: VERSION,
        kind: "qa",
        name: "QA checklist",
        summary: { run: VERSION, kind: "qa", name: "QA checklist", template: VERSION, template_version: 1, total: 4, counts: {}, signed: false },
        done: 1,
        changed: 0,
      },
    ];
    engine.tell();
    await settle();
    await click("goto-run");
    expect(router.route).toEqual({ name: "run", run: "018f0000-0000-7000-8000-0000000000a0" });
    await back();
    await click("goto-review");
    expect(router.route).toEqual({ name: "review", project: PROJECT, version: VERSION });
  });

  it("says how it stands on Partner Project", async () => {
    await show("general", { carried: { last: null, differ: ["slug"] } });
    expect(by("carried").textContent).toContain("Never carried");
    engine.carried = { last: 1, differ: ["slug", "scopes"] };
    engine.tell();
    await settle();
    expect(by("carried").textContent).toContain("2 fields differ");
  });

  it("is compared with the version before, line by line", async () => {
    await show("general");
    await press("d", { ctrlKey: true });
    const lines = (key: string) => [...by(`compare-${key}`).querySelectorAll("li")].map(({ className, textContent }) => [className.split(" ")[0], textContent?.replace(/\s+/g, " ").trim()]);
    expect(lines("standalone_url")).toEqual([
      ["before", "− only in 1.2.0 https://app.sample-apps.example/call-notes"],
      ["now", "+ only in 1.3.0 http://app.sample-apps.example/call-notes"],
    ]);
    expect(lines("scopes").map(([where]) => where)).toEqual(["both", "both", "both", "now"]);
    by("compare-standalone_url").querySelector("button")?.click();
    await settle();
    expect(all("compare-dialog")).toEqual([]);
    await pause();
    expect(document.activeElement).toBe(by("field-standalone_url"));
  });

  it("opens at the field that a route names", async () => {
    await show("general");
    await router.go({ name: "version", project: PROJECT, version: VERSION, part: "technical", field: "standalone_url" });
    await settle();
    expect(document.activeElement).toBe(by("field-standalone_url"));
  });
});
