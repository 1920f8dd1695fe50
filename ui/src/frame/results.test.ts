/** The palette's rows: keys of the screen are found by name, what was chosen stands first, letters in order are enough. */
import House from "@lucide/svelte/icons/house";
import { describe, expect, it, vi } from "vitest";
import type { Action, Found } from "$lib/actions.svelte.ts";
import type { Binding } from "$lib/keys.svelte.ts";
import { keyed, merged } from "./keyed.ts";
import { Results } from "./results.svelte.ts";

const nothing = () => undefined;
const binding = (keys: Binding["keys"], label: string, run = nothing): Binding => ({ keys, label, run });

describe("keys as actions", () => {
  it("are named as rows are, without those that only move", () => {
    const found = keyed([binding(["J", "ArrowDown"], "move"), binding("E", "edit"), binding("Mod+K", "anything"), binding("G P", "projects"), binding("F8", "next missing")]);
    expect(found.map(({ label, keys }) => [label, keys])).toEqual([["Edit", "E"], ["Next missing", "F8"]]);
  });

  it("give way to an action of the same key or name, and run as the key does", () => {
    const run = vi.fn();
    const actions: Action[] = [{ label: "Install version 1.2.0", keys: "I", run: nothing }, { label: "Undo", run: nothing }];
    const all = merged(actions, keyed([binding("I", "install version"), binding("Mod+Z", "undo"), binding("S", "sign", run)]));
    expect(all.map(({ label }) => label)).toEqual(["Install version 1.2.0", "Undo", "Sign"]);
    all[2]?.run();
    expect(run).toHaveBeenCalledOnce();
  });
});

describe("rows", () => {
  const open = vi.fn();
  const results = (doable: Action[]) =>
    new Results([{ label: "Home", icon: House, open }], () => doable, () => Promise.resolve([{ id: "p1", group: "Projects", label: "Call Notes", open }]));
  const labels = (of: Results) => of.rows.map(({ group, label }) => `${group}: ${label}`);

  it("begin with what was chosen last, where it can be chosen now", async () => {
    const first = results([{ label: "Sign", run: nothing }]);
    first.query = "call";
    await new Promise((done) => setTimeout(done));
    const [project] = first.rows;
    if (project) first.chose(project);
    first.query = "";
    const sign = first.rows.find(({ label }) => label === "Sign");
    if (sign) first.chose(sign);
    expect(labels(first).slice(0, 2)).toEqual(["Recent: Sign", "Recent: Call Notes"]);
    const elsewhere = results([]);
    expect(labels(elsewhere), "an action belongs to its screen").toEqual(["Recent: Call Notes", "Go to: Home"]);
    expect(new Set(elsewhere.rows.map(({ id }) => id)).size).toBe(2);
    const [again] = elsewhere.rows;
    if (again) elsewhere.chose(again);
    expect(labels(elsewhere), "once each").toEqual(["Recent: Call Notes", "Go to: Home"]);
  });

  it("are found by their letters in order", () => {
    const found = results([{ label: "Carry to Partner Project", run: nothing }, { label: "Discard version", run: nothing }]);
    found.query = ">ctp";
    expect(labels(found)).toEqual(["Do: Carry to Partner Project"]);
    found.query = ">";
    expect(labels(found), "what was chosen last is no command").toEqual(["Do: Carry to Partner Project", "Do: Discard version", "Go to: Home"]);
  });
});

describe("places", () => {
  it("stand first where one was, and a quick Enter waits for the answer to what was typed", async () => {
    let answer: (found: readonly Found[]) => void = () => undefined;
    const open = vi.fn();
    const results = new Results([], () => [], () => new Promise((done) => (answer = done)), () => [{ label: "Call Notes · 1.3.0", icon: House, open }]);
    expect(results.rows.map(({ group, label }) => `${group}: ${label}`)[0]).toBe("Recent: Call Notes · 1.3.0");
    results.query = "ca";
    const first = answer;
    results.query = "call";
    const answered = results.answered.then(() => results.rows.map(({ label }) => label));
    // The answer to what was typed before comes late, and is no answer any more.
    answer([{ id: "new", group: "Names", label: "Call Notes", open }]);
    first([{ id: "old", group: "Names", label: "Case Linker", open }]);
    expect(await answered).toEqual(["Call Notes"]);
  });
});
