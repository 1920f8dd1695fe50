/**
 * One value under the hand of a person: what they typed, what was saved, and how the two meet.
 *
 * A save names the value that it replaces, so that nobody overwrites what they have not seen: a refresh
 * never touches what is being typed, and where someone else was first, both values stand side by
 * side until the person chooses. What is refused stays as typed.
 */
import { untrack } from "svelte";
import { asIpcError, type IpcError } from "$ipc/error.ts";
import { same } from "./same.ts";

/** How long after the last key a value is saved. */
export const WAIT_MS = 400;

/** What a draft needs of the screen around it. */
export interface Keeper<T> {
  /** Write `value`, which replaces `expects`; resolves when it is durable. */
  save: (value: T, expects: T) => Promise<unknown>;
  /** Counts the reads begun so far: one that began before a save was answered may not show it. */
  reads: () => number;
  /** A value went from one to the other. */
  saved?: (from: T, to: T) => void;
  /** What is shown here may be old: read again. */
  refresh?: () => void;
}

export class Draft<T> {
  /** What stands in the form. */
  #value = $state.raw() as T;
  /** What was read or saved last. */
  #base = $state.raw() as T;
  /** Why it was not saved. */
  error = $state.raw<IpcError>();
  /** Someone else's value, where it came before this one. */
  theirs = $state.raw<{ value: T }>();
  saving = $state(false);
  /** Someone else was first: nothing is saved until the person chooses. */
  #conflict = $state(false);
  /** The value that was refused: it is not sent again until it or its surroundings changed. */
  #refused?: { value: T };
  readonly #keeper: Keeper<T>;
  #timer?: ReturnType<typeof setTimeout>;
  #flight?: Promise<boolean>;
  /** Reads begun up to here may be older than the last save. */
  #answered = 0;
  /** The focus is inside: nothing changes under it. */
  #held = false;
  /** Something was typed since the focus came. */
  #touched = $state(false);
  /** No read has shown the last save yet. */
  #unseen = $state(false);
  #waiting?: { value: T };

  constructor(value: T, keeper: Keeper<T>) {
    this.#value = value;
    this.#base = value;
    this.#keeper = keeper;
  }

  get value(): T {
    return this.#value;
  }

  /** What is saved. */
  get base(): T {
    return this.#base;
  }

  /** Typed and not saved. */
  get dirty(): boolean {
    return !same(this.#value, this.#base);
  }

  get conflict(): boolean {
    return this.#conflict;
  }

  /** Not saved, and not about to be: the person has something to do. */
  get stuck(): boolean {
    return this.dirty && (this.#conflict || this.error !== undefined) && !this.saving;
  }

  /** A key was pressed. It is saved a moment after the last one; `wait: false` leaves that to `flush`. */
  edit(value: T, { wait = WAIT_MS }: { wait?: number | false } = {}): void {
    this.#value = value;
    if (this.#held) this.#touched = true;
    // What was refused was another value.
    if (!this.#conflict && !(this.#refused && same(this.#refused.value, value))) this.error = undefined;
    this.#stop();
    if (wait !== false) this.#timer = setTimeout(() => void this.flush(), wait);
  }

  /** Save what is typed. Tells whether nothing is left to save. */
  async flush(): Promise<boolean> {
    this.#stop();
    await this.#flight;
    while (this.dirty && !this.#conflict && !(this.#refused && same(this.#refused.value, this.#value))) {
      const tried = this.#value;
      if (!(await this.#save()) && same(tried, this.#value)) break;
    }
    return !this.dirty;
  }

  /** What stood in the way may be gone, such as a lock: ask again. */
  retry(): Promise<boolean> {
    this.#refused = undefined;
    return this.flush();
  }

  /** A read brought `value`. Tells whether it may be older than the last save, so that a newer one is needed. */
  take(value: T, began: number): boolean {
    return untrack(() => {
      if (same(value, this.#base)) this.#unseen = false;
      if (began <= this.#answered) return !same(value, this.#base) && !this.saving;
      if (this.#conflict) this.#meet(value);
      else if (same(value, this.#value)) this.#adopt(value);
      else if (!this.dirty && !this.saving && this.#held) this.#waiting = { value };
      else if (!this.dirty && !this.saving) this.#adopt(value);
      // Else it is being typed: if the value beneath it changed, the save says so.
      return false;
    });
  }

  /** The person is at it, or what they did is on its way: what was empty may be filled by now. */
  get inHand(): boolean {
    return this.#touched || this.#unseen || (this.dirty && !this.stuck);
  }

  /** The focus came into the field. */
  hold(): void {
    this.#held = true;
  }

  /** The focus left: save, and show what came meanwhile. */
  release(): void {
    this.#held = false;
    this.#touched = false;
    const { dirty } = this;
    if (dirty && !this.stuck) void this.flush();
    else if (!dirty && this.#waiting) this.#adopt(this.#waiting.value);
    this.#waiting = undefined;
  }

  /** After a conflict: mine takes the place of theirs. */
  async keepMine(): Promise<boolean> {
    if (this.theirs) this.#base = this.theirs.value;
    this.#settle();
    return this.flush();
  }

  /** Give up what was typed for what stands there now. */
  takeSaved(): void {
    this.#stop();
    this.#adopt(this.theirs ? this.theirs.value : this.#base);
    this.#settle();
  }

  /** A new save that goes back from `to` to `from`; it is refused if `to` is no longer there. */
  async undo(from: T, to: T): Promise<void> {
    await this.#keeper.save(from, to);
    this.#answered = this.#keeper.reads();
    if (this.dirty) this.#base = from;
    else this.#adopt(from);
  }

  #save(): Promise<boolean> {
    this.#flight ??= this.#send(this.#value, this.#base).finally(() => (this.#flight = undefined));
    return this.#flight;
  }

  async #send(value: T, expects: T): Promise<boolean> {
    this.saving = true;
    try {
      await this.#keeper.save(value, expects);
      this.#answered = this.#keeper.reads();
      // A read may have been quicker than the answer.
      this.#unseen = !same(this.#base, value);
      this.#base = value;
      this.error = undefined;
      this.#refused = undefined;
      this.#waiting = undefined;
      this.#keeper.saved?.(expects, value);
      return true;
    } catch (thrown) {
      this.#answered = this.#keeper.reads();
      this.error = asIpcError(thrown);
      this.#conflict = this.error.refusal?.code === "changed";
      if (this.error.refusal && !this.#conflict) this.#refused = { value };
      // Another value or a lock stands there that this window has not seen.
      if (this.error.refusal) this.#keeper.refresh?.();
      return false;
    } finally {
      this.saving = false;
    }
  }

  /** What stands there while two values wait for a choice. */
  #meet(value: T): void {
    if (same(value, this.#value)) {
      this.#adopt(value);
      this.#settle();
    } else if (same(value, this.#base)) {
      // Theirs was taken back: nothing is in the way any more.
      this.#settle();
      void this.flush();
    } else {
      this.theirs = { value };
    }
  }

  #adopt(value: T): void {
    this.#unseen = false;
    this.#base = value;
    this.#value = value;
    this.error = undefined;
    this.#refused = undefined;
  }

  #settle(): void {
    this.#conflict = false;
    this.theirs = undefined;
    this.error = undefined;
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
