import type { IpcError, Refusal } from "$ipc/error.ts";
import { fill } from "./catalogue.svelte.ts";

/** What happened, what stayed safe, what to do: one text for every code; a refusal's own reason where there is one. */
export const errorText = (error: IpcError): string =>
  error.refusal ? refusalText(error.refusal) : fill(`error.${error.code}`, { host: error.params["host"] ?? "" });

/** Why it was not done. Counts come as text and choose the plural form. */
export function refusalText({ code, params }: Refusal): string {
  return fill(`refusal.${code}`, params.count === undefined ? params : { ...params, n: Number(params.count) });
}
