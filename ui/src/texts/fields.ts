/** Words for fields, their entries and what is wrong with them, for every screen that names one. */
import type { FieldKey, Problem } from "$ipc/types.ts";
import { t } from "./catalogue.svelte.ts";

/** *Standalone URL*. */
export const fieldLabel = (key: FieldKey): string => t(`field.${key}.label`);

/** *Opened by Talkdesk*. */
export const fieldHelp = (key: FieldKey): string => t(`field.${key}.help`);

const LISTS = ["redirect_uris", "capabilities", "categories", "emails", "icon", "screenshots", "video", "scopes", "plans"] as const;
/** Lists of one: their entry needs no number. */
const SINGLE: readonly FieldKey[] = ["icon", "video"];
const listOf = (key: FieldKey) => LISTS.find((list) => list === key);

/** An entry of a list, counted from 0: *Redirect URI 2*. */
export function entryLabel(key: FieldKey, index: number): string {
  const list = listOf(key);
  if (SINGLE.includes(key)) return fieldLabel(key);
  return list ? t(`entry.${list}`, { n: index + 1 }) : t("entry.other", { field: fieldLabel(key), n: index + 1 });
}

/** The words of the button: *Add redirect URI*. */
export const addLabel = (key: FieldKey): string => t(`add.${listOf(key) ?? "other"}`);

const CHOICES = [
  "standalone",
  "atlas",
  "portal",
  "canvas",
  "support",
  "developer",
  "sales",
  "trial",
  "paid",
  "individual",
  "universal",
] as const;

/** A word of Talkdesk's as people read it; one that is not known stands as it is. */
export function choiceText(word: string): string {
  const known = CHOICES.find((choice) => choice === word);
  return known ? t(`choice.${known}`) : word;
}

/** What to do about it: *Use https. An address with http fails preflight.* */
export const problemText = ({ code, place }: Problem): string =>
  code === "empty" && place.index !== undefined ? t("problem.empty_entry") : t(`problem.${code}`);

/** The same where it is only listed: *Use https*. */
export const problemShort = ({ code }: Problem): string => t(`problem_short.${code}`);

/** What it is about: *Standalone URL*, *Reason for recordings:read*, *Redirect URI 2*. */
export function problemPlace({ code, place, params }: Problem): string {
  if (code === "no_trial") return t("entry.trial");
  if (code === "no_reason" && params.scope) return t("entry.reason", { scope: params.scope });
  if (!place.field) return "";
  return place.index === undefined ? fieldLabel(place.field) : entryLabel(place.field, place.index);
}
