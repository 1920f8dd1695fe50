/** The cursor stays on its row, not on its place: a list must not jump under the hand. */
import { expect, it } from "vitest";
import { Cursor } from "./cursor.svelte.ts";

it("follows its row, and stays near when the row goes", () => {
  let rows = $state.raw(["a", "b", "c"]);
  const cursor = new Cursor(
    () => rows,
    (row) => row,
  );
  expect(cursor.row).toBe("a");
  cursor.move(1);
  rows = ["x", "y", "a", "b", "c"];
  expect([cursor.row, cursor.index]).toEqual(["b", 3]);
  cursor.move(100);
  expect(cursor.row).toBe("c");
  rows = ["x", "y"];
  expect(cursor.row).toBe("y");
  cursor.move(-Infinity);
  expect(cursor.row).toBe("x");
  rows = [];
  expect([cursor.row, cursor.index]).toEqual([undefined, -1]);
});
