/** A list as a table of the clipboard: what a spreadsheet gets is what the list says, and none of it is a formula. */
import { expect, it } from "vitest";
import { tsv } from "./cells.ts";
import { asTable } from "./table.ts";

it("has a head, a row for each, and its columns in order", () => {
  const columns = [
    { label: "Name", value: ({ name }: { name: string; n: number }) => name },
    { label: "Findings", value: ({ n }: { name: string; n: number }) => n },
  ];
  expect(asTable(columns, [{ name: "Call Notes", n: 3 }, { name: "", n: 0 }])).toBe("Name\tFindings\nCall Notes\t3\n\t0");
  expect(asTable(columns, [])).toBe("Name\tFindings");
});

it.each([
  ["plain", "plain"],
  ["a\tb", '"a\tb"'],
  ["two\nlines", '"two\nlines"'],
  ['"quoted"', '"""quoted"""'],
  ["=1+1", "'=1+1"],
  ["+351 900", "'+351 900"],
  ["-1", "'-1"],
  ["@SUM(A1)", "'@SUM(A1)"],
  [" =1", "' =1"],
  ["\t=1", "\"'\t=1\""],
  ["'=1", "''=1"],
  ["＝1", "'＝1"],
  ["1-1", "1-1"],
  ["'quoted'", "'quoted'"],
])("writes the cell %j as %j", (cell, written) => {
  expect(tsv([[cell]])).toBe(written);
});
