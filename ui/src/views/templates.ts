/** Versions of a checklist template, in words. */
import type { Item, ItemDiff, Template, TemplateDiff } from "$ipc/types.ts";
import { locale, t } from "$texts";

export type Change = "added" | "removed" | "text" | "moved" | "other";

/** What happened to an item; another text weighs most, since it asks for another test. */
export function changeOf({ before, after, changed, moved }: ItemDiff): Change {
  if (!before) return "added";
  if (!after) return "removed";
  if (changed.includes("text")) return "text";
  return moved && changed.length === 0 ? "moved" : "other";
}

export function tallyOf(diff: TemplateDiff): Record<Change, number> {
  const tally = { added: 0, removed: 0, text: 0, moved: 0, other: 0 };
  for (const item of diff.items) tally[changeOf(item)] += 1;
  return tally;
}

/** *2 added, 1 text changed*; nothing where the two are the same. */
export function diffLine(diff: TemplateDiff): string {
  const tally = tallyOf(diff);
  const words = (["added", "removed", "text", "moved", "other"] as const).filter((change) => tally[change] > 0).map((change) => t(`diff.${change}`, { n: tally[change] }));
  if (diff.sections.length > 0) words.push(t("diff.sections", { n: diff.sections.length }));
  if (diff.name) words.push(t("diff.name"));
  return new Intl.ListFormat(locale(), { type: "unit" }).format(words);
}

export const newItem = (id: string): Item => ({ id, text: "", help: "", required: true, evidence: null, touches: [], source: null, shown_from: null });

/** A list from nothing: one section without a heading, one empty item. */
export const newTemplate = (id: string, name: string): Template => ({
  id,
  version: 0,
  kind: "own",
  name,
  derived: false,
  sections: [{ id: "section-1", name: "", items: [newItem("ITEM-01")] }],
});
