/** The rows of the palette: what the search found, what can be done, where one can go. */
import type { LucideIcon } from "@lucide/svelte";
import type { Action, Found } from "$lib/actions.svelte.ts";
import { fuzzy } from "$lib/match.ts";
import { t } from "$texts";
import type { State } from "../parts/states.ts";

export interface Place {
  label: string;
  icon: LucideIcon;
  keys?: string;
  open: () => void;
}

export interface Row {
  id: string;
  group: string;
  label: string;
  note?: string;
  detail?: string;
  marked?: Found["marked"];
  keys?: string;
  state?: State;
  icon?: LucideIcon;
  run: () => void;
}

export class Results {
  #query = $state("");
  #at = $state(0);
  #found = $state.raw<readonly Found[]>([]);
  /** Only the answer to the newest search is shown. */
  #flight = 0;
  #answered: Promise<void> = Promise.resolve();

  constructor(
    private readonly places: readonly Place[],
    private readonly doable: () => readonly Action[],
    private readonly search: (query: string) => Promise<readonly Found[]>,
    /** Where the person was lately, newest first. */
    private readonly lately: () => readonly Place[] = () => [],
  ) {}

  get query(): string {
    return this.#query;
  }

  set query(query: string) {
    this.#query = query;
    this.#at = 0;
    this.#answered = this.#look();
  }

  /** Resolves when what was typed last is answered: a quick Enter opens what was asked for, not what stood there before. */
  get answered(): Promise<void> {
    return this.#answered;
  }

  /** What is searched for, without the sign that narrows it. */
  get words(): string {
    return this.#query.replace(/^[>#]/, "").trim();
  }

  /** `>` shows commands only. */
  get #commandsOnly(): boolean {
    return this.#query.startsWith(">");
  }

  get rows(): Row[] {
    const found = this.#commandsOnly ? [] : this.#found.map((hit): Row => ({ ...hit, run: hit.open }));
    const doable = ranked(this.doable(), this.words).map(
      (action): Row => ({ ...action, id: `do ${action.label}`, group: t("palette.do") }),
    );
    const places = ranked(this.places, this.words).map(
      ({ label, icon, keys, open }): Row => ({ id: `go ${label}`, group: t("palette.go"), label, icon, keys, run: open }),
    );
    if (this.#commandsOnly) return [...doable, ...places];
    return this.words ? [...found, ...doable, ...places] : [...recent(this.#lately(), doable, places), ...doable, ...places];
  }

  #lately(): Row[] {
    return this.lately().map(({ label, icon, open }): Row => ({ id: `at ${label}`, group: t("palette.recent"), label, icon, run: open }));
  }

  /** What was chosen is remembered, so that it stands first the next time. */
  chose(row: Row): void {
    const id = row.id.replace(RECENT, "");
    const known = [...this.#found.map((hit): Row => ({ ...hit, run: hit.open })), ...chosen];
    const kept = known.find((other) => other.id.replace(RECENT, "") === id) ?? row;
    chosen = [{ ...kept, id }, ...chosen.filter((other) => other.id !== id)].slice(0, MOST_RECENT);
  }

  get at(): number {
    return Math.min(this.#at, Math.max(0, this.rows.length - 1));
  }

  set at(at: number) {
    this.#at = at;
  }

  move(by: number): void {
    const count = this.rows.length;
    if (count === 0) return;
    const to = this.at + by;
    // Single steps go round; pages stop at the ends.
    this.#at = Math.abs(by) === 1 ? (to + count) % count : Math.max(0, Math.min(to, count - 1));
  }

  async #look(): Promise<void> {
    const flight = ++this.#flight;
    const found = this.words && !this.#commandsOnly ? await this.search(this.words).catch(() => []) : [];
    if (flight === this.#flight) this.#found = found;
  }
}

/** Chosen last, newest first, for as long as the window lives. */
let chosen: readonly Row[] = [];
const MOST_RECENT = 5;
const RECENT = /^recent /;
const PLACES = /"kind":"(project|version|run|item|template|finding|answer)"/;

/** Where one was, then what was chosen, whatever of it can be chosen now: an action belongs to its screen. */
function recent(lately: readonly Row[], ...here: (readonly Row[])[]): Row[] {
  const now = here.flat();
  const again = chosen.flatMap((row) => {
    const live = /^(do|go) /.test(row.id) ? now.find(({ id }) => id === row.id) : row;
    // A place that one was led to stands there by its own name.
    return live && !(live === row && PLACES.test(row.id)) ? [{ ...live, id: `recent ${row.id}`, group: t("palette.recent") }] : [];
  });
  return [...lately, ...again];
}

const ranked = <T extends { label: string }>(rows: readonly T[], query: string): T[] =>
  rows
    .map((row) => ({ row, worth: fuzzy(row.label, query) }))
    .filter(({ worth }) => worth > 0)
    .sort((a, b) => b.worth - a.worth)
    .map(({ row }) => row);
