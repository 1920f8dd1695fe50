/** Every key of a screen as an action of the palette: what a key does can be found by its name, too. */
import Command from "@lucide/svelte/icons/command";
import type { Action } from "$lib/actions.svelte.ts";
import type { Binding } from "$lib/keys.svelte.ts";

/** Keys that move about are learned by moving, and the palette's own opens nothing. */
const MOVES = /^(Arrow|Enter$|Escape$|Home$|End$|Page|Tab$|[JK[\]]$|Mod\+K$|Mod\+\d$|Alt\+Arrow|G )/;

/** The screen's keys as actions, each once. */
export function keyed(bindings: readonly Binding[]): Action[] {
  const actions: Action[] = [];
  for (const { keys, label, run } of bindings) {
    const [key] = typeof keys === "string" ? [keys] : keys;
    if (!key || MOVES.test(key) || actions.some((action) => action.label === said(label))) continue;
    actions.push({ label: said(label), icon: Command, keys: key, run: () => run(new KeyboardEvent("keydown")) });
  }
  return actions;
}

/** What screens name as actions first; of the keys, those that no action names. */
export const merged = (actions: readonly Action[], keyed: readonly Action[]): Action[] => [
  ...actions,
  ...keyed.filter(({ keys, label }) => !actions.some((action) => action.keys === keys || action.label.toLowerCase() === label.toLowerCase())),
];

/** Hints are small words of a bar; a row begins with a capital. */
const said = (label: string): string => label.charAt(0).toLocaleUpperCase() + label.slice(1);
