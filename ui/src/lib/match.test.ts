import { describe, expect, it } from "vitest";
import { fuzzy, pieces, score } from "./match.ts";

describe("score", () => {
  it.each([
    ["Call Notes", "", true],
    ["Call Notes", "call no", true],
    ["Call Notes", "no ca", true],
    ["Call Notes", "cal nots", false],
    ["Ação rápida", "acao", true],
  ])("%s answers %s: %s", (text, query, found) => {
    expect(score(text, query) > 0).toBe(found);
  });

  it("puts a beginning before a word's beginning before a middle", () => {
    const [first, second, third] = ["note book", "call notes", "footnote"].map((text) => score(text, "note"));
    expect(first).toBeGreaterThan(second ?? 0);
    expect(second).toBeGreaterThan(third ?? 0);
  });
});

describe("fuzzy", () => {
  it.each([
    ["Carry to Partner Project", "ctpp", true],
    ["Install version", "insver", true],
    ["Install version", "x", false],
    ["Install version", "noisrev", false],
    ["Ação rápida", "acrap", true],
  ])("%s answers %s: %s", (text, query, found) => expect(fuzzy(text, query) > 0).toBe(found));

  it("puts what is written before what is abbreviated, and few jumps before many", () => {
    const [written, first, second] = ["Mark as submitted", "Make all small", "Some marked calls as well"].map((text) => fuzzy(text, "mas"));
    expect(fuzzy("Christmas", "mas")).toBeGreaterThan(written ?? 0);
    expect(written).toBeGreaterThan(second ?? 0);
    expect(first).toBeGreaterThan(0);
  });
});

it.each([
  ["Call Notes", "call no", ["[Call]", " ", "[No]", "tes"]],
  ["Ação", "cao", ["A", "[ção]"]],
  ["Call Notes", "", ["Call Notes"]],
  ["<b>x</b>", "x", ["<b>", "[x]", "</b>"]],
])("pieces of %s for %s", (text, query, expected) => {
  expect(pieces(text, query).map(({ text, hit }) => (hit ? `[${text}]` : text))).toEqual(expected);
});
