/** Languages by their names in the window's own. */
import { locale, t } from "$texts";

/** Those that a message is offered in: the window's own first. Any other tag that is stored is shown by its name. */
export const LANGUAGES = ["en", "pt", "es", "fr", "de", "it"] as const;

export function languageName(tag: string): string {
  try {
    return new Intl.DisplayNames([locale()], { type: "language" }).of(tag) ?? tag;
  } catch {
    return t("message.language_unknown", { tag });
  }
}
