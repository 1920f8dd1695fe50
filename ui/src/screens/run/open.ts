/** Runs with actions on their way outlive their screen: whoever comes back finds them as they were left. */
import { untrack } from "svelte";
import type { RunId } from "$ipc/types.ts";
import { Run } from "./run.svelte.ts";

const open = new Map<RunId, Run>();

export function openRun(id: RunId): Run {
  // Whoever asks for this run does not ask again because another one came to rest.
  untrack(() => {
    for (const [other, run] of open) if (other !== id && run.idle) open.delete(other);
  });
  const run = open.get(id) ?? new Run(id);
  open.set(id, run);
  return run;
}
