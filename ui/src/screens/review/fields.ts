/** The field that a finding is about, as a choice. */
import type { FieldKey, TrackName } from "$ipc/types.ts";
import { session } from "$lib/session.svelte.ts";
import { t } from "$texts";
import type { Option } from "../../parts/option.ts";

/** Stands for no field: a choice needs a value. */
export const NO_FIELD = "none";
export type FieldChoice = FieldKey | typeof NO_FIELD;

/** *Marketplace, Privacy policy*. */
export function fieldName(key: FieldKey): string {
  const part = session.fieldOf(key)?.part;
  const field = t(`field.${key}.label`);
  return part ? t("answer.field_of", { part: t(`part.${part}`), field }) : field;
}

export const fieldChoices = (): Option<FieldChoice>[] => [
  { value: NO_FIELD, label: t("answer.no_field") },
  ...(session.boot?.fields ?? []).map(({ key }) => ({ value: key, label: fieldName(key) })),
];

export const chosenField = (choice: FieldChoice): FieldKey | undefined => (choice === NO_FIELD ? undefined : choice);

/** The track that a field belongs to: General is the marketplace track's too. */
export function trackOf(key: FieldKey | undefined): TrackName | null {
  const part = key && session.fieldOf(key)?.part;
  return part ? (part === "technical" ? "technical" : "marketplace") : null;
}
