/** A workspace as a whole, out to a file and back: the work is the engine's, the words are the window's. */
import * as client from "$ipc/client.ts";
import { asIpcError, IpcError } from "$ipc/error.ts";
import { errorText, t } from "$texts";
import { attempt } from "./attempt.svelte.ts";
import { toast } from "./toasts.svelte.ts";

/** The engine's own bound: what is larger is not even read. */
const LARGEST = 512 * 1024 * 1024;

/** Why a file was not taken, or a workspace not moved: where there is a text for the reason, that one. */
export function exchangeText(error: IpcError): string {
  const reason = reasons.find((reason) => reason === error.params["reason"]);
  return reason ? t(`exchange.${reason}`) : errorText(error);
}
const reasons = ["foreign", "too_new", "damaged", "too_large", "unsettled", "not_empty", "no_vault"] as const;

/** Write the open workspace into one file, and say where it is and what is not in it. */
export const exportWorkspace = (): Promise<boolean> =>
  attempt(async () => {
    const { path, unsent, missing } = await client.exportWorkspace();
    const left = [unsent > 0 && t("exchange.exported_unsent", { n: unsent }), missing > 0 && t("exchange.exported_missing", { n: missing })];
    toast([t("exchange.exported", { file: path }), ...left.filter((text) => text !== false)].join(" "), { tone: left.some(Boolean) ? "warn" : "ok" });
  });

/** Open such a file as a workspace of its own. Whether it was. */
export async function openWorkspaceFile(file: File): Promise<boolean> {
  try {
    if (file.size > LARGEST) throw new IpcError({ code: "invalid", params: { reason: "too_large" } });
    await client.importWorkspace(await file.arrayBuffer());
    toast(t("exchange.opened"));
    return true;
  } catch (thrown) {
    toast(exchangeText(asIpcError(thrown)), { tone: "bad" });
    return false;
  }
}
