/**
 * The list of a run: sections and items, a filter, the item in focus, and those that are selected. What the
 * filter shows is settled when it is set: a result does not take its item out from under the hand.
 */
import { untrack } from "svelte";
import type { ItemStatus, ItemView, MemberId, SectionView } from "$ipc/types.ts";
import { fold } from "$lib/match.ts";
import { session } from "$lib/session.svelte.ts";
import { toSettle } from "../../views/tally.ts";
import { setOf, table } from "./lookup.ts";
import type { Run } from "./run.svelte.ts";

export type Show = "all" | "to_settle" | "mine" | "nobody" | "changed" | "carried" | "noted" | "attached" | "bare" | ItemStatus | `by ${MemberId}`;
export type Row = { section: SectionView } | { item: string };

export class Rows {
  readonly #run: Run;
  #show = $state<Show>("all");
  #text = $state("");
  /** The items that fitted when the filter was set; without one, all. */
  #kept = $state.raw<ReadonlySet<string>>();
  #at = $state<string>();
  #selected = $state.raw<ReadonlySet<string>>(setOf([]));

  readonly rows = $derived.by((): Row[] =>
    (this.#run.view?.sections ?? []).flatMap((section): Row[] => {
      const items = section.items.filter(({ id }) => this.#kept?.has(id) ?? true);
      return items.length > 0 ? [{ section }, ...items.map(({ id }) => ({ item: id }))] : [];
    }),
  );
  readonly ids = $derived(this.rows.flatMap((row) => ("item" in row ? [row.item] : [])));
  readonly #places = $derived(table(this.ids.map((id, place) => [id, place] as const)));
  readonly #indexes = $derived(table(this.rows.map((row, index) => ["item" in row ? row.item : row, index] as const)));

  constructor(run: Run) {
    this.#run = run;
  }

  get show(): Show {
    return this.#show;
  }
  set show(show: Show) {
    this.#show = show;
    this.#settle();
  }

  get text(): string {
    return this.#text;
  }
  set text(text: string) {
    this.#text = text;
    this.#settle();
  }

  get filtered(): boolean {
    return this.#kept !== undefined;
  }

  /** The item in focus. */
  get at(): string | undefined {
    const at = this.#at;
    return at !== undefined && this.#places.has(at) ? at : this.ids[0];
  }

  /** Its row, for the list. */
  get index(): number {
    const at = this.at;
    return at === undefined ? -1 : (this.#indexes.get(at) ?? -1);
  }

  /** Its place among the items, from 0. */
  place(id: string): number {
    return this.#places.get(id) ?? -1;
  }

  go(id: string | undefined): void {
    if (id === undefined) return;
    if (!this.#places.has(id)) this.clear();
    this.#at = id;
  }

  move(by: number): void {
    const at = this.at;
    if (at === undefined) return;
    const next = Math.max(0, Math.min(this.place(at) + by, this.ids.length - 1));
    this.#at = this.ids[next];
  }

  /** The selected items that are shown, in their order. */
  get selected(): readonly string[] {
    return this.#selected.size === 0 ? [] : this.ids.filter((id) => this.#selected.has(id));
  }

  isSelected(id: string): boolean {
    return this.#selected.has(id);
  }

  /** Select an item, or no longer. */
  toggle(id: string | undefined): void {
    if (id === undefined) return;
    this.#selected = setOf(this.#selected.has(id) ? [...this.#selected].filter((other) => other !== id) : [...this.#selected, id]);
  }

  select(ids: readonly string[]): void {
    this.#selected = setOf(ids);
  }

  /** Select what is shown of a section, on top of what is selected; all of it selected, let go of it. */
  toggleSection(section: SectionView | undefined): void {
    const ids = section?.items.map(({ id }) => id).filter((id) => this.#places.has(id)) ?? [];
    const rest = [...this.#selected].filter((id) => !ids.includes(id));
    this.#selected = setOf(ids.every((id) => this.#selected.has(id)) ? rest : [...rest, ...ids]);
  }

  /** The section of the item in focus. */
  get section(): SectionView | undefined {
    return this.#run.view?.sections.find(({ items }) => items.some(({ id }) => id === this.at));
  }

  /** Move, and take both ends of the step into the selection; a step back within it lets go of what it leaves. */
  stretch(by: 1 | -1): void {
    const from = this.at;
    this.move(by);
    const to = this.at;
    if (from === undefined || to === undefined) return;
    if (this.#selected.has(from) && this.#selected.has(to) && from !== to) this.toggle(from);
    else this.#selected = setOf([...this.#selected, from, to]);
  }

  /** Everything between the item in focus and this one. */
  reach(id: string): void {
    const [from, to] = [this.place(this.at ?? id), this.place(id)].sort((a, b) => a - b);
    this.#selected = setOf([...this.#selected, ...this.ids.slice(from, (to ?? 0) + 1)]);
    this.go(id);
  }

  /** On to the next untested item, from the top again after the last; stays where there is none. */
  next(): void {
    const { ids } = this;
    const from = this.at === undefined ? -1 : this.place(this.at);
    for (let step = 1; step <= ids.length; step += 1) {
      const id = ids[(from + step) % ids.length];
      if (id !== undefined && this.#run.item(id)?.status === "untested") return void (this.#at = id);
    }
  }

  /** Show everything again. */
  clear(): void {
    this.#show = "all";
    this.#text = "";
    this.#settle();
  }

  #settle(): void {
    const words = fold(this.#text).split(/\s+/).filter(Boolean);
    const stays = this.at;
    if (this.#show === "all" && words.length === 0) this.#kept = undefined;
    else {
      const all = this.#run.view?.sections.flatMap(({ items, name }) => items.map(({ id }) => ({ id, name }))) ?? [];
      this.#kept = untrack(() => {
        const kept = all.filter(({ id, name }) => {
          const item = this.#run.item(id);
          return item !== undefined && shows(item, this.#show) && words.every((word) => fold(`${item.id} ${item.text} ${name}`).includes(word));
        });
        return setOf(kept.map(({ id }) => id));
      });
    }
    this.#at = stays;
  }
}

function shows(item: ItemView, show: Show): boolean {
  switch (show) {
    case "all":
      return true;
    case "to_settle":
      return toSettle(item.status);
    case "mine":
      return item.assignee !== null && item.assignee === session.me;
    case "nobody":
      return item.assignee === null;
    case "changed":
      return (item.was?.text_changed ?? false) || item.standing.some(({ what }) => what.type === "reset");
    case "carried":
      return item.was !== null;
    case "noted":
      return item.note !== "";
    case "attached":
      return item.attached.length > 0;
    // Where a list asks for none, none is missed.
    case "bare":
      return item.attached.length === 0 && item.evidence !== null;
    default:
      return show.startsWith("by ") ? item.assignee === show.slice(3) : item.status === show;
  }
}
