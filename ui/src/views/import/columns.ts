/** What the columns of a pasted list mean. */
import type { Mapping } from "$ipc/types.ts";

export type Meaning = keyof Mapping;

export const MEANINGS: readonly Meaning[] = ["section", "id", "text", "help", "required", "evidence"];

/** What a column is used as. */
export const meaningOf = (mapping: Mapping, column: number): Meaning | undefined =>
  MEANINGS.find((meaning) => mapping[meaning] === column);

/** Use a column as something: what it was used as before is free again, and so is the column that was used so. */
export function use(mapping: Mapping, column: number, as: Meaning | undefined): Mapping {
  const next = { ...mapping };
  for (const meaning of MEANINGS) if (next[meaning] === column) next[meaning] = null;
  if (as) next[as] = column;
  return next;
}

/** A file as text: UTF-8, or UTF-16 where it says so with its first two bytes. */
export function decode(bytes: Uint8Array): string {
  const mark = `${bytes[0]} ${bytes[1]}`;
  const encoding = mark === "255 254" ? "utf-16le" : mark === "254 255" ? "utf-16be" : "utf-8";
  return new TextDecoder(encoding).decode(bytes);
}
