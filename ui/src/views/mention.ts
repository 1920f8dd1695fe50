/** Mentions in a text: `@` and a name. Names may have blanks, so what is meant is found by the names that there are. */
import type { MemberId, MemberView } from "$ipc/types.ts";
import { fold } from "$lib/match.ts";

/** A name has few words: what is longer is a sentence after an `@`. */
const MOST = 40;

/** The `@…` that the cursor stands in: where it begins and what was typed of the name. */
export function beforeCursor(text: string, cursor: number): { from: number; typed: string } | undefined {
  const from = text.lastIndexOf("@", cursor - 1);
  if (from < 0 || /[\p{L}\p{N}._-]/u.test(text[from - 1] ?? "")) return undefined;
  const typed = text.slice(from + 1, cursor);
  return typed.includes("\n") || typed.length > MOST ? undefined : { from, typed };
}

/** Whose name begins so, or a later word of it. */
export const offer = (members: readonly MemberView[], typed: string): MemberView[] => {
  const wanted = fold(typed);
  const words = (name: string) => fold(name).split(" ");
  return members.filter(({ name }) => fold(name).startsWith(wanted) || words(name).some((word) => word.startsWith(wanted)));
};

/** Who is mentioned: the longest name that fits at each `@`. */
export function mentioned(text: string, members: readonly MemberView[]): MemberId[] {
  const longest = members.toSorted((a, b) => b.name.length - a.name.length);
  const found: MemberId[] = [];
  for (const { index } of text.matchAll(/@/g)) {
    const member = longest.find(({ name }) => name && text.startsWith(name, index + 1));
    if (member && !found.includes(member.id)) found.push(member.id);
  }
  return found;
}
