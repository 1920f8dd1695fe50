/** A secret on the screen: there for half a minute when it is asked for, and not a moment after it was hidden. */
import { onDestroy } from "svelte";
import { t } from "$texts";
import { announce } from "./announce.svelte.ts";
import { attempt } from "./attempt.svelte.ts";

const SHOWN_MS = 30_000;

class Reveal {
  text = $state<string>();
  readonly #read: () => Promise<{ text: string }>;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #turn = 0;

  constructor(read: () => Promise<{ text: string }>) {
    this.#read = read;
  }

  hide(): void {
    this.#turn += 1;
    clearTimeout(this.#timer);
    this.text = undefined;
  }

  async toggle(): Promise<void> {
    if (this.text !== undefined) return this.hide();
    const turn = (this.#turn += 1);
    await attempt(async () => {
      const { text } = await this.#read();
      // Locked, left or asked for once more while the answer was on its way.
      if (turn !== this.#turn) return;
      this.text = text;
      announce(t("vault.shown"));
      this.#timer = setTimeout(() => {
        this.hide();
        announce(t("vault.hidden"));
      }, SHOWN_MS);
    });
  }
}

/** The same for as long as its component lives. */
export function useReveal(read: () => Promise<{ text: string }>): Reveal {
  const reveal = new Reveal(read);
  onDestroy(() => reveal.hide());
  return reveal;
}
