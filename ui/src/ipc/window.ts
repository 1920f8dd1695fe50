/** The shell's own call: the first data is in the page, the window may be shown. */
import { call } from "./call.ts";

export const showWindow = async (): Promise<void> => {
  // Shown by the shell's timer in any case.
  await call("show").catch(() => undefined);
};
