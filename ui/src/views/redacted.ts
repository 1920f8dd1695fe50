/** What stands in the place of redacted words: by whom, when and why, as far as that was kept. */
import type { RedactedView } from "$ipc/types.ts";
import { clock } from "$lib/clock.svelte.ts";
import { shortDay, today } from "$lib/day.ts";
import { locale, t } from "$texts";

export const redactedText = (redacted: RedactedView | null): string =>
  redacted ? t("redact.by", { name: redacted.by.name, day: shortDay(today(redacted.by.at), locale(), clock.now), reason: redacted.reason }) : t("redact.gone");
