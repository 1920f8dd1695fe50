import { describe, expect, it } from "vitest";
import { type Line, strokes } from "./strokes.ts";

describe("strokes", () => {
  const cases: [what: string, lines: Line[], inside: string][] = [
    ["nothing", [], ""],
    ["paths one after the other, a relative one from the beginning", [["path", { d: "M5 3 2 6" }], ["path", { d: "m22 6-3-3" }]], `<path d="M5 3 2 6M0 0m22 6-3-3"/>`],
    ["a circle", [["circle", { cx: "12", cy: "13", r: "8" }]], `<path d="M4 13a8 8 0 1 0 16 0a8 8 0 1 0 -16 0z"/>`],
    ["an ellipse", [["ellipse", { cx: "12", cy: "5", rx: "9", ry: "3" }]], `<path d="M3 5a9 3 0 1 0 18 0a9 3 0 1 0 -18 0z"/>`],
    ["a line", [["line", { x1: "2", x2: "22", y1: "12", y2: "13" }]], `<path d="M2 12L22 13"/>`],
    ["a rectangle", [["rect", { x: "1", y: "2", width: "3", height: "4" }]], `<path d="M1 2h3v4h-3z"/>`],
    [
      "a rectangle with round corners, of which one radius is said",
      [["rect", { x: "3", y: "4", width: "18", height: "10", rx: "2" }]],
      `<path d="M5 4h14a2 2 0 0 1 2 2v6a2 2 0 0 1 -2 2h-14a2 2 0 0 1 -2 -2v-6a2 2 0 0 1 2 -2z"/>`,
    ],
    ["what is filled stays apart", [["path", { d: "M1 1" }], ["circle", { cx: "7.5", cy: "7.5", r: ".5", fill: "currentColor" }]], `<path d="M1 1"/><circle cx="7.5" cy="7.5" r=".5" fill="currentColor"/>`],
  ];
  it.each(cases)("writes %s", (_, lines, inside) => {
    expect(strokes(lines)).toBe(inside);
  });
});
