/** What warns and does not bar, in words: *QA checklist: 4 to settle*, and why. */
import type { Warning } from "$ipc/types.ts";
import { t } from "$texts";

export const warningText = ({ code, name, count }: Warning): string => t(`warning.${code}`, { name, n: count });

export const warningNote = ({ code }: Warning): string => t(`warning_note.${code}`);

/** What a workspace may make a gate: own checklists and findings. */
export const gates = ({ code }: Warning): boolean => code === "to_settle" || code === "untested" || code === "open_findings";
