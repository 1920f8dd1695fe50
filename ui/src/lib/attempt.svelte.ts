/** Something a person asked for that may fail: pressed once, and its failure said where they look. */
import { asIpcError, type IpcError } from "$ipc/error.ts";
import { errorText } from "$texts";
import { toast } from "./toasts.svelte.ts";

/**
 * One form or one button. `run` does nothing while it is under way, keeps the error for the form
 * to show beside its fields, and tells whether it worked.
 */
export class Attempt {
  running = $state(false);
  error = $state.raw<IpcError>();

  async run(work: () => Promise<unknown>): Promise<boolean> {
    if (this.running) return false;
    this.running = true;
    this.error = undefined;
    try {
      await work();
      return true;
    } catch (thrown) {
      this.error = asIpcError(thrown);
      return false;
    } finally {
      this.running = false;
    }
  }
}

/** For a key or a button without a form: the failure becomes a notice. Tells whether it worked. */
export async function attempt(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (thrown) {
    toast(errorText(asIpcError(thrown)), { tone: "bad" });
    return false;
  }
}
