/** The colours that say a state; `idle` is the quiet one. */
export type Tone = "idle" | "info" | "ok" | "warn" | "bad";
