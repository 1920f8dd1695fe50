/** The activity's filter: a word stands for the sentences, fields and people that hold it, whatever the language tells them with. */
import { beforeEach, expect, it } from "vitest";
import type { Boot } from "$ipc/types.ts";
import { session } from "$lib/session.svelte.ts";
import { wantedOf, type Filter } from "./filter.ts";

const NOW = new Date(2026, 10, 24, 15, 30).getTime();
const filter = (some: Partial<Filter>) => wantedOf({ text: "", what: "all", when: "all", ...some }, NOW);

beforeEach(() => {
  const members = [
    { id: "m1", name: "Ana Conceição" },
    { id: "m2", name: "QA 1" },
  ];
  session.boot = { phase: { phase: "open", members } } as unknown as Boot;
});

it("asks for everything where nothing is chosen", () => {
  expect(filter({})).toEqual({ project: null, person: null, kinds: [], from: null, to: null, words: [] });
});

it.each([
  ["renamed", "workspace.rename"],
  ["discarded", "version.discard"],
  ["cleared", "version.set_field"],
  ["copied", "link.note_use"],
  ["archived", "project.set_archived"],
  ["signed", "run.sign"],
])("%s is looked for in the sentences of %s", (text, kind) => {
  expect(filter({ text }).words[0]?.kinds).toContain(kind);
});

it("finds people without their accents, and fields by their label", () => {
  const [first, second] = filter({ text: "conceicao summary" }).words;
  expect(first?.people).toEqual(["m1"]);
  expect(second?.texts).toEqual(["summary", "listing_summary"]);
  expect(second?.people).toEqual([]);
});

it("counts days back from the beginning of today", () => {
  expect(filter({ when: "today" }).from).toBe(new Date(2026, 10, 24).getTime());
  expect(filter({ when: "week" }).from).toBe(new Date(2026, 10, 18).getTime());
});
