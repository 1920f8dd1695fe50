/** The focus is never lost with what had it: it goes to what is nearest to where that stood. */

const FOCUSABLE = "button:not([disabled], [tabindex='-1']), a[href], input:not([disabled], [type=hidden]), select, textarea, [tabindex='0']";
/** Whoever leaves these goes somewhere else altogether, and finds the focus there. */
const BORDER = "[data-screen], [role=dialog], [role=menu]";

/** Where the focus is, and what is around it, the nearest first. */
interface Place {
  at: HTMLElement;
  around: readonly Element[];
}

function placeOf(at: Element | null): Place | undefined {
  if (!(at instanceof HTMLElement) || at === document.body) return undefined;
  const around: Element[] = [];
  for (let one = at.parentElement; one && one !== document.body; one = one.parentElement) {
    around.push(one);
    if (one.matches(BORDER)) break;
  }
  return { at, around };
}

/** The first thing that takes the focus in what is left around a place. */
function nearest({ around }: Place): HTMLElement | null {
  for (const each of around) {
    const found = each.isConnected ? each.querySelector<HTMLElement>(FOCUSABLE) : null;
    if (found) return found;
  }
  return null;
}

/** Whether nothing has the focus. */
const isLost = (): boolean => !document.activeElement || document.activeElement === document.body;

/** The way back to what has the focus now, or to what is nearest to it once that is gone; none where somebody went on. */
export function wayBack(): () => void {
  const place = placeOf(document.activeElement);
  return () => {
    if (place && isLost()) (place.at.isConnected ? place.at : nearest(place))?.focus();
  };
}

/** From now on, whatever leaves the page with the focus in it leaves the focus to what is nearest. Until called off. */
export function keepFocus(): () => void {
  let place: Place | undefined;
  const note = () => (place = placeOf(document.activeElement));
  const observer = new MutationObserver(() => {
    const gone = place;
    if (!gone || gone.at.isConnected || !isLost()) return;
    // Whoever took it away may have a better place for the focus.
    setTimeout(() => {
      if (isLost() && place === gone) nearest(gone)?.focus();
    });
  });
  document.addEventListener("focusin", note);
  observer.observe(document.body, { childList: true, subtree: true });
  return () => {
    document.removeEventListener("focusin", note);
    observer.disconnect();
  };
}
