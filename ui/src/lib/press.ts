/**
 * While a mouse button is held, what is on the screen stays where it is: news that moved a button
 * between press and release would make the click miss it.
 */
let held = false;
let waiting: (() => void)[] = [];
/** No click takes longer, in milliseconds. A release that no event tells of must not keep news from the screen. */
const LONGEST = 1_000;
let over: ReturnType<typeof setTimeout> | undefined;

function begin(): void {
  held = true;
  clearTimeout(over);
  over = setTimeout(end, LONGEST);
}

function end(): void {
  held = false;
  clearTimeout(over);
  const go = waiting;
  waiting = [];
  // The click comes right behind the release: it meets what was pressed.
  if (go.length > 0) setTimeout(() => go.forEach((run) => run()));
}

addEventListener("mousedown", begin, true);
for (const type of ["mouseup", "dragend", "blur"]) addEventListener(type, end, true);
// Released where no event told of it.
addEventListener("mousemove", (event) => held && event.buttons === 0 && end(), true);

/** Resolves once no button is held; nothing where none is. */
export const released = (): Promise<void> | undefined => (held ? new Promise((resolve) => waiting.push(resolve)) : undefined);
