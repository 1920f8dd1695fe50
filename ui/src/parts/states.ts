/** Every state that is drawn: its glyph says it, its colour repeats it. */
import type { Key } from "$texts";
import type { Tone } from "./tone.ts";

export type Glyph = "dashed" | "half" | "warning" | "tick" | "done" | "cross" | "blocked" | "disputed" | "retest" | "struck" | "ring";

type StateKey = Extract<Key, `state.${string}`>;
export type State = StateKey extends `state.${infer Name}` ? Name : never;

const looks: Readonly<Record<State, readonly [Glyph, Tone]>> = {
  draft: ["dashed", "idle"],
  not_submitted: ["dashed", "idle"],
  untested: ["dashed", "idle"],
  todo: ["ring", "idle"],
  in_review: ["half", "info"],
  pending: ["half", "info"],
  in_progress: ["half", "info"],
  differs: ["warning", "warn"],
  suspended: ["warning", "warn"],
  warning: ["warning", "warn"],
  approved: ["tick", "ok"],
  valid: ["tick", "ok"],
  published: ["done", "ok"],
  pass: ["done", "ok"],
  done: ["done", "ok"],
  rejected: ["cross", "bad"],
  fail: ["cross", "bad"],
  blocked: ["blocked", "warn"],
  disputed: ["disputed", "warn"],
  retest: ["retest", "info"],
  not_applicable: ["struck", "idle"],
  waived: ["struck", "idle"],
  duplicate: ["struck", "idle"],
  revoked: ["struck", "idle"],
  superseded: ["struck", "idle"],
  delisted: ["struck", "idle"],
  discarded: ["struck", "idle"],
  withdrawn: ["struck", "idle"],
};

export const glyphOf = (state: State): Glyph => looks[state][0];
export const toneOf = (state: State): Tone => looks[state][1];
export const allStates = Object.keys(looks) as State[];
