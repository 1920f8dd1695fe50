import { describe, expect, it } from "vitest";
import { relative, short } from "./time.ts";

const now = new Date(2026, 10, 24, 14, 40);

describe("short", () => {
  it.each([
    [new Date(2026, 10, 24, 14, 32), "14:32"],
    [new Date(2026, 10, 24, 0, 5), "00:05"],
    [new Date(2026, 10, 18, 9, 12), "18 Nov"],
    [new Date(2025, 9, 6), "6 Oct 2025"],
  ])("%s is %s", (at, expected) => {
    expect(short(at, now, "en")).toBe(expected);
  });
});

describe("relative", () => {
  it.each([
    [new Date(2026, 10, 24, 14, 39, 30), "now"],
    [new Date(2026, 10, 24, 14, 38), "2 min. ago"],
    [new Date(2026, 10, 24, 10, 40), "4 hr. ago"],
    [new Date(2026, 11, 1, 9, 0), "in 7 days"],
    [new Date(2026, 7, 1), "1 Aug"],
  ])("%s is %s", (at, expected) => {
    expect(relative(at, now, "en")).toBe(expected);
  });
});
