/** Every word that people read comes from here: `t(key, params)`. */
export { fill, keysWhere, languageTags, locale, setLocale, t, type Key } from "./catalogue.svelte.ts";
export { errorText, refusalText } from "./errors.ts";
export { addLabel, choiceText, entryLabel, fieldHelp, fieldLabel, problemPlace, problemShort, problemText } from "./fields.ts";
