/** Rows of one height moved by the pointer: taken at their grip, let go between two others. The keyboard moves them as well. */
import type { Row } from "./edit.ts";

interface Wanted {
  /** Of a row, in px. */
  height: number;
  list: () => HTMLElement | undefined;
  rows: () => readonly Row[];
  /** Rows above this one stay where they are, and nothing goes above them. */
  from: number;
  drop: (row: Row, before: number) => void;
}

/** Near its edges the list scrolls by itself. */
const EDGE = 32;
const STEP = 8;

class Drag {
  row = $state.raw<Row>();
  /** The row before which it would be let go. */
  before = $state<number>();
  readonly #wanted: Wanted;
  #y = 0;
  #frame = 0;

  constructor(wanted: Wanted) {
    this.#wanted = wanted;
  }

  attach = (node: HTMLElement): (() => void) => {
    const down = (event: PointerEvent) => this.#down(event, node);
    node.addEventListener("pointerdown", down);
    return () => {
      node.removeEventListener("pointerdown", down);
      this.#end();
    };
  };

  #down(event: PointerEvent, node: HTMLElement): void {
    if (event.button !== 0 || !(event.target instanceof Element) || !event.target.closest("[data-grip]")) return;
    const index = Number(event.target.closest<HTMLElement>("[data-index]")?.dataset.index ?? -1);
    const row = this.#wanted.rows()[index];
    if (!row || index < this.#wanted.from) return;
    event.preventDefault();
    node.setPointerCapture(event.pointerId);
    this.row = row;
    this.#at(event.clientY);
    const move = (moved: PointerEvent) => this.#at(moved.clientY);
    const up = (ended: PointerEvent) => {
      const { row, before } = this;
      stop();
      if (ended.type === "pointerup" && row && before !== undefined) this.#wanted.drop(row, before);
    };
    const key = (pressed: KeyboardEvent) => {
      if (pressed.key !== "Escape") return;
      pressed.preventDefault();
      pressed.stopPropagation();
      stop();
    };
    const stop = () => {
      node.removeEventListener("pointermove", move);
      node.removeEventListener("pointerup", up);
      node.removeEventListener("pointercancel", up);
      window.removeEventListener("keydown", key, true);
      this.#end();
    };
    node.addEventListener("pointermove", move);
    node.addEventListener("pointerup", up);
    node.addEventListener("pointercancel", up);
    window.addEventListener("keydown", key, true);
    this.#scroll();
  }

  #at(y: number): void {
    const list = this.#wanted.list();
    if (!list) return;
    this.#y = y;
    const within = y - list.getBoundingClientRect().top + list.scrollTop;
    const { from, height, rows } = this.#wanted;
    this.before = Math.max(from, Math.min(Math.round(within / height), rows().length));
  }

  #scroll(): void {
    const list = this.#wanted.list();
    if (!list || this.row === undefined) return;
    const { top, bottom } = list.getBoundingClientRect();
    const by = this.#y < top + EDGE ? -STEP : this.#y > bottom - EDGE ? STEP : 0;
    if (by !== 0) {
      list.scrollTop += by;
      this.#at(this.#y);
    }
    this.#frame = requestAnimationFrame(() => this.#scroll());
  }

  #end(): void {
    cancelAnimationFrame(this.#frame);
    this.row = undefined;
    this.before = undefined;
  }
}

export const dragging = (wanted: Wanted): Drag => new Drag(wanted);
