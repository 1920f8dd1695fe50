/**
 * Several inputs that are always written together, such as the three addresses. Each input saves by
 * itself, one after another, on top of what the ones before it wrote: two quick edits keep both.
 */
export class Whole<T extends object> {
  readonly #now: () => T;
  readonly #write: (whole: T) => Promise<unknown>;
  /** Written from here, and perhaps not read back yet. */
  #mine: Partial<T> = {};
  #turn: Promise<unknown> = Promise.resolve();

  constructor(now: () => T, write: (whole: T) => Promise<unknown>) {
    this.#now = now;
    this.#write = write;
  }

  /** Write some of them; what goes by the value before is given as a function. */
  set(next: Partial<T> | ((before: T) => Partial<T>)): Promise<unknown> {
    const turn = this.#turn.then(async () => {
      const before = { ...this.#now(), ...this.#mine };
      const some = typeof next === "function" ? next(before) : next;
      await this.#write({ ...before, ...some });
      this.#mine = { ...this.#mine, ...some };
    });
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  /** What was written was read back: from here on the engine's word counts. */
  seen(): void {
    this.#mine = {};
  }
}
