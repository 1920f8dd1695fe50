/** Finding text as people type it: no case, no accents, words in any order. */

/** `Ação` and `acao` are the same here. */
export const fold = (text: string): string =>
  (PLAIN.test(text) ? text : text.normalize("NFD").replace(/\p{Diacritic}/gu, "")).toLowerCase();

/** Nothing to take off: most of what is looked through, letter by letter. */
const PLAIN = /^[ -~]*$/;

/** How well `text` answers `query`: 0 not at all, more is better. Every word must begin a word or stand inside one. */
export function score(text: string, query: string): number {
  const words = fold(query).split(/\s+/).filter(Boolean);
  if (words.length === 0) return 1;
  const folded = fold(text);
  let sum = 0;
  for (const word of words) {
    const at = folded.indexOf(word);
    if (at < 0) return 0;
    if (at === 0) sum += 4;
    else if (folded.split(/[^\p{L}\p{N}]+/u).some((part) => part.startsWith(word))) sum += 3;
    else sum += 1;
  }
  return sum / words.length;
}

/** The same, and less than any of it: the letters of `query` in their order, as people type a command they know. */
export function fuzzy(text: string, query: string): number {
  const found = score(text, query);
  if (found > 0) return found;
  const wanted = [...fold(query).replace(/\s+/g, "")];
  // One letter stands in almost everything.
  if (wanted.length < 2) return 0;
  const letters = [...fold(text)];
  let at = -1;
  let gaps = 0;
  for (const letter of wanted) {
    const next = letters.indexOf(letter, at + 1);
    if (next < 0) return 0;
    // A jump to the beginning of a word is what abbreviations do.
    if (at >= 0 && next > at + 1 && !/[^\p{L}\p{N}]/u.test(letters[next - 1] ?? "")) gaps += next - at - 1;
    at = next;
  }
  return 0.5 / (1 + gaps);
}

export interface Piece {
  readonly text: string;
  readonly hit: boolean;
}

/** `text` cut where it meets the words of `query`, for drawing the hits bold. */
export function pieces(text: string, query: string): Piece[] {
  const words = fold(query).split(/\s+/).filter(Boolean);
  const letters = [...text];
  // Folding may change lengths, so hits are marked letter by letter.
  const folded = letters.map(fold);
  const hit = letters.map(() => false);
  for (const word of words) {
    for (let from = 0; from < letters.length; from++) {
      let joined = "";
      let to = from;
      while (to < letters.length && joined.length < word.length) joined += folded[to++];
      if (joined === word) hit.fill(true, from, to);
    }
  }
  const cut: Piece[] = [];
  letters.forEach((letter, at) => {
    const last = cut.at(-1);
    if (last && last.hit === hit[at]) cut[cut.length - 1] = { text: last.text + letter, hit: last.hit };
    else cut.push({ text: letter, hit: hit[at] ?? false });
  });
  return cut;
}
