/** From one computer to another: the work is the engine's, the words are the window's. */
import type { IpcError } from "$ipc/error.ts";
import { errorText, t } from "$texts";

/** The engine's own bound: what is larger is not even read. */
export const LARGEST = 1024 * 1024 * 1024;

/** Why a sealed file was not written, or not taken: where there is a text for the reason, that one. */
export function computerText(error: IpcError): string {
  const reason = reasons.find((reason) => reason === error.params["reason"]);
  return reason ? t(`computer.${reason}`) : errorText(error);
}
const reasons = ["wrong", "foreign", "too_new", "damaged", "too_large", "begun"] as const;
