/** Reading counts as being there: the vault is not locked under the hands of somebody who scrolls. */
import { notePresence } from "$ipc/client.ts";

/** What only a person does. A pointer that rests is nobody. */
const SIGNS = ["keydown", "pointerdown", "pointermove", "wheel", "touchmove"] as const;

/** A person is told of at most this often, in milliseconds: the shortest wait before a lock is a minute. */
export const EVERY = 20_000;

/** Tells the engine that somebody is there, while `wanted`; gives the way to end it. */
export function tellPresence(wanted: () => boolean): () => void {
  let told = -Infinity;
  const sign = () => {
    const now = performance.now();
    if (now - told < EVERY || !wanted()) return;
    told = now;
    // A call that fails is told by whatever was meant; this one has nothing to say.
    notePresence().catch(() => undefined);
  };
  for (const name of SIGNS) addEventListener(name, sign, { capture: true, passive: true });
  return () => {
    for (const name of SIGNS) removeEventListener(name, sign, { capture: true });
  };
}
