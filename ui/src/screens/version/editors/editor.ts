/** What the editor of a field is given. */
import { tick } from "svelte";
import type { FieldSpec, Problem } from "$ipc/types.ts";
import type { Field } from "$parts/field.ts";
import type { Draft } from "../draft.svelte.ts";
import type { Value } from "../drafts.svelte.ts";

export interface EditorProps {
  spec: FieldSpec;
  /** What the frame around it hands over: id, label, description. */
  field: Field;
  draft: Draft<Value>;
  /** What is wrong with the value that is saved. */
  problems: readonly Problem[];
  readonly: boolean;
}

/** What the inputs of a row are given. */
export interface Row<Entry> {
  entry: Entry;
  at: number;
  label: string;
  problem: Problem | undefined;
  /** Change some of the entry; at once where it was chosen and not typed. */
  set: (some: Partial<Entry>, how?: { wait: number }) => void;
  /** For the input at fault. */
  wrong: { "aria-invalid": true; "aria-describedby": string } | undefined;
}

/** The focus goes to the first input of a row, or to the button that adds one where no row is left. */
export async function focusRow(group: HTMLElement | undefined, at: number): Promise<void> {
  await tick();
  const row = group?.querySelector<HTMLElement>(`[data-row="${at}"]`);
  (row ? row.querySelector<HTMLElement>("input, textarea") : group?.querySelector<HTMLElement>("[data-add]"))?.focus();
}
