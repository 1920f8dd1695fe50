/** The catalogue in use. English is bundled; another language is loaded when it is chosen. */
import { en, type English } from "./en/index.ts";
import { format, type Args, type Message } from "./format.ts";

export type Key = keyof English;
export type Catalogue = Readonly<Record<Key, Message>>;

/**
 * The languages. Another one is a folder beside `en` with the same keys and a line here:
 * `pt: async () => (await import("./pt/index.ts")).pt`.
 */
const languages: Readonly<Record<string, () => Promise<Catalogue>>> = {
  en: () => Promise.resolve(en),
};

/** The languages that there are texts of. */
export const languageTags: readonly string[] = Object.keys(languages);

let texts = $state.raw<Catalogue>(en);
let current = $state("en");

/** The language in use, for dates and numbers. */
export const locale = (): string => current;

/** Change the language: the whole tag (`pt-BR`) for dates, its first part for the texts. */
export async function setLocale(tag: string): Promise<void> {
  const language = tag.split("-")[0] ?? "en";
  const load = languages[language];
  texts = load ? await load() : en;
  current = load ? tag : "en";
  document.documentElement.lang = current;
}

/** The text of a key. A template of known parts works too: ``t(`state.${state}`)``. */
export function t<K extends Key>(key: K, ...[params]: Args<English[K]>): string {
  return format(texts[key], (params ?? {}) as Record<string, string | number>, current);
}

/** For keys and parameters that come from the shell together: no type can hold them to each other. */
export const fill = (key: Key, params: Readonly<Record<string, string | number>>): string =>
  format(texts[key], params, current);
