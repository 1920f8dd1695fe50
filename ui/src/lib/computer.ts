/** From one computer to another: the work is the engine's, the words are the window's. */
import { faultAt, type IpcError } from "$ipc/error.ts";
import { errorText, t } from "$texts";

/** Why a sealed file was not written, or not taken: where there is a text for the reason, that one. */
export function computerText(error: IpcError): string {
  if (faultAt(error, { input: "folder" })) return t("folder.wrong");
  const reason = reasons.find((reason) => reason === error.params["reason"]);
  return reason ? t(`computer.${reason}`) : errorText(error);
}
const reasons = ["wrong", "foreign", "too_new", "damaged", "begun"] as const;
