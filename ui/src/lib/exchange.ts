/** A workspace as a whole, out to a file and back: the work is the engine's, the words are the window's. */
import * as client from "$ipc/client.ts";
import { asIpcError, faultAt, type IpcError } from "$ipc/error.ts";
import { errorText, t } from "$texts";
import { handOver } from "./handover.ts";
import { toast } from "./toasts.svelte.ts";

/** Why a file was not taken, or a workspace not moved: where there is a text for the reason, that one. */
export function exchangeText(error: IpcError): string {
  if (faultAt(error, { input: "folder" })) return t("folder.wrong");
  const reason = reasons.find((reason) => reason === error.params["reason"]);
  return reason ? t(`exchange.${reason}`) : errorText(error);
}
const reasons = ["foreign", "too_new", "damaged", "unsettled", "not_empty", "no_vault"] as const;

/** Write the open workspace into one file in a folder, and say where it is and what is not in it. */
export async function exportWorkspace(folder: string | null): Promise<void> {
  const { path, unsent, missing } = await client.exportWorkspace({ folder });
  const left = [unsent > 0 && t("exchange.exported_unsent", { n: unsent }), missing > 0 && t("exchange.exported_missing", { n: missing })];
  toast([t("exchange.exported", { file: path }), ...left.filter((text) => text !== false)].join(" "), { tone: left.some(Boolean) ? "warn" : "ok" });
}

/** Open such a file as a workspace of its own. Whether it was. */
export async function openWorkspaceFile(file: File): Promise<boolean> {
  try {
    await client.importWorkspace({ file: await handOver(file) });
    toast(t("exchange.opened"));
    return true;
  } catch (thrown) {
    toast(exchangeText(asIpcError(thrown)), { tone: "bad" });
    return false;
  }
}
