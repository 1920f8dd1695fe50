import type { State } from "./states.ts";

export interface Option<Value extends string = string> {
  value: Value;
  label: string;
  /** Draws the glyph of a state before the word. */
  state?: State;
  /** A few words behind it. */
  note?: string;
}
