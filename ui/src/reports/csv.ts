/**
 * CSV by RFC 4180 that a spreadsheet opens as it was meant: UTF-8 with its mark, every cell quoted, the separator that
 * the language's spreadsheets expect, and no cell that could be taken for a formula.
 */

/** A cell that begins like a formula gets an apostrophe; so does one that begins with apostrophes and goes on like one. */
const FORMULA = /^'*[\t\r\n]|^['\s]*[=+\-@＝＋－＠]/u;

const cell = (text: string): string => `"${FORMULA.test(text) ? "'" : ""}${text.replaceAll('"', '""')}"`;

/** Where a comma stands in numbers, a semicolon stands between cells. */
export const separator = (locale: string): string => {
  const decimal = new Intl.NumberFormat(locale).formatToParts(1.5).find(({ type }) => type === "decimal");
  return decimal?.value === "," ? ";" : ",";
};

export function csv(rows: readonly (readonly string[])[], locale: string): string {
  const between = separator(locale);
  return `\u{feff}${rows.map((row) => `${row.map(cell).join(between)}\r\n`).join("")}`;
}
