/** The cursor row of a list: moved by `J` `K` and the arrows, kept on the same row when rows move. */
import { t } from "$texts";
import type { Binding } from "./keys.svelte.ts";

/** Rows of a step by page. */
const PAGE = 10;

/** The filter above a list, and what its keys do. */
interface Typed {
  /** What stands in it. */
  text: string;
  clear: () => void;
  enter?: () => void;
  /** Where the list has a way of its own to move. */
  move?: (by: number) => void;
}

export class Cursor<T> {
  readonly #rows: () => readonly T[];
  readonly #key: (row: T) => string;
  #at = $state<string>();
  /** Where the cursor stood: it stays near when its row goes, and may stand on a row that was not read yet. */
  #index = $state(0);
  /** Where it was looked for last: a long list is gone through once, however often it is asked. */
  #looked?: { rows: readonly T[]; at: string | undefined; found: number };

  constructor(rows: () => readonly T[], key: (row: T) => string) {
    this.#rows = rows;
    this.#key = key;
  }

  get index(): number {
    const rows = this.#rows();
    if (rows.length === 0) return -1;
    const at = this.#at;
    const near = rows[this.#index];
    // Mostly it still stands where it stood: a long list is searched only where rows moved.
    if (at !== undefined && near !== undefined && this.#key(near) === at) return this.#index;
    if (this.#looked?.rows !== rows || this.#looked.at !== at) {
      this.#looked = { rows, at, found: at === undefined ? -1 : rows.findIndex((row) => this.#key(row) === at) };
    }
    const { found } = this.#looked;
    return found >= 0 ? found : Math.min(this.#index, rows.length - 1);
  }

  get row(): T | undefined {
    return this.#rows()[this.index];
  }

  set index(index: number) {
    const rows = this.#rows();
    this.#index = Math.max(0, Math.min(index, rows.length - 1));
    const row = rows[this.#index];
    this.#at = row === undefined ? undefined : this.#key(row);
  }

  is(row: T): boolean {
    const current = this.row;
    return current !== undefined && this.#key(current) === this.#key(row);
  }

  to(row: T): void {
    this.index = this.#rows().findIndex((other) => this.#key(other) === this.#key(row));
  }

  move(by: number): void {
    this.index += by;
  }

  /** A key in the filter above the list: the arrows move in the list, Escape empties the filter, Enter opens the row. */
  typed(event: KeyboardEvent, { text, clear, enter, move = (by) => this.move(by) }: Typed): void {
    if (event.isComposing) return;
    if (event.key === "Escape" && text) clear();
    else if (event.key === "ArrowDown") move(1);
    else if (event.key === "ArrowUp") move(-1);
    else if (event.key === "Enter" && enter) enter();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** The keys of any list; a screen adds its own behind them, or moves further than the list goes. */
  keys(move: (by: number) => void = (by) => this.move(by)): Binding[] {
    const label = t("keys.move");
    const when = () => this.#rows().length > 0;
    return [
      { keys: ["J", "ArrowDown"], label, when, run: () => move(1) },
      { keys: ["K", "ArrowUp"], label, when, run: () => move(-1) },
      { keys: "Home", label: t("keys.first"), hint: false, when, run: () => move(-Infinity) },
      { keys: "End", label: t("keys.last"), hint: false, when, run: () => move(Infinity) },
      { keys: "PageDown", label: t("keys.page"), hint: false, when, run: () => move(PAGE) },
      { keys: "PageUp", label: t("keys.page_back"), hint: false, when, run: () => move(-PAGE) },
    ];
  }
}
