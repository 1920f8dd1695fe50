/** What the command palette can do here and now: screens register actions, the shell gives a search. */
import type { LucideIcon } from "@lucide/svelte";
import { untrack } from "svelte";
import type { Piece } from "$ipc/types.ts";
import type { State } from "../parts/states.ts";

export interface Action {
  /** What it does: *Install version 1.2.0*. */
  label: string;
  run: () => void;
  icon?: LucideIcon;
  /** The key that does the same on its screen. */
  keys?: string;
  /** A few words at the end of the row. */
  detail?: string;
}

/** One thing that the search found. */
export interface Found {
  id: string;
  /** The heading it stands under: *Projects and versions*. */
  group: string;
  label: string;
  note?: string;
  /** Which part of it matched. */
  detail?: string;
  /** What matched in both, as the search marked it. */
  marked?: { label: readonly Piece[]; note: readonly Piece[] };
  state?: State;
  icon?: LucideIcon;
  open: () => void;
}

export type Search = (query: string) => Promise<readonly Found[]>;

class Actions {
  open = $state(false);
  /** What the palette opens with. */
  words = "";
  #sources = $state.raw<readonly (() => readonly Action[])[]>([]);
  #search: Search = () => Promise.resolve([]);

  get all(): Action[] {
    return this.#sources.flatMap((source) => source());
  }

  add(source: () => readonly Action[]): () => void {
    this.#sources = [...this.#sources, source];
    return () => (this.#sources = this.#sources.filter((other) => other !== source));
  }

  /** Say how to search in everything. */
  set search(search: Search) {
    this.#search = search;
  }

  /** Open the palette with these words in it. */
  ask(words: string): void {
    this.words = words;
    this.open = true;
  }

  find(query: string): Promise<readonly Found[]> {
    return this.#search(query);
  }
}

export const actions = new Actions();

/** Register actions while this component lives. */
export function useActions(source: () => readonly Action[]): void {
  $effect(() => untrack(() => actions.add(source)));
}
