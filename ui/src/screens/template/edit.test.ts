/** The editor of a list: what moves where, and that ids of what was saved stay. */
import { expect, it } from "vitest";
import type { Template } from "$ipc/types.ts";
import { newItem, newTemplate } from "../../views/templates.ts";
import { addItem, addSection, copyOf, drop, move, nextId, placeItem, remove, rowsOf, setItem, shownItems, type Row } from "./edit.ts";

/** `One: a b | Two: c` */
function list(text: string): Template {
  const sections = text.split("|").map((part, at) => {
    const [name = "", ids = ""] = part.split(":");
    return { id: `s${at}`, name: name.trim(), items: ids.trim().split(/\s+/).filter(Boolean).map((id) => ({ ...newItem(id), text: `${id} works` })) };
  });
  return { ...newTemplate("t", "List"), sections };
}
const told = ({ sections }: Template): string => sections.map(({ name, items }) => `${name}: ${items.map(({ id }) => id).join(" ")}`.trim()).join(" | ");
const rowOf = (template: Template, name: string): Row =>
  rowsOf(template).find((row) => !("list" in row) && ("item" in row ? row.item.id === name : row.section.name === name)) ?? { list: true };

const before = "One: a b | Two: c | Three:";

it.each([
  ["a", 1, "One: b a | Two: c | Three:"],
  ["a", -1, before],
  ["b", 1, "One: a | Two: b c | Three:"],
  ["c", -1, "One: a b c | Two: | Three:"],
  ["c", 1, "One: a b | Two: | Three: c"],
  ["One", 1, "Two: c | One: a b | Three:"],
  ["One", -1, before],
  ["Three", -1, "One: a b | Three: | Two: c"],
  ["Three", 1, before],
] as const)("moves %s by %i", (name, by, expected) => {
  const template = list(before);
  expect(told(move(template, rowOf(template, name), by))).toBe(expected);
});

// Rows: 0 list, 1 One, 2 a, 3 b, 4 Two, 5 c, 6 Three.
it.each([
  ["c", 2, "One: c a b | Two: | Three:"],
  ["c", 1, "One: c a b | Two: | Three:"],
  ["a", 4, "One: b a | Two: c | Three:"],
  ["a", 5, "One: b | Two: a c | Three:"],
  ["a", 7, "One: b | Two: c | Three: a"],
  ["a", 2, before],
  ["a", 3, before],
  ["Two", 1, "Two: c | One: a b | Three:"],
  ["Two", 7, "One: a b | Three: | Two: c"],
  ["Two", 3, "One: a b | Two: c | Three:"],
] as const)("lets %s go before row %i", (name, at, expected) => {
  const template = list(before);
  expect(told(drop(template, rowOf(template, name), at))).toBe(expected);
});

it("gives a new item the next id of its section, and never one that is taken", () => {
  const template = list("A: TE-09 TE-10 | B: UX-1 x | C:");
  const [a, b, c] = template.sections;
  expect([nextId(template, a), nextId(template, b), nextId(template, c)]).toEqual(["TE-11", "UX-2", "UX-2"]);
  expect(nextId(list("A: x"), undefined)).toBe("ITEM-01");
  expect(nextId(list("A: T-1 T-3 | B: T-4"), list("A: T-1 T-3").sections[0])).toBe("T-5");
});

it("adds an item behind the row, and a section behind its section", () => {
  const template = list("One: a1 a2 | Two: b1");
  expect(told(addItem(template, rowOf(template, "a1"))[0])).toBe("One: a1 a3 a2 | Two: b1");
  expect(told(addItem(template, rowOf(template, "Two"))[0])).toBe("One: a1 a2 | Two: b2 b1");
  expect(told(addItem({ ...template, sections: [] }, undefined)[0])).toBe(": ITEM-01");
  expect(told(addSection(template, rowOf(template, "a1"))[0])).toBe("One: a1 a2 | : | Two: b1");
});

it("removes an item, or a section with all of its items, and nothing of the list itself", () => {
  const template = list(before);
  expect(told(remove(template, rowOf(template, "a")))).toBe("One: b | Two: c | Three:");
  expect(told(remove(template, rowOf(template, "One")))).toBe("Two: c | Three:");
  expect(remove(template, { list: true })).toBe(template);
});

it("writes one item, and leaves the rest as it is", () => {
  const template = list(before);
  const written = setItem(template, "c", { text: "It reloads", required: false });
  expect(written.sections[1]?.items[0]).toMatchObject({ id: "c", text: "It reloads", required: false });
  expect(written.sections[0]).toBe(template.sections[0]);
  expect(placeItem(template, "nowhere", 0, 0)).toBe(template);
});

it("shows items of another list as theirs, each once", () => {
  const theirs = { ...list("X: a d"), id: "theirs" };
  const [section] = theirs.sections;
  const shown = section && shownItems(list(before), theirs, section);
  expect(shown?.map(({ id, shown_from }) => [id, shown_from])).toEqual([["d", { template: "theirs", item: "d" }]]);
});

it("copies a list with its items and without who saved it", () => {
  const copied = copyOf({ ...list(before), derived: true, version: 4, saved: { by: "m", at: 1, command: "c" } }, "new", "Ours");
  expect(copied).toMatchObject({ id: "new", name: "Ours", version: 0, derived: false });
  expect(copied.saved).toBeUndefined();
  expect(told(copied)).toBe(before.replaceAll(": |", ": |"));
});
