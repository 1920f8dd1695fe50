/** What the window has of its desktop: sizes by steps, places as links. */
import { describe, expect, it } from "vitest";
import type { Route } from "../screens/routes.ts";
import { sizeText } from "./size.ts";
import { caps } from "./keys.svelte.ts";
import { linkOf, placeOf } from "./links.ts";
import { nextZoom } from "./zoom.ts";

describe("zoom", () => {
  it.each([
    [100, 1, 110],
    [100, -1, 90],
    [200, 1, 200],
    [50, -1, 50],
    [105, 1, 110],
    [105, -1, 100],
  ] as const)("from %i by %i is %i", (now, by, expected) => expect(nextZoom(now, by)).toBe(expected));

  it("has a key that is drawn, though it is the sign that joins keys", () => {
    expect(caps("Mod++")).toEqual(["Ctrl", "+"]);
    expect(caps("Mod+-")).toEqual(["Ctrl", "-"]);
    expect(caps("Mod+Shift+L")).toEqual(["Ctrl", "⇧", "L"]);
  });
});

describe("links", () => {
  it.each<[Route]>([
    [{ name: "project", project: "p1" }],
    [{ name: "version", project: "p1", version: "v1" }],
    [{ name: "review", project: "p1", version: "v1" }],
    [{ name: "review", project: "p1", version: "v1", finding: "f1" }],
    [{ name: "dossier", project: "p1", version: "v1" }],
    [{ name: "run", run: "r1" }],
    [{ name: "run", run: "r1", item: "TE-08" }],
    [{ name: "template", template: "t1" }],
    [{ name: "installations", installation: "i1" }],
    [{ name: "customers", customer: "c1" }],
    [{ name: "workspace", ticket: "k1" }],
    [{ name: "workspace", document: "d1" }],
  ])("lead back to %j", (route) => {
    const link = linkOf(route);
    expect(link && placeOf(link)).toEqual(route);
  });

  it("name the thing and not what is open of it", () => {
    expect(linkOf({ name: "version", project: "p1", version: "v1", part: "technical", field: "scopes" })).toEqual({ kind: "version", project: "p1", version: "v1" });
    expect(linkOf({ name: "home" })).toBeUndefined();
    expect(linkOf({ name: "settings" })).toBeUndefined();
    expect(linkOf({ name: "installations" }), "no installation is chosen").toBeUndefined();
  });
});

it.each([
  [0, "0 bytes"],
  [999, "999 bytes"],
  [1_000, "1 kB"],
  [3_440_000, "3.4 MB"],
  [34_400_000, "34 MB"],
  [5_000_000_000_000_000, "5,000 TB"],
])("%i bytes are %s", (bytes, expected) => expect(sizeText(bytes, "en")).toBe(expected));
