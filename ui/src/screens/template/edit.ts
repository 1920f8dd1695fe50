/** What can be done to a list's sections and items. Every change gives a new list; ids of what was saved never change. */
import type { Item, Section, SharedItem, Template } from "$ipc/types.ts";
import { newItem } from "../../views/templates.ts";

/** A row of the editor: the list itself, a section, an item. */
export type Row = { list: true } | { section: Section } | { item: Item; section: Section };

/** A row by name, the same however the rows move. */
export const keyOf = (row: Row): string => ("list" in row ? "list" : "item" in row ? `i ${row.item.id}` : `s ${row.section.id}`);

export const rowsOf = (template: Template): Row[] => [
  { list: true },
  ...template.sections.flatMap((section): Row[] => [{ section }, ...section.items.map((item) => ({ item, section }))]),
];

const items = (template: Template): Item[] => template.sections.flatMap(({ items }) => items);

const withSections = (template: Template, sections: Section[]): Template => ({ ...template, sections });

/** The number of a section and, in it, of an item. */
function placeOf(template: Template, id: string): { section: number; item: number } | undefined {
  for (const [section, { items }] of template.sections.entries()) {
    const item = items.findIndex((one) => one.id === id);
    if (item >= 0) return { section, item };
  }
  return undefined;
}

/** An id that is free, counted on from the last one beside it: `TE-12` after `TE-11`. */
export function nextId(template: Template, section?: Section): string {
  const taken = new Set(items(template).map(({ id }) => id));
  const near = [...(section?.items ?? []), ...items(template)].findLast(({ id }) => /\d$/.test(id))?.id ?? "ITEM-00";
  const [, stem = "", digits = "0"] = /^(.*?)(\d+)$/.exec(section?.items.findLast(({ id }) => /\d$/.test(id))?.id ?? near) ?? [];
  for (let n = Number(digits) + 1; ; n += 1) {
    const id = `${stem}${String(n).padStart(digits.length, "0")}`;
    if (!taken.has(id)) return id;
  }
}

function sectionId(template: Template): string {
  const taken = new Set(template.sections.map(({ id }) => id));
  for (let n = template.sections.length + 1; ; n += 1) if (!taken.has(`section-${n}`)) return `section-${n}`;
}

/** A copy with an id of its own. Its items keep theirs. */
export const copyOf = (template: Template, id: string, name: string): Template => {
  const { saved, ...copied } = template;
  void saved;
  return { ...copied, id, version: 0, name, derived: false };
};

/** A new item behind this row. Answers the list and the item's row. */
export function addItem(template: Template, behind: Row | undefined): [Template, string] {
  if (template.sections.length === 0) return addItem(addSection(template, undefined)[0], behind);
  const sections = [...template.sections];
  const place = behind && "item" in behind ? placeOf(template, behind.item.id) : undefined;
  const at = place?.section ?? (behind && "section" in behind ? sections.findIndex(({ id }) => id === behind.section.id) : 0);
  const section = sections[Math.max(0, at)];
  if (!section) return [template, "list"];
  const item = newItem(nextId(template, section));
  sections[Math.max(0, at)] = { ...section, items: section.items.toSpliced(place ? place.item + 1 : 0, 0, item) };
  return [withSections(template, sections), `i ${item.id}`];
}

/** A new section behind the one of this row. */
export function addSection(template: Template, behind: Row | undefined, shown?: { name: string; items: Item[] }): [Template, string] {
  const section: Section = { id: sectionId(template), name: shown?.name ?? "", items: shown?.items ?? [] };
  const at = behind && "section" in behind ? template.sections.findIndex(({ id }) => id === behind.section.id) : template.sections.length - 1;
  return [withSections(template, template.sections.toSpliced(at + 1, 0, section)), `s ${section.id}`];
}

/** The items of another list as this one shows them: each belongs there, and counts once. Those that are here already are left out. */
export function shownItems(template: Template, of: Template, section: Section): Item[] {
  const here = new Set(items(template).map(({ id }) => id));
  return section.items
    .filter(({ id }) => !here.has(id))
    .map((item) => ({ ...item, shown_from: item.shown_from ?? ({ template: of.id, item: item.id } satisfies SharedItem) }));
}

export const setItem = (template: Template, id: string, change: Partial<Item>): Template =>
  withSections(
    template,
    template.sections.map((section) =>
      section.items.some((item) => item.id === id) ? { ...section, items: section.items.map((item) => (item.id === id ? { ...item, ...change } : item)) } : section,
    ),
  );

export const setSection = (template: Template, id: string, name: string): Template =>
  withSections(template, template.sections.map((section) => (section.id === id ? { ...section, name } : section)));

/** Without the row; a section goes with its items. */
export function remove(template: Template, row: Row): Template {
  if ("list" in row) return template;
  if (!("item" in row)) return withSections(template, template.sections.filter(({ id }) => id !== row.section.id));
  return withSections(template, template.sections.map((section) => ({ ...section, items: section.items.filter(({ id }) => id !== row.item.id) })));
}

/** An item to a place in a section, counted among those that stand there without it. */
export function placeItem(template: Template, id: string, section: number, index: number): Template {
  const item = items(template).find((one) => one.id === id);
  if (!item || !template.sections[section]) return template;
  return withSections(
    template,
    template.sections.map((one, at) => {
      const rest = one.items.filter((other) => other.id !== id);
      if (at === section) return { ...one, items: rest.toSpliced(index, 0, item) };
      return rest.length === one.items.length ? one : { ...one, items: rest };
    }),
  );
}

/** One step up or down; past the end of its section, an item goes into the next one. */
export function move(template: Template, row: Row, by: 1 | -1): Template {
  if ("list" in row) return template;
  if (!("item" in row)) {
    const at = template.sections.findIndex(({ id }) => id === row.section.id);
    const to = at + by;
    if (to < 0 || to >= template.sections.length) return template;
    const rest = template.sections.filter((_, index) => index !== at);
    return withSections(template, rest.toSpliced(to, 0, row.section));
  }
  const place = placeOf(template, row.item.id);
  if (!place) return template;
  const { section, item } = place;
  const to = item + by;
  const count = template.sections[section]?.items.length ?? 0;
  if (to >= 0 && to < count) return placeItem(template, row.item.id, section, to);
  const next = template.sections[section + by];
  if (!next) return template;
  return placeItem(template, row.item.id, section + by, by > 0 ? 0 : next.items.length);
}

/** A row let go before the row of this number. */
export function drop(template: Template, row: Row, before: number): Template {
  const rows = rowsOf(template);
  if ("list" in row) return template;
  if (!("item" in row)) {
    const above = rows.slice(0, before).filter((other) => "section" in other && !("item" in other) && other.section.id !== row.section.id).length;
    const rest = template.sections.filter(({ id }) => id !== row.section.id);
    return withSections(template, rest.toSpliced(above, 0, row.section));
  }
  // Behind the row above: an item behind it in its section, a section's heading before its first item.
  const above = rows[Math.max(1, before) - 1];
  if (!above || "list" in above) return placeItem(template, row.item.id, 0, 0);
  const section = template.sections.findIndex(({ id }) => id === above.section.id);
  const rest = template.sections[section]?.items.filter(({ id }) => id !== row.item.id) ?? [];
  const index = "item" in above ? rest.findIndex(({ id }) => id === above.item.id) + 1 : 0;
  if ("item" in above && above.item.id === row.item.id) return template;
  return placeItem(template, row.item.id, section, index);
}
