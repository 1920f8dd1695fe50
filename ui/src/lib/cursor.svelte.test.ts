/** The cursor stays on its row, not on its place: a list must not jump under the hand. */
import { flushSync } from "svelte";
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

it("goes to a row that was not read yet, says so, and stays there when it is read", () => {
  let rows = $state.raw<(string | undefined)[]>(["a", undefined, undefined]);
  const cursor = new Cursor(
    () => rows,
    (row) => row ?? "",
  );
  const told: number[] = [];
  const stop = $effect.root(() => {
    $effect(() => {
      told.push(cursor.index);
    });
  });
  flushSync();
  cursor.move(Infinity);
  flushSync();
  expect(told).toEqual([0, 2]);
  rows = ["a", undefined, "c"];
  expect(cursor.row).toBe("c");
  stop();
});
