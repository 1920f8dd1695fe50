/**
 * Any list copied as a table: a list says its columns once, and the palette and a key copy it as it is shown, filter
 * and order respected.
 *
 *     useTable(() => ({ name: t("nav.customers"), rows: () => rows, columns: [{ label: t("customer.name"), value: ({ name }) => name }] }));
 */
import Table from "@lucide/svelte/icons/table";
import { copyText } from "$ipc/client.ts";
import { t } from "$texts";
import { useActions } from "./actions.svelte.ts";
import { attempt } from "./attempt.svelte.ts";
import { tsv } from "./cells.ts";
import { useKeys } from "./keys.svelte.ts";
import { toast } from "./toasts.svelte.ts";

export interface Column<Row> {
  label: string;
  value: (row: Row) => string | number;
}

export interface Shown<Row> {
  /** What the list is called: *Customers*. */
  name: string;
  /** All rows in their order, those that are not on the screen included. */
  rows: () => readonly Row[] | Promise<readonly Row[]>;
  columns: readonly Column<Row>[];
}

/** Most rows that a clipboard is asked to carry. */
export const MOST_ROWS = 20_000;

/** A table as text: a head, and a line for each row. */
export const asTable = <Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string =>
  tsv([columns.map(({ label }) => label), ...rows.map((row) => columns.map(({ value }) => String(value(row))))]);

const copy = <Row>({ name, rows, columns }: Shown<Row>): Promise<boolean> =>
  attempt(async () => {
    const all = await rows();
    const kept = all.slice(0, MOST_ROWS);
    await copyText({ text: asTable(columns, kept) });
    toast(kept.length < all.length ? t("table.copied_some", { name, n: kept.length }) : t("table.copied", { name, n: kept.length }));
  });

/** Lets the list of this component be copied; none while there is nothing to copy. */
export function useTable<Row>(shown: () => Shown<Row> | undefined): void {
  const run = () => {
    const now = shown();
    if (now) void copy(now);
  };
  useKeys(() => [{ keys: "Mod+Alt+C", label: t("table.key"), hint: false, when: () => shown() !== undefined, run }]);
  useActions(() => {
    const now = shown();
    return now ? [{ label: t("table.copy", { name: now.name }), icon: Table, keys: "Mod+Alt+C", run }] : [];
  });
}
