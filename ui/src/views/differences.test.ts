import { describe, expect, it } from "vitest";
import type { FieldSpec, FieldValue } from "$ipc/types.ts";
import { linesOf, pairs, type Pair } from "./differences.ts";

/** A pair as text: what only one side has stands in brackets. */
const drawn = ({ before, now }: Pair) =>
  [before, now].map((side) => side?.map(({ text, differs }) => (differs ? `[${text}]` : text)).join("") ?? null);

describe("two texts side by side", () => {
  it.each([
    ["the same", ["One."], ["One."], [["One.", "One."]]],
    ["a word", ["Notes beside the call."], ["Notes next to the call."], [["Notes [beside] the call.", "Notes [next to ]the call."]]],
    ["a word at the end", ["Saved when"], ["Saved when done"], [["Saved when", "Saved when[ done]"]]],
    ["accents and other letters", ["Não está", "日本"], ["Não estão", "日本"], [["Não [está]", "Não [estão]"], ["日本", "日本"]]],
    ["a line more", ["a", "c"], ["a", "b", "c"], [["a", "a"], [null, "[b]"], ["c", "c"]]],
    ["a line less", ["a", "b", "c"], ["a", "c"], [["a", "a"], ["[b]", null], ["c", "c"]]],
    ["another line", ["alpha"], ["omega"], [["[alpha]", "[omega]"]]],
    ["nothing before", [], ["new"], [[null, "[new]"]]],
    ["nothing left", ["old"], [], [["[old]", null]]],
    ["two for one", ["one two"], ["one three", "four"], [["one [two]", "one [three]"], [null, "[four]"]]],
    ["both empty", [], [], []],
  ] as const)("%s", (_, before, now, expected) => {
    expect(pairs(before, now).map(drawn)).toEqual(expected);
  });

  it("loses no letter of either side", () => {
    const [before, now] = ["The  note\tstays, with — the contact.", "A note stays with the  contact's card!"];
    const [pair] = pairs([before], [now]);
    expect(pair?.before?.map(({ text }) => text).join("")).toBe(before);
    expect(pair?.now?.map(({ text }) => text).join("")).toBe(now);
  });

  it("gives up on words where two long texts have little in common", () => {
    const text = (seed: number) => Array.from({ length: 4_000 }, (_, at) => `w${(at * seed) % 7_919}`).join(" ");
    const start = performance.now();
    expect(pairs([text(3)], [text(5)])).toHaveLength(1);
    expect(performance.now() - start).toBeLessThan(5_000);
  });
});

describe("a value as lines", () => {
  const spec = (type: string) => ({ kind: { type, of: ["standalone"] } }) as unknown as FieldSpec;

  it.each<[string, FieldValue | null, string[]]>([
    ["text", { type: "text", value: "a\n\nb" }, ["a", "", "b"]],
    ["choice", { type: "text", value: "standalone" }, ["Standalone"]],
    ["flag", { type: "flag", value: true }, ["On"]],
    ["scopes", { type: "scopes", value: [{ scope: "openid", reason: "Sign-in" }] }, ["openid: Sign-in"]],
    ["text", null, []],
  ])("%s", (type, value, expected) => {
    expect(linesOf(spec(type), value)).toEqual(expected);
  });

  it("tells every part of a plan, so that no change of one is hidden", () => {
    const plan = { type: "paid", license_type: "individual", name: "Team", price: "12", description: "D", listing_summary: "S", min_licenses: 5, max_licenses: 9 } as const;
    const lines = linesOf(spec("plans"), { type: "plans", value: [plan] }).join("\n");
    for (const part of ["Team", "12", "D", "S", "5", "9"]) expect(lines).toContain(part);
  });
});
