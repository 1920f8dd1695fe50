/** What the review makes of texts: dates, paragraphs, the words that are findings already, replies. */
import { describe, expect, it } from "vitest";
import type { FindingView } from "$ipc/types.ts";
import { paragraphs } from "./answer.svelte.ts";
import { dated, isoDate } from "$lib/day.ts";
import { repliesText } from "./findings.ts";
import { taken } from "./taken.ts";

describe("a go-live date", () => {
  it.each([
    ["2026-12-01", "2026-12-01"],
    [" 2026/12/1 ", "2026-12-01"],
    ["2028.2.29", "2028-02-29"],
    ["2026-02-29", undefined],
    ["2026-13-01", undefined],
    ["2026-00-10", undefined],
    ["2026-04-31", undefined],
    ["01.12.2026", undefined],
    ["12/01/2026", undefined],
    ["tomorrow", undefined],
    ["", undefined],
  ])("%j is kept as %j", (typed, kept) => expect(isoDate(typed)).toBe(kept));

  it("is read back with its weekday, in no other time zone's day", () => {
    expect(dated("2026-12-01", "en")).toBe("Tuesday, 1 December 2026");
  });
});

describe("one finding for each paragraph", () => {
  it.each([
    ["", []],
    ["One.", ["One."]],
    ["One,\nstill one.\n\nTwo.", ["One,\nstill one.", "Two."]],
    ["One.\n \t\n\n\nTwo.\n", ["One.", "Two."]],
    ["Two points:\n- The policy page.\n- The summary.", ["Two points:", "- The policy page.", "- The summary."]],
    ["1. First\n2) Second\n3. Third", ["1. First", "2) Second", "3. Third"]],
    ["Version 2.1.0\nis fine - really.", ["Version 2.1.0\nis fine - really."]],
  ])("%j", (text, found) => expect(paragraphs(text)).toEqual(found));
});

describe("the words that are findings already", () => {
  const marked = (text: string, ...findings: string[]) => taken(text, findings.map((words) => ({ text: words }))).map(({ text, n }) => (n ? `[${n}:${text}]` : text)).join("");
  it.each([
    ["All of it.", [], "All of it."],
    ["a b c", ["b"], "a [1:b] c"],
    ["a b c", ["c", "a"], "[2:a] b [1:c]"],
    ["a b c", ["a b", "b c"], "[1:a b] c"],
    ["a b c", ["b, in other words"], "a b c"],
    ["a b c", ["", "  "], "a b c"],
    ["a b c", [" b "], "a [1:b] c"],
    ["", ["a"], ""],
  ])("%j with %j is %j", (text, findings, expected) => expect(marked(text, ...findings)).toBe(expected));

  it("loses no letter of the answer", () => {
    const text = "Hello,\n\nthe page.\nThe page.\n";
    expect(taken(text, [{ text: "the page." }, { text: "The page." }]).map((run) => run.text).join("")).toBe(text);
  });
});

describe("all replies as text", () => {
  const finding = (text: string, reply: string): FindingView => ({
    id: text,
    number: "2.1.0",
    track: "marketplace",
    round: 1,
    source: "talkdesk",
    said: { text, severity: "", field: null, item: null },
    files: [],
    redacted: null,
    reply_redacted: null,
    reply_redaction: null,
    reply,
    status: "open",
    created: { id: "p", name: "PM", me: true, at: 0 },
    changed: null,
  });

  it("quotes each finding and leaves out those without a reply", () => {
    const text = repliesText([finding("The page\nis gone.", " It is back. "), finding("No reply yet.", "  "), finding("The name.", "Changed.")]);
    expect(text).toBe("> The page\n> is gone.\nIt is back.\n\n> The name.\nChanged.");
  });
});
