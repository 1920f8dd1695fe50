/** The shell's own calls, about the window that makes them. */
import { call } from "./call.ts";

/** The first data is in the page: the window may be shown. */
export const showWindow = async (): Promise<void> => {
  // Shown by the shell's timer in any case.
  await call("show").catch(() => undefined);
};

export const closeWindow = (): Promise<unknown> => call("close");

/** Whether the window stays above all others. */
export const setAbove = (above: boolean): Promise<unknown> => call(above ? "stay_above" : "let_under");
