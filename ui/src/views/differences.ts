/** Two contents side by side: line by line, and word by word where a line was changed. */
import { diffArrays, diffWordsWithSpace } from "diff";
import type { FieldSpec, FieldValue, Plan } from "$ipc/types.ts";
import { fileAbout } from "$lib/files.ts";
import { choiceText, t } from "$texts";

/** A stretch of a line. */
export interface Piece {
  text: string;
  /** Only this side has it. */
  differs: boolean;
}

/** A line of both sides; a side that has none at this place is left out. */
export interface Pair {
  before?: readonly Piece[];
  now?: readonly Piece[];
  same: boolean;
}

/** More edits than that between two lines, and they have nothing to do with each other. */
const MOST_EDITS = 1_000;

const whole = (text: string): Piece[] => [{ text, differs: true }];

/** Two versions of one line. Where no word is left of the one before, it is another line as a whole. */
function words(before: string, now: string): Pair {
  const parts = diffWordsWithSpace(before, now, { maxEditLength: MOST_EDITS }) as ReturnType<typeof diffWordsWithSpace> | undefined;
  const shared = parts?.some(({ added, removed, value }) => !added && !removed && /[\p{L}\p{N}]/u.test(value));
  if (!parts || !shared) return { before: whole(before), now: whole(now), same: false };
  const side = (other: "added" | "removed") => {
    const pieces: Piece[] = [];
    const mine = parts.filter((part) => !part[other]);
    const changed = (part = mine[0]) => Boolean(part?.added || part?.removed);
    for (const [at, part] of mine.entries()) {
      const { value } = part;
      // A space between two changed words is no island of sameness.
      const bridge = /^\s+$/.test(value) && at > 0 && at < mine.length - 1 && changed(mine[at - 1]) && changed(mine[at + 1]);
      const [last, differs] = [pieces.at(-1), bridge || changed(part)];
      if (last?.differs === differs) last.text += value;
      else pieces.push({ text: value, differs });
    }
    return pieces;
  };
  return { before: side("added"), now: side("removed"), same: false };
}

/** Lines that were taken out and lines that came at the same place stand beside each other. */
export function pairs(before: readonly string[], now: readonly string[]): Pair[] {
  const found: Pair[] = [];
  let gone: string[] = [];
  const flush = (come: readonly string[]) => {
    for (let at = 0; at < Math.max(gone.length, come.length); at += 1) {
      const [old, fresh] = [gone[at], come[at]];
      if (old !== undefined && fresh !== undefined) found.push(words(old, fresh));
      else if (old !== undefined) found.push({ before: whole(old), same: false });
      else if (fresh !== undefined) found.push({ now: whole(fresh), same: false });
    }
    gone = [];
  };
  for (const { value, added, removed } of diffArrays([...before], [...now])) {
    if (removed) gone = value;
    else if (added) flush(value);
    else {
      flush([]);
      found.push(...value.map((text): Pair => ({ before: [{ text, differs: false }], now: [{ text, differs: false }], same: true })));
    }
  }
  flush([]);
  return found;
}

/** A value as lines: a paragraph or an entry each, nothing of it left out. */
export function linesOf({ kind }: FieldSpec, value: FieldValue | null | undefined): string[] {
  switch (value?.type) {
    case undefined:
      return [];
    case "text":
      return kind.type === "choice" ? [choiceText(value.value)] : value.value.split("\n");
    case "flag":
      return [t(value.value ? "version.on" : "version.off")];
    case "list":
      return value.value;
    case "emails":
      return value.value.map(({ type, email }) => `${choiceText(type)}: ${email}`);
    case "assets":
      // Another picture may have the same name and size.
      return value.value.map(({ file, url, description }) => [file?.name, file && fileAbout(file), file?.sha256.slice(0, 8), url, description].filter(Boolean).join(" · "));
    case "scopes":
      return value.value.map(({ scope, reason }) => `${scope}: ${reason}`);
    case "plans":
      return value.value.flatMap(planLines);
  }
}

function planLines({ name, type, license_type, price, min_licenses, max_licenses, listing_summary, description }: Plan): string[] {
  const parts: readonly (readonly [string, string])[] = [
    [t("plan.price"), price],
    [t("plan.min_licenses"), min_licenses?.toString() ?? ""],
    [t("plan.max_licenses"), max_licenses?.toString() ?? ""],
    [t("plan.listing_summary"), listing_summary],
    [t("plan.description"), description],
  ];
  return [
    [name, choiceText(type), choiceText(license_type)].filter(Boolean).join(" · "),
    ...parts.filter(([, text]) => text !== "").map(([what, text]) => `${what}: ${text}`),
  ];
}
