/** What is removed from the workspace goes at once, without a question: a notice puts it back as it was. */
import type { Body } from "$ipc/types.ts";
import { t } from "$texts";
import { attempt } from "./attempt.svelte.ts";
import { changeWorkspace } from "./change.ts";
import { toast } from "./toasts.svelte.ts";

/** Removes by one change, and offers the way back by the other. Whether it was removed. */
export async function removeEntry(remove: Body, back: Body, said: string): Promise<boolean> {
  if (!(await attempt(() => changeWorkspace(remove)))) return false;
  toast(said, { tone: "idle", action: { label: t("customers.put_back"), run: () => void attempt(() => changeWorkspace(back)) } });
  return true;
}
