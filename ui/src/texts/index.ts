/** Every word that people read comes from here: `t("home.title")`. */
export { fill, locale, setLocale, t, type Key } from "./catalogue.svelte.ts";
export { errorText, refusalText } from "./errors.ts";
