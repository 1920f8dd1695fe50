/**
 * A run under the hand. What the engine told last is the ground; on it lie the actions that it has
 * not told of yet, so that a key shows its effect in the next frame. Each action is one write, and
 * writes go one after another. An action leaves the layer when the engine tells of it, at the latest with
 * a read that began after its answer, or when it was refused: then the item says why.
 */
import { SvelteMap } from "svelte/reactivity";
import type { Ask } from "$ipc/call.ts";
import * as client from "$ipc/client.ts";
import { asIpcError, IpcError } from "$ipc/error.ts";
import type { Body, By, Happening, ItemStatus, ItemView, MemberId, Outcome, RefusalCode, RunId, RunView, SectionView } from "$ipc/types.ts";
import { changeRunInTurn } from "$lib/change.ts";
import { session } from "$lib/session.svelte.ts";
import { isDone } from "../../views/tally.ts";
import { Action, entriesOf, told, type Doing } from "./action.ts";
import { setOf, table } from "./lookup.ts";
import { assigneeOf, lastOf, noteOf, standing, statusOf } from "./log.ts";

/** Reads wait until the hand rests this long, so that a long list is not read again at every key … */
const REST_MS = 400;
/** … but never longer than this. */
const LONGEST_MS = 2_000;

/** There is nothing to send: what was to be undone was refused, and its item has said so. */
class Gone extends Error {}

const here = (code: RefusalCode, item: string): IpcError =>
  new IpcError({ code: "refused", refusal: { code, rule: "ours", params: {}, places: [{ item }] } });

const me = (): By => ({ id: session.me ?? "", name: session.frame?.me.name ?? "", me: true, at: Date.now() });

export class Run {
  readonly id: RunId;
  view = $state.raw<RunView>();
  /** Why the last action on an item was not done; `lost` where it had been shown and was taken back. */
  readonly faults = new SvelteMap<string, { error: IpcError; lost: boolean }>();
  /** Hears why something was not done, and what it was if it had gone out; set by the screen. */
  onrefused?: (item: string, error: IpcError, doing?: Doing) => void;

  /** By item, oldest first; what the engine's last word does not show yet. */
  readonly #actions = new SvelteMap<string, readonly Action[]>();
  /** The items of the view. No `$derived`: it would stand still when the screen that it was made under is left. */
  #items = $state.raw<ReadonlyMap<string, ItemView>>(table([]));
  /** One's own actions since the run was opened, for undo. */
  readonly #mine: { item: string; action: Action }[] = [];
  #answers = 0;
  #shown = -1;
  #acted = 0;

  constructor(id: RunId) {
    this.id = id;
  }

  /** The read of this run: what comes back is laid under the actions that it does not show. */
  ask(): Ask<RunView> {
    const { tags, read } = client.run({ run: this.id });
    return {
      tags,
      read: async () => {
        if (this.view) await this.#rest();
        const began = this.#answers;
        const view = await read();
        this.#take(view, began);
        return view;
      },
    };
  }

  /** No action is on its way. */
  get idle(): boolean {
    return this.#actions.size === 0;
  }

  /** An item as it stands under the hand. */
  item(id: string): ItemView | undefined {
    const item = this.#items.get(id);
    const actions = this.#actions.get(id);
    if (!item || !actions) return item;
    const entries = entriesOf(item, actions);
    const last = lastOf(entries);
    return {
      ...item,
      status: statusOf(entries),
      note: noteOf(entries),
      assignee: assigneeOf(entries),
      standing: standing(entries),
      heads: standing(entries).map(({ id }) => id),
      undoable: last?.by.me ? last.id : null,
      history: entries.toReversed(),
    };
  }

  /** Whether what the item shows is durable. */
  saved(id: string): boolean {
    return !this.#actions.get(id)?.some(({ waiting }) => waiting);
  }

  /** How many items stand how. */
  get counts(): Record<ItemStatus, number> {
    const counts = { untested: 0, pass: 0, fail: 0, blocked: 0, not_applicable: 0, disputed: 0, retest: 0 };
    Object.assign(counts, this.view?.summary.counts);
    for (const [before, after] of this.#moves()) {
      counts[before] -= 1;
      counts[after] += 1;
    }
    return counts;
  }

