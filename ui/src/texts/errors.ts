import type { IpcError } from "$ipc/error.ts";
import { t } from "./catalogue.svelte.ts";

/** What happened, what stayed safe, what to do: one text for every code. */
export const errorText = (error: IpcError): string => t(`error.${error.code}`);
