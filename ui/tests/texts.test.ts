/** Every text that the window uses is in the catalogue, every text of the catalogue is used, and no visible word stands elsewhere. */
import { parse, type AST } from "svelte/compiler";
import { describe, expect, it } from "vitest";
import { en } from "../src/texts/en/index.ts";
import { format } from "../src/texts/format.ts";
import { t } from "../src/texts/index.ts";
import { sources } from "./sources.ts";

const outside = sources([".svelte", ".ts"]).filter(({ path }) => !/^texts\/[a-z]{2}\//.test(path));

/** Keys written out anywhere in the sources, and the beginnings of keys that are put together. */
function used(): { keys: Set<string>; beginnings: Set<string> } {
  const keys = new Set<string>();
  const beginnings = new Set<string>();
  for (const { text } of outside) {
    for (const [, key] of text.matchAll(/["'`]([a-z_]+(?:\.[a-z0-9_]+)+)["'`]/g)) keys.add(key ?? "");
    for (const [, beginning] of text.matchAll(/`([a-z_]+(?:\.[a-z0-9_]+)*[._])\$\{/g)) beginnings.add(beginning ?? "");
  }
  return { keys, beginnings };
}

describe("the catalogue", () => {
  const { keys, beginnings } = used();

  it("has no text that nothing uses", () => {
    const unused = Object.keys(en).filter(
      (key) => !keys.has(key) && ![...beginnings].some((beginning) => key.startsWith(beginning)),
    );
    expect(unused).toEqual([]);
  });

  it("has a text for every key passed to t()", () => {
    const asked = outside.flatMap(({ path, text }) =>
      [...text.matchAll(/\bt\(\s*["']([^"']+)["']/g)].map(([, key]) => ({ path, key: key ?? "" })),
    );
    expect(asked.length).toBeGreaterThan(10);
    expect(asked.filter(({ key }) => !(key in en))).toEqual([]);
  });

  it("gives each key to one file only", () => {
    const files = sources([".ts"]).filter(({ path }) => /^texts\/en\/(?!index)/.test(path));
    const all = files.flatMap(({ text }) => [...text.matchAll(/^\s+"([^"]+)":/gm)].map(([, key]) => key));
    expect(all.length).toBe(new Set(all).size);
    expect(all.length).toBe(Object.keys(en).length);
  });
});

describe("visible words", () => {
  /** Attributes that people read or hear. */
  const SPOKEN = ["aria-label", "title", "placeholder", "alt", "label", "aria-roledescription", "aria-description"];
  const words = (text: string) => /\p{L}{2,}/u.test(text);

  function found(path: string, text: string): string[] {
    const hits: string[] = [];
    const visit = (node: unknown): void => {
      if (Array.isArray(node)) return node.forEach(visit);
      if (typeof node !== "object" || node === null) return;
      const some = node as AST.SvelteNode;
      if (some.type === "Text" && words(some.data)) hits.push(`${path}: ${some.data.trim()}`);
      if (some.type === "StyleDirective") return;
      if (some.type === "Attribute") {
        if (some.name === "style") {
          // A static style attribute would be refused by the content security policy.
          if (Array.isArray(some.value) && some.value.every((part) => part.type === "Text")) hits.push(`${path}: style=`);
          return;
        }
        if (!SPOKEN.includes(some.name)) return;
      }
      for (const [name, child] of Object.entries(some)) {
        if (!["metadata", "parent"].includes(name)) visit(child);
      }
    };
    visit(parse(text, { modern: true }).fragment);
    return hits;
  }

  it("all come from the catalogue, and no element carries a static style", () => {
    const hits = sources([".svelte"]).flatMap(({ path, text }) => found(path, text));
    expect(hits).toEqual([]);
    // Every component is parsed.
  }, 60_000);

  it("would be noticed", () => {
    expect(found("x", `<p title="Hello">{"a"} World</p>`)).toEqual(["x: Hello", "x: World"]);
    expect(found("x", `<p style="color: red">{a}</p>`)).toEqual(["x: style="]);
    expect(found("x", `<p class="word" style:color={a}>{t("b.c")}</p>`)).toEqual([]);
  });
});

describe("format", () => {
  it.each([
    ["Plain", {}, "Plain"],
    ["{a} and {b}", { a: "x", b: 2 }, "x and 2"],
    ["{n} rows", { n: 1234567 }, "1,234,567 rows"],
    ["{a}", { a: "{b}", b: "never" }, "{b}"],
    [{ one: "{n} field", other: "{n} fields" }, { n: 1 }, "1 field"],
    [{ one: "{n} field", other: "{n} fields" }, { n: 0 }, "0 fields"],
  ] as const)("%j with %j is %j", (message, params, expected) => {
    expect(format(message, params, "en")).toBe(expected);
  });

  it("takes a language's own plural forms", () => {
    const message = { one: "{n} campo", many: "{n} de campos", other: "{n} campos" };
    expect([1, 2, 1_000_000].map((n) => format(message, { n }, "pt-PT"))).toEqual(["1 campo", "2 campos", "1 000 000 de campos"].map((text) => text.replaceAll(" 000", "\u00a0000")));
  });

  it("is typed by the text itself", () => {
    expect(t("palette.count", { n: 2 })).toBe("2 results");
    // @ts-expect-error: the text needs `query`
    t("palette.none");
    // @ts-expect-error: there is no such key
    expect(() => t("no.such.key")).toThrow();
  });
});
