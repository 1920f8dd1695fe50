/** Every word that people read comes from here: `t("home.title")`. */
export { locale, setLocale, t, type Key } from "./catalogue.svelte.ts";
export { errorText } from "./errors.ts";
