/** Every field is edited and saved by itself, and what is wrong with it stands where it is mended. */
import { describe, expect, it } from "vitest";
import type { FieldKey, FieldValue, Part } from "../src/ipc/types.ts";
import { router } from "../src/lib/router.svelte.ts";
import { BEFORE, CONTENT, PROJECT, VERSION } from "./version_engine.ts";
import { all, away, back, by, click, engine, input, last, pause, press, settle, sets, show, type, value, useVersion } from "./version_screen.ts";

useVersion();

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
        tested: { build: "", account: "", browser: "" },
        assigned: {},
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

  it("is compared side by side with the version before, changed words marked", async () => {
    await show("general");
    await press("d", { ctrlKey: true });
    const lines = (key: string) => [...by(`compare-${key}`).querySelectorAll("li")].map((line) => [line.querySelector("del")?.textContent ?? "", line.querySelector("ins")?.textContent ?? ""]);
    expect(lines("standalone_url")).toEqual([["https", "http"]]);
    expect(lines("scopes")).toEqual([["", ""], ["", ""], ["", ""], ["", "recordings:read: "]]);
    expect(all("compare-display_name")).toEqual([]);
    expect(all("compare-with-round-technical")).toEqual([]);
    await click("compare-only");
    expect(by("compare-display_name").textContent).toContain("Call Notes");
    expect(by("compare-display_name").querySelector("del, ins")).toBeNull();
    await click("compare-only");

    // From change to change by key, and from there to the field.
    const stops = ["standalone_url", "scopes", "capabilities"].map((key) => by(`compare-go-${key}`));
    await press("j");
    expect(document.activeElement).toBe(stops[0]);
    await press("j");
    await press("j");
    await press("j");
    expect(document.activeElement).toBe(stops[2]);
    await press("k");
    await press("k");
    expect(document.activeElement).toBe(stops[0]);
    by("compare-go-standalone_url").click();
    await settle();
    expect(all("compare-dialog")).toEqual([]);
    await pause();
    expect(document.activeElement).toBe(by("field-standalone_url"));
  });

  it("is compared with what a track was last submitted with: its own fields alone", async () => {
    await show("general", { rounds: { technical: 2, marketplace: 0 } });
    await click("compare");
    await click("compare-with-round-technical");
    expect(by("compare-with-round-technical").textContent).toContain("round 2");
    expect(all("compare-standalone_url")).toHaveLength(1);
    await click("compare-only");
    expect(all("compare-display_name")).toEqual([]);
    expect(all("compare-redirect_uris")).toHaveLength(1);
  });

  it("is shown as customers see it, as it is typed, with what is missing marked", async () => {
    await show("general");
    await press("e", { ctrlKey: true });
    expect(by("preview").textContent).toContain("Agents write while they talk.");
    expect(all("preview-lacks-display_name")).toEqual([]);
    type("field-display_name", "Call Notes Plus");
    expect(by("preview").querySelector("h3")?.textContent).toBe("Call Notes Plus");
    type("field-display_name", "");
    expect(all("preview-lacks-display_name")).toHaveLength(1);
    // What is missing leads to its field, in whatever part that stands.
    await click("preview-lacks-privacy_policy");
    await pause();
    expect(document.activeElement).toBe(by("field-privacy_policy"));
    by("preview-close").focus();
    await click("preview-close");
    expect(all("preview")).toEqual([]);
    await settle();
    expect(document.activeElement).toBe(by("preview-show"));
  });

  it("opens at the field that a route names", async () => {
    await show("general");
    await router.go({ name: "version", project: PROJECT, version: VERSION, part: "technical", field: "standalone_url" });
    await settle();
    expect(document.activeElement).toBe(by("field-standalone_url"));
  });
});
