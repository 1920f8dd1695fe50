/** How large the window shows things: by the keys that browsers have for it, kept with the person's settings. */
import { t } from "$texts";
import { announce } from "./announce.svelte.ts";
import { attempt } from "./attempt.svelte.ts";
import { useKeys } from "./keys.svelte.ts";
import { session } from "./session.svelte.ts";

/** The steps, in per cent. */
export const ZOOMS: readonly number[] = [50, 67, 75, 80, 90, 100, 110, 125, 150, 175, 200];

/** The next step from where it is, which may lie between two. */
export function nextZoom(now: number, by: 1 | -1): number {
  const next = by > 0 ? ZOOMS.find((step) => step > now) : ZOOMS.findLast((step) => step < now);
  return next ?? now;
}

export async function setZoom(zoom: number): Promise<void> {
  if (zoom === session.wanted?.zoom) return;
  if (await attempt(() => session.set({ zoom }))) announce(t("zoom.now", { n: zoom }));
}

/** Register the keys; once in each window. */
export function useZoomKeys(): void {
  const step = (by: 1 | -1) => () => void setZoom(nextZoom(session.wanted?.zoom ?? 100, by));
  useKeys(
    () => [
      // The plus stands on the key of the equals sign, or on one of its own.
      { keys: ["Mod++", "Mod+="], label: t("zoom.in"), hint: false, run: step(1) },
      { keys: "Mod+-", label: t("zoom.out"), hint: false, run: step(-1) },
      { keys: "Mod+0", label: t("zoom.reset"), hint: false, run: () => void setZoom(100) },
    ],
    { everywhere: true },
  );
}
