/** One question at a time, answered by a promise. */
import type { Tone } from "../parts/tone.ts";

export interface Question {
  readonly title: string;
  /** What will happen, and what stays as it is. */
  readonly body: string;
  /** The verb and its object: *Discard version*. */
  readonly action: string;
  readonly tone?: Extract<Tone, "bad" | "idle">;
  readonly testid?: string;
}

class Confirm {
  question = $state.raw<Question>();
  #answer?: (yes: boolean) => void;

  ask(question: Question): Promise<boolean> {
    this.reply(false);
    this.question = question;
    return new Promise((resolve) => (this.#answer = resolve));
  }

  reply(yes: boolean) {
    this.#answer?.(yes);
    this.#answer = undefined;
    this.question = undefined;
  }
}

export const confirmation = new Confirm();

/** Ask, and wait for the answer: `if (await confirm({…})) …`. */
export const confirm = (question: Question) => confirmation.ask(question);
