/** Which words of the answer are findings already, so that what is left is seen at a glance. */

export interface Run {
  text: string;
  /** The finding that holds it, from 1; none for the rest. */
  n?: number;
}

/** The text in runs, in its order. A finding whose words were changed is not found in it any more. */
export function taken(text: string, findings: readonly { text: string }[]): Run[] {
  const spans = findings
    .flatMap(({ text: words }, at) => {
      const from = words.trim() ? text.indexOf(words.trim()) : -1;
      return from < 0 ? [] : [{ from, to: from + words.trim().length, n: at + 1 }];
    })
    .sort((a, b) => a.from - b.from);
  const runs: Run[] = [];
  let at = 0;
  for (const { from, to, n } of spans) {
    // Of two that overlap the first is marked.
    if (from < at) continue;
    if (from > at) runs.push({ text: text.slice(at, from) });
    runs.push({ text: text.slice(from, to), n });
    at = to;
  }
  if (at < text.length) runs.push({ text: text.slice(at) });
  return runs;
}