  /** How many items are mine to look after. */
  get mine(): number {
    const mine = (item: ItemView | undefined) => session.me !== undefined && item?.assignee === session.me;
    let n = [...this.#items.values()].filter(mine).length;
    for (const id of this.#actions.keys()) n += Number(mine(this.item(id))) - Number(mine(this.#items.get(id)));
    return n;
  }

  /** Items of a section that are done. */
  doneIn(section: SectionView): number {
    const ids = setOf(section.items.map(({ id }) => id));
    let done = section.done;
    for (const [before, after] of this.#moves(ids)) done += Number(isDone(after)) - Number(isDone(before));
    return done;
  }

  /** Whether a result may be set now; else the item says why. */
  takes(item: string, outcome: Outcome): boolean {
    if (this.view?.signed) return this.#fault(item, here("signed", item));
    // Ours: a fail goes fixed in build → retest, never straight to another result.
    if (this.item(item)?.status === "fail" && outcome !== "fail") return this.#fault(item, here("fail_needs_fix", item));
    return true;
  }

  /** Set a result. Tells whether it was taken; else the item says why. */
  setResult(item: string, outcome: Outcome, reason = ""): boolean {
    if (!this.view || !this.takes(item, outcome)) return false;
    const adds: Happening = { type: "result", outcome, reason, tested: this.view.tested, knew: [] };
    return this.#add(item, adds, ({ knew }) => ({ kind: "run.set_result", args: { item, outcome, reason, knew } }));
  }

  fixed(item: string, build: string): boolean {
    return this.#add(item, { type: "fixed", build }, () => ({ kind: "run.fixed", args: { item, build } }));
  }

  retest(item: string, because = ""): boolean {
    return this.#add(item, { type: "retest", because }, () => ({ kind: "run.retest", args: { items: [item], because } }));
  }

  note(item: string, text: string): boolean {
    return this.#add(item, { type: "note", text }, () => ({ kind: "run.note", args: { item, text } }));
  }

  assign(item: string, to: MemberId | null): boolean {
    return this.#add(item, { type: "assigned", to }, () => ({ kind: "run.assign", args: { items: [item], to } }));
  }

  /** Take back one's own last action: of this sitting, else the one on the item. Returns its item. */
  undo(current: string | undefined): string | undefined {
    let mine = this.#mine.pop();
    while (mine?.action.refused) mine = this.#mine.pop();
    const item = mine?.item ?? current;
    const last = item === undefined ? null : (this.item(item)?.undoable ?? null);
    if (item === undefined || (!mine && !last)) return undefined;
    if (!last || (mine && mine.action.id !== last)) {
      this.#fault(item, here("not_your_last", item));
      return item;
    }
    const target = mine?.action ?? this.#actions.get(item)?.find(({ id }) => id === last);
    const undoes = (): string => {
      if (target?.refused) throw new Gone();
      return target?.id ?? last;
    };
    this.#act(item, { undoes: target ?? last }, () => ({ kind: "run.undo", args: { item, undoes: undoes() } }));
    return item;
  }

  #add(item: string, adds: Happening, body: (action: Action) => Body): boolean {
    const action = this.#act(item, { adds }, body);
    if (action) this.#mine.push({ item, action });
    return action !== undefined;
  }

  #act(item: string, doing: Doing, body: (action: Action) => Body): Action | undefined {
    const ground = this.#items.get(item);
    if (!ground) return undefined;
    if (this.view?.signed) {
      this.#fault(item, here("signed", item));
      return undefined;
    }
    const before = this.#actions.get(item) ?? [];
    const action = new Action(doing, me(), ground, before);
    this.#actions.set(item, [...before, action]);
    this.#acted = Date.now();
    this.faults.delete(item);
    const out = changeRunInTurn(this.id, () => {
      const made = body(action);
      action.sent();
      return made;
    });
    out.then(
      ({ command }) => this.#answer(item, action, command),
      (error: unknown) => this.#refuse(item, action, error),
    );
    return action;
  }

  #answer(item: string, action: Action, command: string): void {
    action.command = command;
    action.answered = ++this.#answers;
    // A read may have been quicker than the answer; else only say that one of the item's actions changed.
    this.#drop(item, (one) => one === action && this.#told(item, one));
  }

  #refuse(item: string, action: Action, error: unknown): void {
    action.refused = true;
    action.sent();
    this.#drop(item, (one) => one === action);
    for (const later of this.#actions.get(item) ?? []) later.reckon();
    if (!(error instanceof Gone)) this.#fault(item, asIpcError(error), action.doing);
  }

  #fault(item: string, error: IpcError, doing?: Doing): false {
    this.faults.set(item, { error, lost: doing !== undefined });
    this.onrefused?.(item, error, doing);
    return false;
  }

  #take(view: RunView, began: number): void {
    if (began < this.#shown) return;
    this.#shown = began;
    this.view = view;
    this.#items = table(view.sections.flatMap(({ items }) => items.map((item) => [item.id, item] as const)));
    for (const item of [...this.#actions.keys()]) {
      this.#drop(item, (action) => (action.answered ?? Infinity) <= began || this.#told(item, action));
    }
  }

  #drop(item: string, gone: (action: Action) => boolean): void {
    const left = (this.#actions.get(item) ?? []).filter((action) => !gone(action));
    if (left.length > 0) this.#actions.set(item, left);
    else this.#actions.delete(item);
  }

  #told(item: string, action: Action): boolean {
    const ground = this.#items.get(item);
    return ground !== undefined && told(ground, action);
  }

  /** From what to what the actions move their items. */
  *#moves(only?: ReadonlySet<string>): Generator<[ItemStatus, ItemStatus]> {
    for (const id of this.#actions.keys()) {
      if (only && !only.has(id)) continue;
      const before = this.#items.get(id)?.status;
      const after = this.item(id)?.status;
      if (before && after && before !== after) yield [before, after];
    }
  }

  async #rest(): Promise<void> {
    const latest = Date.now() + LONGEST_MS;
    for (;;) {
      const left = Math.min(this.#acted + REST_MS, latest) - Date.now();
      if (left <= 0) return;
      await new Promise((done) => setTimeout(done, left));
    }
  }
}
