/** Whoever is led to a place finds the focus on it: a field, a card, a row that carries `data-landing`. */
import { tick } from "svelte";

const FOCUSABLE = "input, textarea, button, [tabindex], a[href]";

/** Put the focus on the place of this name. Tells whether it is there. */
export function land(name: string): boolean {
  const place = document.querySelector<HTMLElement>(`[data-landing="${CSS.escape(name)}"]`);
  if (!place) return false;
  const target = place.matches(FOCUSABLE) ? place : (place.querySelector<HTMLElement>("textarea, input") ?? place);
  if (!target.matches(FOCUSABLE)) target.tabIndex = -1;
  place.scrollIntoView({ block: "nearest" });
  target.focus({ preventScroll: true });
  return true;
}

/** The same once the place stands in the page; each name that is wanted leads there once. */
export function useLanding(wanted: () => string | undefined): void {
  let led: string | undefined;
  $effect(() => {
    const name = wanted();
    if (name === undefined || name === led) return;
    void tick().then(() => {
      if (land(name)) led = name;
    });
  });
}
