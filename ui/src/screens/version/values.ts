/** The values of fields as the editors hold them. What is empty is not set: a field that was cleared is as if never filled. */
import type { Asset, Email, EmailKind, FieldSpec, Plan, Problem, ScopeReason } from "$ipc/types.ts";
import { choiceText, t } from "$texts";
import type { Value } from "./drafts.svelte.ts";

export const textOf = (value: Value): string => (value?.type === "text" ? value.value : "");
export const flagOf = (value: Value): boolean => value?.type === "flag" && value.value;
export const listOf = (value: Value): string[] => (value?.type === "list" ? value.value : []);
export const emailsOf = (value: Value): Email[] => (value?.type === "emails" ? value.value : []);
export const assetsOf = (value: Value): Asset[] => (value?.type === "assets" ? value.value : []);
export const scopesOf = (value: Value): ScopeReason[] => (value?.type === "scopes" ? value.value : []);
export const plansOf = (value: Value): Plan[] => (value?.type === "plans" ? value.value : []);

export const text = (value: string): Value => (value === "" ? null : { type: "text", value });
export const flag = (value: boolean): Value => ({ type: "flag", value });
export const list = (value: string[]): Value => (value.length === 0 ? null : { type: "list", value });
export const emails = (value: Email[]): Value => (value.length === 0 ? null : { type: "emails", value });
export const assets = (value: Asset[]): Value => (value.length === 0 ? null : { type: "assets", value });
export const scopes = (value: ScopeReason[]): Value => (value.length === 0 ? null : { type: "scopes", value });
export const plans = (value: Plan[]): Value => (value.length === 0 ? null : { type: "plans", value });

export const EMAIL_KINDS: readonly EmailKind[] = ["support", "developer", "sales"];

/** A new address is of the first type that has none yet. */
export const newEmail = (others: readonly Email[]): Email => ({
  type: EMAIL_KINDS.find((kind) => others.every(({ type }) => type !== kind)) ?? "support",
  email: "",
});

/** The first plan is the trial, which there has to be one of. */
export const newPlan = (others: readonly Plan[]): Plan => ({
  type: others.some(({ type }) => type === "trial") ? "paid" : "trial",
  license_type: others[0]?.license_type ?? "individual",
  name: "",
  price: "",
  description: "",
  listing_summary: "",
  min_licenses: null,
  max_licenses: null,
});

/** How many entries a value has; a value that is no list has none. */
export const entries = (value: Value): number => (value && Array.isArray(value.value) ? value.value.length : 0);

/** The value as text, for the eye: an entry a line. */
export function told(value: Value): string {
  if (!value) return "";
  switch (value.type) {
    case "text":
      return value.value;
    case "flag":
      return t(value.value ? "version.on" : "version.off");
    case "list":
      return value.value.join("\n");
    case "emails":
      return value.value.map(({ type, email }) => `${choiceText(type)}: ${email}`).join("\n");
    case "assets":
      return value.value.map(({ file, url, description }) => [file?.name, url, description].filter(Boolean).join(" · ")).join("\n");
    case "scopes":
      return value.value.map(({ scope, reason }) => `${scope}: ${reason}`).join("\n");
    case "plans":
      return value.value.map(({ name, type, price }) => [name, choiceText(type), price].filter(Boolean).join(" · ")).join("\n");
  }
}

/** The same address over https. */
export const overHttps = (address: string): string => address.trim().replace(/^http:\/\//i, "https://");

/** What is wrong with each entry: the first thing of each. */
export function byEntry(problems: readonly Problem[]): ReadonlyMap<number, Problem> {
  const found = new Map<number, Problem>();
  for (const problem of problems) {
    const { index } = problem.place;
    if (index !== undefined && !found.has(index)) found.set(index, problem);
  }
  return found;
}

/** Most entries that a field takes, where it says so. */
export const mostOf = ({ kind }: FieldSpec): number => (kind.type === "assets" ? kind.of : Number.POSITIVE_INFINITY);
