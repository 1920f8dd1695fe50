/** The catalogue in use. English is bundled; another language is loaded when it is chosen. */
import { en, type English } from "./en/index.ts";
import { format, type Args, type Message } from "./format.ts";

export type Key = keyof English;
export type Catalogue = Readonly<Record<Key, Message>>;

interface Language {
  /** For dates and numbers, where the person named no region. */
  tag: string;
  /** A text that is missing is a failed test, not a window without words: English stands in for it. */
  load: () => Promise<Partial<Catalogue>>;
}

/** The languages; each is a folder beside `en` with the same keys. */
const languages: Readonly<Record<string, Language>> = {
  en: { tag: "en", load: () => Promise.resolve(en) },
  pt: { tag: "pt-PT", load: async () => (await import("./pt/index.ts")).pt },
  es: { tag: "es", load: async () => (await import("./es/index.ts")).es },
};

/** What no one chooses: only a shell built for development takes it. */
const pseudo: Language = { tag: "en", load: async () => (await import("./pseudo.ts")).pseudo(en) };

/** The languages that there are texts of. */
export const languageTags: readonly string[] = Object.keys(languages);

let texts = $state.raw<Catalogue>(en);
let current = $state("en");
let asked = 0;

/** The language in use, for dates and numbers. */
export const locale = (): string => current;

const partOf = (tag: string): string => tag.split("-")[0] ?? "";

/** The tag of the system's languages that there are texts of, the one it prefers first. */
const systemTag = (): string => navigator.languages.find((tag) => partOf(tag) in languages) ?? "en";

/** Change the language: `system`, or a tag. Its first part is for the texts, the whole (`pt-BR`) for dates. */
export async function setLocale(chosen: string): Promise<void> {
  const mine = ++asked;
  const tag = chosen === "system" ? systemTag() : chosen;
  const language = tag === "pseudo" ? pseudo : languages[partOf(tag)];
  const loaded = await language?.load();
  // Chosen again while it was loaded: the last choice holds.
  if (mine !== asked) return;
  texts = loaded === en ? en : { ...en, ...loaded };
  current = tag.includes("-") && language ? tag : (language?.tag ?? "en");
  document.documentElement.lang = current;
}

/** The text of a key. A template of known parts works too: ``t(`state.${state}`)``. */
export function t<K extends Key>(key: K, ...[params]: Args<English[K]>): string {
  return format(texts[key], (params ?? {}) as Record<string, string | number>, current);
}

/** For keys and parameters that come from the shell together: no type can hold them to each other. */
export const fill = (key: Key, params: Readonly<Record<string, string | number>>): string =>
  format(texts[key], params, current);

/** Keys that begin so and whose text in this language is wanted: what a person may look for by its words. */
export const keysWhere = (beginning: string, wanted: (text: string) => boolean): string[] =>
  Object.entries(texts).flatMap(([key, text]) => {
    const forms: readonly string[] = typeof text === "string" ? [text] : Object.values(text);
    return key.startsWith(beginning) && forms.some(wanted) ? [key] : [];
  });
