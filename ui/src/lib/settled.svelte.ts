/** Words that wait for a pause in typing, where each letter would read a long list. */
const PAUSE_MS = 120;

/** What was typed, once the hand rests so long; set it to go there at once. */
export function useSettled(typed: () => string, pause = PAUSE_MS): { text: string } {
  let text = $state("");
  $effect(() => {
    const now = typed().trim();
    const timer = setTimeout(() => (text = now), pause);
    return () => clearTimeout(timer);
  });
  return {
    get text() {
      return text;
    },
    set text(next) {
      text = next;
    },
  };
}
