/** The time as the window shows it, to the minute. It ticks only while someone looks. */
import { createSubscriber } from "svelte/reactivity";

const MINUTE = 60_000;

class Clock {
  #read: () => number = Date.now;
  readonly #subscribe = createSubscriber((update) => {
    const timer = setInterval(update, MINUTE / 2);
    return () => clearInterval(timer);
  });

  /** Milliseconds since 1970. */
  get now(): number {
    this.#subscribe();
    return this.#read();
  }

  /** For tests and screenshots. */
  freeze(at: number): void {
    this.#read = () => at;
  }
}

export const clock = new Clock();
