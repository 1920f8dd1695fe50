/** A list that someone else wrote: each column means one thing at most, and no byte is misread. */
import { expect, it } from "vitest";
import { decode, meaningOf, use } from "./columns.ts";

const none = { section: null, id: null, text: null, help: null, required: null, evidence: null };

it("gives a meaning to one column at a time, and a column one meaning", () => {
  let mapping = use({ ...none, text: 0 }, 1, "text");
  expect(mapping).toEqual({ ...none, text: 1 });
  mapping = use(mapping, 1, "help");
  expect(mapping).toEqual({ ...none, help: 1 });
  expect([meaningOf(mapping, 1), meaningOf(mapping, 0)]).toEqual(["help", undefined]);
  expect(use(mapping, 1, undefined)).toEqual(none);
});

it.each([
  ["UTF-8", [0xc3, 0xa3]],
  ["UTF-8 with its mark", [0xef, 0xbb, 0xbf, 0xc3, 0xa3]],
  ["UTF-16, little end first", [0xff, 0xfe, 0xe3, 0x00]],
  ["UTF-16, big end first", [0xfe, 0xff, 0x00, 0xe3]],
])("reads %s", (_, bytes) => {
  expect(decode(new Uint8Array(bytes))).toBe("ã");
});
