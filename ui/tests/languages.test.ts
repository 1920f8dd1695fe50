/** Every language says everything that English says, with the same parameters, and the shell's codes have words in each. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { en } from "../src/texts/en/index.ts";
import { es } from "../src/texts/es/index.ts";
import { pt } from "../src/texts/pt/index.ts";
import { pseudo } from "../src/texts/pseudo.ts";
import type { Message } from "../src/texts/format.ts";
import { languageTags, locale, setLocale, t } from "../src/texts/index.ts";
import { sources } from "./sources.ts";

type Texts = Readonly<Record<string, Message>>;
const english: Texts = en;
const languages: readonly (readonly [string, Texts])[] = [["pt", pt], ["es", es]];

const forms = (message: Message | undefined): string[] => (typeof message === "object" ? Object.values(message) : [message ?? ""]);
const parameters = (message: Message | undefined) => [...new Set(forms(message).flatMap((text) => text.match(/\{\w+\}/g) ?? []))].sort();
const marks = (message: Message | undefined) => forms(message).map((text) => text.split("**").length - 1);

/** Whose words are the same in another language: names of Talkdesk and of the field, and texts of parameters only. */
const SAME = [
  /^(app|nav)\.name$/,
  /^choice\./,
  /^field\.(slug|events_callback_url|standalone_url|redirect_uris|scopes)\.label$/,
  /^(entry\.(redirect_uris|scopes|plans|other)|project\.slug|part\.general|part\.marketplace|part\.row|track\.marketplace)$/,
  /^install\.(title|title_only|schematic_edit|schematic_install|placeholder|click_versions)$/,
  /^(card\.(install|key_install)|projects\.install|review\.key_install|need\.no_link_go|project_links\.install|version\.install)$/,
  /^settings\.(port|port_token)$/,
  /^connections\.scopes$/,
  /^version\.(scope|https_address|section_scopes|section_sandbox)$/,
  /^(review\.(acts_talkdesk|date_hint)|workspace\.(talkdesk|partner_project))$/,
  /^run\.(build|tested_build|result_not_applicable|word_not_applicable)$/,
  /^(ticket\.for_talkdesk|message\.sample_(app|customer|contact))$/,
  /^(events\.(signature|key_id)|installations\.(scopes|claims|users_me|plan|gateway))$/,
  /^(report\.(item|no)|info\.no|problem_short\.use_https)$/,
];
const wordless = (message: Message) => forms(message).every((text) => !/\p{L}{2}/u.test(text.replace(/\{\w+\}/g, "")));

describe.each(languages)("%s", (tag, texts) => {
  it("says what English says, in the file of the same name", () => {
    const keysIn = (folder: string) =>
      new Map(
        sources([".ts"])
          .filter(({ path }) => path.startsWith(`texts/${folder}/`) && !path.endsWith("index.ts"))
          .map(({ path, text }) => [path.split("/").at(-1) ?? "", [...text.matchAll(/^\s+"([^"]+)":/gm)].map(([, key]) => key ?? "")]),
      );
    const wanted = keysIn("en");
    const there = keysIn(tag);
    const missing = [...wanted].flatMap(([file, keys]) => keys.filter((key) => !there.get(file)?.includes(key)).map((key) => `missing in texts/${tag}/${file}: ${key}`));
    const left = [...there].flatMap(([file, keys]) => keys.filter((key) => !wanted.get(file)?.includes(key)).map((key) => `not in texts/en/${file}: ${key}`));
    expect([...missing, ...left]).toEqual([]);
    // A file that is there and not merged says nothing.
    expect(Object.keys(english).filter((key) => !(key in texts))).toEqual([]);
  });

  it("has the parameters, the plural forms and the bold words of English", () => {
    const off = Object.entries(english).filter(([key, message]) => {
      const own = texts[key];
      return own !== undefined && (typeof own !== typeof message || String(parameters(own)) !== String(parameters(message)) || (typeof own === "string" && String(marks(own)) !== String(marks(message))));
    });
    expect(off.map(([key]) => key)).toEqual([]);
  });

  it("leaves no text in English, but for names", () => {
    const same = Object.entries(english).filter(
      ([key, message]) => JSON.stringify(message) === JSON.stringify(texts[key]) && !wordless(message) && !SAME.some((allowed) => allowed.test(key)),
    );
    expect(same.map(([key, message]) => `${key}: ${forms(message).join(" | ")}`)).toEqual([]);
  });

  it("has no empty text", () => {
    expect(Object.entries(texts).filter(([, message]) => forms(message).some((text) => text === "")).map(([key]) => key)).toEqual([]);
  });
});

/** The codes that cross IPC, as the generated types list them. */
describe("the shell's codes", () => {
  const types = readFileSync(join(import.meta.dirname, "../src/ipc/types.ts"), "utf8");
  const codes = (type: string): string[] => {
    const found = new RegExp(`export type ${type} = ([^;]+);`).exec(types)?.[1] ?? "";
    return [...found.matchAll(/"([a-z_]+)"/g)].map(([, code]) => code ?? "");
  };

  it.each([
    ["ErrorCode", "error."],
    ["RefusalCode", "refusal."],
    ["ProblemCode", "problem."],
    ["ProblemCode", "problem_short."],
  ])("%s has a text at %s… in every language", (type, beginning) => {
    const all = codes(type);
    expect(all.length).toBeGreaterThan(5);
    const without = [["en", english] as const, ...languages].flatMap(([tag, texts]) =>
      all.filter((code) => !(`${beginning}${code}` in texts)).map((code) => `${tag}: ${beginning}${code}`),
    );
    expect(without).toEqual([]);
  });
});

describe("the language in use", () => {
  afterEach(() => setLocale("en"));
  const prefer = (...tags: string[]) => Object.defineProperty(navigator, "languages", { value: tags, configurable: true });

  it.each([
    ["en", "en", "Projects"],
    ["pt", "pt-PT", "Projetos"],
    ["pt-BR", "pt-BR", "Projetos"],
    ["es", "es", "Proyectos"],
    ["xx", "en", "Projects"],
  ])("%s is %s", async (chosen, expected, word) => {
    await setLocale(chosen);
    expect([locale(), document.documentElement.lang, t("nav.projects")]).toEqual([expected, expected, word]);
  });

  it.each([
    [["de-DE", "es-MX", "pt"], "es-MX"],
    [["pt"], "pt-PT"],
    [["de-DE"], "en"],
  ])("of a system that prefers %j is %s", async (preferred, expected) => {
    prefer(...preferred);
    await setLocale("system");
    expect(locale()).toBe(expected);
  });

  it("is the one chosen last, whichever is loaded first", async () => {
    await Promise.all([setLocale("pt"), setLocale("en")]);
    expect(t("nav.projects")).toBe("Projects");
  });

  it("can be chosen wherever there is a folder", () => {
    const folders = new Set(sources([".ts"]).flatMap(({ path }) => /^texts\/([a-z]{2})\//.exec(path)?.[1] ?? []));
    expect([...languageTags].sort()).toEqual([...folders].sort());
  });
});

describe("the language that nobody speaks", () => {
  it.each([
    ["Save {name}", "⟦Šávé {name}~~~~⟧"],
    ["A text as long as three words are", "⟦Á téxt áš lóñg áš thréé wórdš áré~~~~~~~ ~~~~⟧"],
    [{ one: "{n} row", other: "{n} rows" }, { one: "⟦{n} rów~~~⟧", other: "⟦{n} rówš~~~⟧" }],
  ])("makes %j %j", (message, expected) => {
    expect(pseudo({ key: message }).key).toEqual(expected);
  });
});
