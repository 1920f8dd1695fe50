/** Cells for spreadsheets: none of them is taken for a formula. */

/** A cell that begins like a formula, or with apostrophes and goes on like one. */
const FORMULA = /^'*[\t\r\n]|^['\s]*[=+\-@＝＋－＠]/u;

/** The cell with an apostrophe before it where it would be taken for a formula: a spreadsheet shows it as it is. */
export const guarded = (text: string): string => (FORMULA.test(text) ? `'${text}` : text);

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;

/** Rows as a spreadsheet takes them from the clipboard: tabs between cells; a cell of several lines is quoted. */
export const tsv = (rows: readonly (readonly string[])[]): string =>
  rows.map((row) => row.map(guarded).map((text) => (/["\t\r\n]/.test(text) ? quoted(text) : text)).join("\t")).join("\n");

/** A cell of a CSV file: always quoted. */
export const csvCell = (text: string): string => quoted(guarded(text));
