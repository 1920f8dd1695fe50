/** A report opened in a spreadsheet runs nothing, and shows every character where it belongs. */
import { expect, it } from "vitest";
import { csv, separator } from "./csv.ts";

const one = (text: string) => csv([[text]], "en");

it.each(["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "'=1", "''=1", " =1", "＝1", "＋1", "－1", "＠x", "\tplain", "\rplain"])(
  "takes no cell for a formula: %j",
  (text) => expect(one(text)).toBe(`\u{feff}"'${text}"\r\n`),
);

it.each(["1-1", "'quoted'", "a=b", "", "<script>", "plain", "1.3.0+412"])("leaves others as they are: %j", (text) =>
  expect(one(text)).toBe(`\u{feff}"${text}"\r\n`),
);

it("quotes what separates", () => {
  expect(csv([["a,b", 'say "x"', "one\ntwo"], ["1", "2", "3"]], "en")).toBe('\u{feff}"a,b","say ""x""","one\ntwo"\r\n"1","2","3"\r\n');
});

it.each([
  ["en", ","],
  ["pt-PT", ";"],
  ["es-ES", ";"],
  ["pt-BR", ";"],
])("separates as spreadsheets in %s do", (locale, expected) => {
  expect(separator(locale)).toBe(expected);
  expect(csv([["a", "b"]], locale)).toBe(`\u{feff}"a"${expected}"b"\r\n`);
});
