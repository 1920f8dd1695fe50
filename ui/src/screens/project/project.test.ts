/** Which version a key means, which link is in force, and how values read. */
import { describe, expect, it } from "vitest";
import type { FieldKind, FieldSpec, FieldValue, Plan, ProjectLink, Status } from "$ipc/types.ts";
import { linkOf } from "./link.ts";
import { linesOf } from "./values.ts";
import { current, editable, inWorks, isPast, runPercent } from "./versions.ts";
import type { VersionHead } from "$ipc/types.ts";

const versions = (...statuses: Status[]) => statuses.map((status, at) => ({ id: `v${at}`, status }) as VersionHead);

describe("the version that is meant", () => {
  it.each<[Status[], string | undefined, string | undefined]>([
    [[], undefined, undefined],
    [["draft", "published"], "v0", "v0"],
    [["discarded", "published", "superseded"], "v1", undefined],
    [["discarded", "draft", "published"], "v1", "v1"],
    [["approved"], "v0", "v0"],
    [["delisted", "superseded"], "v0", undefined],
  ])("of %j: keys %s, in the works %s", (statuses, keyed, working) => {
    const list = versions(...statuses);
    expect([current(list)?.id, inWorks(list)?.id]).toEqual([keyed, working]);
  });

  it("can be edited as a draft or rejected only (Talkdesk)", () => {
    const all: Status[] = ["discarded", "superseded", "delisted", "published", "rejected", "in_review", "approved", "draft"];
    expect(all.filter((status) => editable({ status }))).toEqual(["rejected", "draft"]);
    expect(all.filter((status) => isPast({ status }))).toEqual(["discarded", "superseded", "delisted"]);
  });
});

it("takes the link in force, not one that it replaced", () => {
  const links = [
    { version: "v1", superseded: true, link: { id: "old" } },
    { version: "v1", superseded: false, link: { id: "new" } },
    { version: "v2", superseded: false, link: { id: "other" } },
  ] as ProjectLink[];
  expect(linkOf({ links }, { id: "v1" })?.link.id).toBe("new");
  expect(linkOf({ links }, { id: "v3" })).toBeUndefined();
});

it("rounds a run down, so that 100 means all", () => {
  const percent = (done: number, total: number) => runPercent({ done, summary: { total } } as Parameters<typeof runPercent>[0]);
  expect([percent(0, 0), percent(26, 27), percent(27, 27)]).toEqual([0, 96, 100]);
});

describe("a value", () => {
  const field = (kind: FieldKind) => ({ kind }) as FieldSpec;
  const plan: Plan = { type: "paid", license_type: "individual", name: "Standard", price: "9.50", description: "", listing_summary: "All of it", min_licenses: 5, max_licenses: null };

  it.each<[FieldKind, FieldValue | undefined, { text: string; note?: string; mono?: boolean }[]]>([
    [{ type: "line" }, undefined, []],
    [{ type: "line" }, { type: "text", value: "" }, []],
    [{ type: "text" }, { type: "text", value: "Two\nlines" }, [{ text: "Two\nlines", mono: false }]],
    [{ type: "url" }, { type: "text", value: "https://a.example" }, [{ text: "https://a.example", mono: true }]],
    [{ type: "choice", of: ["portal"] }, { type: "text", value: "portal" }, [{ text: "Portal", mono: false }]],
    // What a newer version chose is shown as it came.
    [{ type: "choice", of: ["portal"] }, { type: "text", value: "hologram" }, [{ text: "hologram", mono: false }]],
    [{ type: "flag" }, { type: "flag", value: false }, [{ text: "No" }]],
    [{ type: "urls" }, { type: "list", value: ["https://a.example", "https://b.example"] }, [{ text: "https://a.example", mono: true }, { text: "https://b.example", mono: true }]],
    [{ type: "emails" }, { type: "emails", value: [{ type: "sales", email: "a@b.example" }] }, [{ text: "a@b.example", note: "Sales" }]],
    [{ type: "scopes" }, { type: "scopes", value: [{ scope: "contacts:read", reason: "Finds the caller" }] }, [{ text: "contacts:read", note: "Finds the caller", mono: true }]],
    [{ type: "plans" }, { type: "plans", value: [plan] }, [{ text: "Standard", note: "Paid · Per seat · 9.50 a month and seat · from 5 seats · All of it" }]],
    [{ type: "plans" }, { type: "plans", value: [{ ...plan, type: "trial", name: "", price: "", listing_summary: "", min_licenses: null, max_licenses: 25 }] }, [{ text: "Trial", note: "Trial · Per seat · up to 25 seats" }]],
  ])("of %j, %j, reads as %j", (kind, value, lines) => {
    expect(linesOf(field(kind), value)).toEqual(lines);
  });
});
