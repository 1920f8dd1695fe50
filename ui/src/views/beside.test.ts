import { expect, test } from "vitest";
import type { By, CommentView, Subject } from "$ipc/types.ts";
import { gather, keyOf } from "./gather.ts";
import { beforeCursor, mentioned, offer } from "./mention.ts";

const by: By = { id: "m1", name: "Sample", me: true, at: 1 };
const subject: Subject = { on: "field", version: "v1", field: "slug" };
const said = (id: string, some: Partial<CommentView> = {}): CommentView => ({
  id, subject, reply_to: null, text: "So?", mentions: [], by, edited: null, deleted: null, redacted: null, resolved: null, unseen: false, ...some,
});

test("a thread counts with its answers until it is settled, and what is gone does not", () => {
  const count = (comments: CommentView[]) => gather({ comments, links: [], open: true }).get(keyOf(subject))?.open ?? 0;
  expect(count([said("1"), said("2", { reply_to: "1" })])).toBe(2);
  expect(count([said("1", { resolved: by }), said("2", { reply_to: "1" })])).toBe(0);
  expect(count([said("1", { deleted: by }), said("2", { reply_to: "1" })])).toBe(1);
});

test("the same thing has the same key, however it was written", () => {
  expect(keyOf({ field: "slug", version: "v1", on: "field" } as Subject)).toBe(keyOf(subject));
});

const members = [
  { id: "m1", name: "Ana", roles: [], absence: null, left: false },
  { id: "m2", name: "Ana Maria", roles: [], absence: null, left: false },
  { id: "m3", name: "Rui", roles: [], absence: null, left: false },
];

test.each([
  ["@an", 3, "an"],
  ["Look, @", 7, ""],
  ["a@b.example", 4, undefined],
  ["@Ana M", 6, "Ana M"],
  ["@Ana\nx", 6, undefined],
  ["no", 2, undefined],
])("what is being mentioned in %j", (text, at, wanted) => expect(beforeCursor(text, at)?.typed).toBe(wanted));

test("names are offered by the beginnings of their words", () => {
  expect(offer(members, "an").map(({ id }) => id)).toEqual(["m1", "m2"]);
  expect(offer(members, "mar").map(({ id }) => id)).toEqual(["m2"]);
  expect(offer(members, "xyz")).toEqual([]);
});

test("the longer name is meant where both fit", () => {
  expect(mentioned("@Ana Maria, look", members)).toEqual(["m2"]);
  expect(mentioned("@Ana and @Rui", members)).toEqual(["m1", "m3"]);
  expect(mentioned("Ana", members)).toEqual([]);
});
