/** A value of the app information as lines to read. */
import type { EmailKind, FieldSpec, FieldValue, FileRef, Plan } from "$ipc/types.ts";
import { t, type Key } from "$texts";

export interface Line {
  text: string;
  note?: string;
  mono?: boolean;
  /** The picture that it is about. */
  file?: FileRef;
}

/** Values that are chosen from a list are told by their words. */
const choice = (value: string): string => t(`choice.${value}` as Extract<Key, `choice.${string}`>);

const MONO: readonly FieldSpec["kind"]["type"][] = ["slug", "url", "urls"];

export function linesOf(field: FieldSpec, value: FieldValue | undefined): Line[] {
  if (!value) return [];
  const mono = MONO.includes(field.kind.type);
  switch (value.type) {
    case "text": {
      if (!value.value) return [];
      const known = field.kind.type === "choice" && field.kind.of.includes(value.value);
      return [{ text: known ? choice(value.value) : value.value, mono }];
    }
    case "flag":
      return [{ text: t(value.value ? "info.yes" : "info.no") }];
    case "list":
      return value.value.map((text) => ({ text, mono }));
    case "emails":
      return value.value.map(({ type, email }) => ({ text: email, note: choice(type satisfies EmailKind) }));
    case "assets":
      return value.value.map(({ file, url, description }) => ({ text: url || (file?.name ?? ""), note: description, mono: url !== "", file }));
    case "scopes":
      return value.value.map(({ scope, reason }) => ({ text: scope, note: reason, mono: true }));
    case "plans":
      return value.value.map((plan) => ({ text: plan.name || choice(plan.type), note: planNote(plan) }));
  }
}

function planNote({ type, license_type, price, min_licenses: min, max_licenses: max, listing_summary }: Plan): string {
  const seats =
    min !== null && max !== null
      ? t("info.seats", { min, max })
      : min !== null
        ? t("info.seats_from", { min })
        : max !== null
          ? t("info.seats_to", { max })
          : "";
  const cost = price ? t("info.price", { price }) : "";
  return [choice(type), choice(license_type), cost, seats, listing_summary].filter(Boolean).join(" · ");
}
