/** Undo and redo, from anywhere in the window, and what came of them in words. */
import { history, type Undone } from "$lib/undo.svelte.ts";
import { announce } from "$lib/announce.svelte.ts";
import { toast } from "$lib/toasts.svelte.ts";
import { errorText, t } from "$texts";
import { bodyText } from "../views/activity.ts";

function tell(undone: Undone, redo: boolean): void {
  switch (undone.what) {
    case "nothing":
      return announce(t(redo ? "undo.nothing_redo" : "undo.nothing"));
    case "cannot":
      return void toast(t("undo.cannot", { what: bodyText(undone.step.body) }), { tone: "warn" });
    case "changed":
      return void toast(t("undo.changed", { what: bodyText(undone.step.body) }), { tone: "warn" });
    case "failed":
      return void toast(errorText(undone.error), { tone: "bad" });
    case "done":
      return void toast(t(redo ? "undo.redone" : "undo.done", { what: bodyText(undone.step.body) }), {
        action: redo ? { label: t("undo.undo"), run: () => void undo() } : { label: t("undo.redo"), run: () => void redoLast() },
      });
  }
}

export const undo = async (): Promise<void> => tell(await history.undo(), false);
export const redoLast = async (): Promise<void> => tell(await history.redo(), true);
