/**
 * What was done last, and the way back. Every change that the engine can take back is remembered here by itself
 * (`lib/change.ts`); one that cannot be taken back is remembered too, so that undo says so instead of taking back
 * something older.
 */
import { undo as takeBack } from "$ipc/client.ts";
import { IpcError, asIpcError } from "$ipc/error.ts";
import type { AggregateRef, Body, Undo } from "$ipc/types.ts";

export interface Step {
  aggregate: AggregateRef;
  body: Body;
  /** None: it cannot be taken back. */
  undo: Undo | null;
}

/** What came of pressing undo, for whoever words it. */
export type Undone =
  | { what: "nothing" }
  | { what: "cannot" | "done"; step: Step }
  /** Somebody else changed the same since. */
  | { what: "changed"; step: Step }
  | { what: "failed"; step: Step; error: IpcError };

const MOST = 100;

class History {
  #done: readonly Step[] = [];
  #back: readonly Step[] = [];
  /** One after another: each meets what the one before left. */
  #turn: Promise<unknown> = Promise.resolve();

  add(step: Step): void {
    this.#done = [...this.#done, step].slice(-MOST);
    this.#back = [];
  }

  undo(): Promise<Undone> {
    return this.#next(async () => {
      const step = this.#done.at(-1);
      if (!step) return { what: "nothing" };
      this.#done = this.#done.slice(0, -1);
      if (!step.undo) return { what: "cannot", step };
      return this.#take(step, step.undo, (back) => (this.#back = [...this.#back, back]));
    });
  }

  redo(): Promise<Undone> {
    return this.#next(async () => {
      const step = this.#back.at(-1);
      if (!step?.undo) return { what: "nothing" };
      this.#back = this.#back.slice(0, -1);
      return this.#take(step, step.undo, (again) => (this.#done = [...this.#done, again]));
    });
  }

  /** A workspace was left: nothing in it is taken back from outside. */
  clear(): void {
    this.#done = [];
    this.#back = [];
  }

  async #take(step: Step, undo: Undo, kept: (step: Step) => void): Promise<Undone> {
    try {
      const made = await takeBack({ aggregate: step.aggregate, undo });
      kept({ ...step, undo: made.undo });
      return { what: "done", step };
    } catch (thrown) {
      const error = asIpcError(thrown);
      return error.refusal?.code === "changed" ? { what: "changed", step } : { what: "failed", step, error };
    }
  }

  #next(work: () => Promise<Undone>): Promise<Undone> {
    const next = this.#turn.then(work);
    this.#turn = next;
    return next;
  }
}

export const history = new History();
