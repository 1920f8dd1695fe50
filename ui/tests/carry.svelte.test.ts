/** Carrying a version: the portal's order, what counts as entered, where it goes on, what a change in between does. */
import { beforeEach, describe, expect, it } from "vitest";
import { Carrying } from "../src/carry/carrying.svelte.ts";
import { filled, piecesOf, told } from "../src/carry/pieces.ts";
import { setTransport, type Call } from "../src/ipc/transport.ts";
import type { CarryField, CarryView, FieldKey, FieldValue, VersionHead } from "../src/ipc/types.ts";

const text = (value: string): FieldValue => ({ type: "text", value });
const by = { id: "m1", name: "Partner manager", me: true, at: 1 };

/** The shell's side: what stands here, and what was entered there. */
class Portal {
  sent: Call[] = [];
  there = new Map<FieldKey, FieldValue | null>();
  here: [FieldKey, FieldValue | null][] = [
    ["display_name", text("Call Notes")],
    ["slug", text("call-notes")],
    ["notes", null],
    ["redirect_uris", { type: "list", value: ["https://a.example/1", "https://a.example/2"] }],
  ];
  place: FieldKey | null = null;
  refuse = false;

  view(): CarryView {
    const fields = this.here.map(([key, here]): CarryField => {
      const was = this.there.get(key);
      const state = was === undefined ? (here ? "never" : "empty") : JSON.stringify(was) === JSON.stringify(here) ? "as_here" : "differs";
      return { key, part: key === "redirect_uris" ? "technical" : "general", state, here, there: was === undefined ? null : { value: was, by } };
    });
    return { project: { id: "p1", name: "Call Notes", slug: "", owner: "", archived: false }, version: { number: "1.0.0" } as VersionHead, fields, place: this.place };
  }

  call = (call: Call): Promise<unknown> => {
    this.sent.push(call);
    const args = call.args as { field: FieldKey; body: { kind: string; args: { fields: FieldKey[]; entered: Record<string, FieldValue | null> } } };
    if (call.name === "set_carry_place") this.place = args.field;
    if (call.name !== "change") return Promise.resolve({});
    if (this.refuse) return Promise.reject({ code: "forbidden", params: {} });
    for (const key of args.body.args.fields) {
      if (args.body.kind === "version.mark_carried") this.there.set(key, args.body.args.entered[key] ?? null);
      else this.there.delete(key);
    }
    return Promise.resolve({});
  };
  listen = () => () => undefined;
  closing = () => () => undefined;
}

let portal: Portal;
let carrying: Carrying;

const reopen = () => {
  carrying = new Carrying("p1", "v1");
  carrying.take(portal.view());
};
const act = async (work: () => unknown) => {
  await work();
  await new Promise((done) => setTimeout(done));
  carrying.take(portal.view());
};
const copy = () => carrying.upcoming && carrying.copy(carrying.upcoming);
const copies = () => portal.sent.filter(({ name }) => name === "copy_text").map(({ args }) => (args as { text: string }).text);

beforeEach(() => {
  portal = new Portal();
  setTransport(portal);
  reopen();
});

describe("carrying", () => {
  it("goes field by field and is where it was at the next opening", async () => {
    expect(carrying.at).toBe("display_name");
    await act(() => carrying.next());
    await act(() => carrying.next());
    expect([...portal.there.keys()]).toEqual(["display_name", "slug"]);
    expect(carrying.at, "an empty field asks for nothing").toBe("redirect_uris");
    reopen();
    expect(carrying.at).toBe("redirect_uris");
  });

  it("skips and comes round to what was skipped", async () => {
    await act(() => carrying.skip());
    expect(carrying.at).toBe("slug");
    await act(() => carrying.back());
    expect(carrying.at).toBe("display_name");
    await act(() => carrying.skip());
    await act(() => carrying.next());
    await act(() => carrying.next());
    expect(carrying.at).toBe("display_name");
    expect(portal.there.has("display_name")).toBe(false);
  });

  it("copies a list entry by entry", async () => {
    carrying.go("redirect_uris");
    await act(copy);
    await act(copy);
    expect(copies()).toEqual(["https://a.example/1", "https://a.example/2"]);
    portal.there.set("redirect_uris", { type: "list", value: ["https://a.example/1"] });
    reopen();
    carrying.go("redirect_uris");
    await act(copy);
    expect(copies().at(-1), "what stands there already is passed by").toBe("https://a.example/2");
  });

  it("counts what was copied as entered, though the field changed in between", async () => {
    await act(copy);
    portal.here[0] = ["display_name", text("Call Notes 2")];
    carrying.take(portal.view());
    expect(carrying.isStale).toBe(true);
    await act(() => carrying.next());
    expect(portal.there.get("display_name")).toEqual(text("Call Notes"));
    expect(carrying.fields[0]?.state).toBe("differs");
  });

  it("stays where it is when the tick is refused", async () => {
    portal.refuse = true;
    await act(() => carrying.next());
    expect([carrying.at, portal.there.size]).toEqual(["display_name", 0]);
  });

  it("takes a tick back", async () => {
    await act(() => carrying.next());
    carrying.go("display_name");
    await act(() => carrying.untick());
    expect(carrying.field?.state).toBe("never");
  });

  it("shows what was asked for, and always the field that is open", async () => {
    await act(() => carrying.next());
    const shown = () => carrying.rows.map(({ key }) => key);
    expect(shown()).toEqual(["slug", "redirect_uris"]);
    carrying.which = "differs";
    expect(shown()).toEqual(["slug"]);
    carrying.which = "all";
    expect(shown()).toHaveLength(4);
  });
});

describe("pieces", () => {
  it.each<[string, FieldKey, FieldValue | null, string[]]>([
    ["nothing", "slug", null, []],
    ["a switch is set by hand", "sandbox", { type: "flag", value: true }, []],
    ["a choice as Talkdesk writes it", "render", text("portal"), ["portal"]],
    ["scopes one by one, their reasons joined", "scopes", { type: "scopes", value: [{ scope: "a:read", reason: "x" }, { scope: "b:read", reason: "y" }] }, ["a:read", "b:read", "a:read: x\nb:read: y"]],
    ["a picture without a word on it", "icon", { type: "assets", value: [{ url: "https://a.example/i.png", description: "" }] }, ["https://a.example/i.png"]],
    [
      "a plan, without what it has not",
      "plans",
      { type: "plans", value: [{ type: "trial", license_type: "individual", name: "Trial", price: "", description: "", listing_summary: "", min_licenses: 1, max_licenses: null }] },
      ["Trial", "trial", "individual", "1"],
    ],
  ])("%s", (_, key, value, expected) => {
    expect(filled(piecesOf(key, value)).map(({ text }) => text)).toEqual(expected);
  });

  it("tells a whole value in words", () => {
    expect(told("sandbox", { type: "flag", value: true })).toBe("On");
    expect(told("render", text("portal"))).toBe("Portal");
  });
});
