/** The shell's own calls, about the window that makes them. */
import { call } from "./call.ts";

let shown: Promise<void> | undefined;

/** The first data is there: the window may be shown. It is shown once, whoever asks. */
export const showWindow = (): Promise<void> =>
  // Shown by the shell's timer in any case.
  (shown ??= call("show").then(() => undefined, () => undefined));

export const closeWindow = (): Promise<unknown> => call("close");

/** Whether the window stays above all others. */
export const setAbove = (above: boolean): Promise<unknown> => call(above ? "stay_above" : "let_under");
