/** What the list and its copy say of a run. */
import type { RunHead } from "$ipc/types.ts";
import { session } from "$lib/session.svelte.ts";

/** Build, account, browser: as much as is known. */
export const testedText = ({ build, account, browser }: RunHead["tested"]): string => [build, account, browser].filter(Boolean).join(", ");

/** Who looks after items that are not settled, who has most of them first. */
export const peopleOf = (assigned: RunHead["assigned"]): string[] =>
  Object.entries(assigned)
    .sort(([, one = 0], [, other = 0]) => other - one)
    .map(([member]) => session.nameOf(member))
    .filter(Boolean);
