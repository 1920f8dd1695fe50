import { fold } from "$lib/match.ts";

/** A slug to suggest for a name: small letters, digits, hyphens. Empty where the name has none of these. */
export const slugOf = (name: string): string =>
  fold(name)
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
