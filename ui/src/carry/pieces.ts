/** A field's value cut into what is copied at once: the portal takes a list entry by entry. */
import type { FieldKey, FieldValue, FileRef, Plan } from "$ipc/types.ts";
import { choiceText, entryLabel, fieldLabel, t } from "$texts";

export interface Piece {
  /** What it is: *Redirect URI 2*. */
  what: string;
  text: string;
  /** How people read it, where that is not what is copied. */
  shown?: string;
}

/** The pieces, in the order of the portal's form. A switch has none: it is set by hand. */
export function piecesOf(key: FieldKey, value: FieldValue | null): Piece[] {
  if (!value) return [];
  switch (value.type) {
    case "text":
      return [{ what: fieldLabel(key), text: value.value, shown: choiceText(value.value) }];
    case "flag":
      return [];
    case "list":
      return value.value.map((text, i) => ({ what: entryLabel(key, i), text }));
    case "emails":
      return value.value.map(({ type, email }) => ({ what: choiceText(type), text: email }));
    case "assets":
      return value.value.flatMap(({ url, description }, i) => [
        { what: entryLabel(key, i), text: url },
        { what: `${entryLabel(key, i)}, ${t("carry.what_it_shows")}`, text: description },
      ]);
    case "scopes":
      return [
        ...value.value.map(({ scope }, i) => ({ what: entryLabel(key, i), text: scope })),
        // Talkdesk has one text for all reasons (`scopes_reason`).
        { what: t("carry.reasons"), text: value.value.map(({ scope, reason }) => `${scope}: ${reason}`).join("\n") },
      ];
    case "plans":
      return value.value.flatMap(planPieces);
  }
}

function planPieces(plan: Plan, at: number): Piece[] {
  const name = plan.name || entryLabel("plans", at);
  const parts: [string, string, string?][] = [
    [t("plan.name"), plan.name],
    [t("plan.type"), plan.type, choiceText(plan.type)],
    [t("plan.license_type"), plan.license_type, choiceText(plan.license_type)],
    [t("plan.price"), plan.price],
    [t("plan.min_licenses"), plan.min_licenses?.toString() ?? ""],
    [t("plan.max_licenses"), plan.max_licenses?.toString() ?? ""],
    [t("plan.listing_summary"), plan.listing_summary],
    [t("plan.description"), plan.description],
  ];
  return parts.map(([what, text, shown]) => ({ what: t("carry.plan_part", { plan: name, what }), text, shown }));
}

/** The files of a value, each under the name of its place: *Screenshot 2, inbox.png*. */
export function filesOf(key: FieldKey, value: FieldValue | null): FileRef[] {
  if (value?.type !== "assets") return [];
  return value.value.flatMap(({ file }, at) => (file ? [{ ...file, name: `${entryLabel(key, at)}, ${file.name}` }] : []));
}

/** What is left to copy: an empty piece is nothing to paste. */
export const filled = (pieces: readonly Piece[]): Piece[] => pieces.filter(({ text }) => text !== "");

/** The whole value, for the eye. */
export function told(key: FieldKey, value: FieldValue | null): string {
  if (value?.type === "flag") return t(value.value ? "version.on" : "version.off");
  const files = filesOf(key, value).map(({ name }) => name);
  return [...files, ...filled(piecesOf(key, value)).map(({ text, shown }) => shown ?? text)].join("\n");
}
