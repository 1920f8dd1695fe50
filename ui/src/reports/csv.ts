/**
 * CSV by RFC 4180 that a spreadsheet opens as it was meant: UTF-8 with its mark, every cell quoted, the separator that
 * the language's spreadsheets expect, and no cell that could be taken for a formula.
 */
import { csvCell } from "$lib/cells.ts";

/** Where a comma stands in numbers, a semicolon stands between cells. */
export const separator = (locale: string): string => {
  const decimal = new Intl.NumberFormat(locale).formatToParts(1.5).find(({ type }) => type === "decimal");
  return decimal?.value === "," ? ";" : ",";
};

export function csv(rows: readonly (readonly string[])[], locale: string): string {
  const between = separator(locale);
  return `\u{feff}${rows.map((row) => `${row.map(csvCell).join(between)}\r\n`).join("")}`;
}
