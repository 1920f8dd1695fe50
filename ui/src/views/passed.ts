/** What the app behind the relay answered to an event that was passed on to it. */
import type { Try } from "$ipc/types.ts";
import { t } from "$texts";

const FAULTS = ["unreachable", "proxy", "late", "broken", "lost", "tls", "redirected", "blocked"] as const;

/** What an app answered: its status, or why there is none. */
export const wordOf = ({ status, fault }: Try): string => (status === null ? t(`events.app_fault.${FAULTS.find((known) => known === fault) ?? "other"}`) : String(status));

/** The same as a sentence. */
export const answerText = (last: Try): string =>
  last.status === null ? t("events.app_silent", { answer: wordOf(last) }) : t("events.app_taken", { status: last.status, ms: last.ms });
