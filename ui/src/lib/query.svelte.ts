/**
 * A read that keeps itself fresh. It runs while its component lives, again when what it asks for
 * changes and when a change names one of its tags; meanwhile the old data stays on the screen.
 */
import { untrack } from "svelte";
import { asIpcError, type IpcError } from "$ipc/error.ts";
import type { Ask } from "$ipc/call.ts";
import { names, onChanged } from "$ipc/events.ts";
import { released } from "./press.ts";

export class Query<T> {
  data = $state.raw<T>();
  error = $state.raw<IpcError>();
  /** A read is under way; with `data` set the old answer is still shown. */
  loading = $state(false);
  #ask?: Ask<T>;
  /** Only the newest read may set the data. */
  #flight = 0;
  #again = false;
  #answered: Promise<void> = Promise.resolve();

  /** First data, or an error, has arrived. */
  get settled(): boolean {
    return this.data !== undefined || this.error !== undefined;
  }

  /** Ask for something else. What was shown belonged to the old question, so it goes. Resolves when it is answered. */
  async ask(ask: Ask<T> | undefined, { keep = false } = {}): Promise<void> {
    this.#ask = ask;
    this.#flight += 1;
    this.loading = false;
    if (!keep || !ask) this.data = undefined;
    this.error = undefined;
    await this.refresh();
  }

  changed(heard: readonly string[]): void {
    if (this.#ask && names(this.#ask.tags, heard)) void this.refresh();
  }

  /** Read again. What is asked for during a read is answered by one more behind it; resolves when it is answered. */
  refresh(): Promise<void> {
    if (this.loading) this.#again = true;
    else this.#answered = this.#read();
    return this.#answered;
  }

  async #read(): Promise<void> {
    const ask = this.#ask;
    if (!ask) return;
    const flight = ++this.#flight;
    this.loading = true;
    this.#again = false;
    try {
      const data = await ask.read();
      const rest = this.data === undefined ? undefined : released();
      if (rest) await rest;
      if (flight !== this.#flight) return;
      this.data = data;
      this.error = undefined;
    } catch (error) {
      if (flight !== this.#flight) return;
      this.error = asIpcError(error);
    }
    this.loading = false;
    if (this.#again) await this.refresh();
  }
}

/**
 * Read while this component lives: `const list = useQuery(() => client.projects())`. The function is reactive: when the id in it changes, the read follows; it
 * returns `undefined` while there is nothing to ask yet. `keep` leaves the old answer on the screen
 * until the new one is there (paging, filters), for questions whose answers look alike.
 */
export function useQuery<T>(ask: () => Ask<T> | undefined, { keep = false } = {}): Query<T> {
  const query = new Query<T>();
  $effect.pre(() => {
    const next = ask();
    untrack(() => void query.ask(next, { keep }));
  });
  $effect(() => onChanged((tags) => query.changed(tags)));
  return query;
}
