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
import type { Body, By, CommandId, Evidence, Happening, ItemStatus, ItemView, MemberId, Outcome, RefusalCode, RunId, RunView, SectionView, Tested } from "$ipc/types.ts";
import { changeRunInTurn } from "$lib/change.ts";
import { session } from "$lib/session.svelte.ts";
import { isDone } from "../../views/tally.ts";
import { Action, entriesOf, told, type Doing } from "./action.ts";
import { table } from "./lookup.ts";
import { assigneeOf, attachedOf, lastOf, noteOf, standing, statusOf } from "./log.ts";

/** Reads wait until the hand rests this long, so that a long list is not read again at every key … */
const REST_MS = 400;
/** … but never longer than this, or than so long for each item: to read a long list again stops the hand for a moment. */
const LONGEST_MS = 2_000;
const ITEM_MS = 2;

/** There is nothing to send: what was to be undone was refused, and its item has said so. */
class Gone extends Error {}

/** An action that went out for an item. */
interface Done {
  item: string;
  action: Action;
}

/** An item with what the engine does not tell of yet. */
function laid(ground: ItemView, actions: readonly Action[]): ItemView {
  const entries = entriesOf(ground, actions);
  const last = lastOf(entries);
  const heads = standing(entries);
  return {
    ...ground,
    status: statusOf(entries),
    ...noteOf(entries),
    assignee: assigneeOf(entries),
    attached: attachedOf(entries),
    standing: heads,
    heads: heads.map(({ id }) => id),
    undoable: last?.by.me ? last.id : null,
    history: entries.toReversed(),
  };
}

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
  #tested = $state.raw<{ value: Tested; answered?: number }>();
  /** The items of the view. No `$derived`: it would stand still when the screen that it was made under is left. */
  #items = $state.raw<ReadonlyMap<string, ItemView>>(table([]));
  /** By item, where it stands in the view. */
  #sections: ReadonlyMap<string, SectionView> = table([]);
  /** Items under their actions, made once: a key would make all that were ticked since the last read anew. */
  readonly #laid = new WeakMap<readonly Action[], { ground: ItemView; item: ItemView }>();
  /** How many items of the view are whose, counted once. */
  #counted?: { items: ReadonlyMap<string, ItemView>; me: MemberId | undefined; n: number };
  /** One's own actions since the run was opened, for undo: what one key did stands together. */
  readonly #mine: Done[][] = [];
  /** What was taken back last, for redo; gone with the next action. */
  #back: Done[][] = [];
  /** What the key under way has done so far. */
  #together?: Done[];
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
    const ground = this.#items.get(id);
    const actions = this.#actions.get(id);
    if (!ground || !actions) return ground;
    const known = this.#laid.get(actions);
    if (known?.ground === ground) return known.item;
    const item = laid(ground, actions);
    this.#laid.set(actions, { ground, item });
    return item;
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
    const { me } = session;
    const mine = (item: ItemView | undefined) => me !== undefined && item?.assignee === me;
    const items = this.#items;
    if (this.#counted?.items !== items || this.#counted.me !== me) this.#counted = { items, me, n: [...items.values()].filter(mine).length };
    let { n } = this.#counted;
    for (const id of this.#actions.keys()) n += Number(mine(this.item(id))) - Number(mine(items.get(id)));
    return n;
  }

  /** Items of a section that are done. */
  doneIn(section: SectionView): number {
    let done = section.done;
    for (const [before, after] of this.#moves(section)) done += Number(isDone(after)) - Number(isDone(before));
    return done;
  }

  /** Why a result may not be set now. */
  #bars(item: string, outcome: Outcome): RefusalCode | undefined {
    if (this.view?.signed) return "signed";
    // Ours: a fail goes fixed in build → retest, never straight to another result.
    return this.item(item)?.status === "fail" && outcome !== "fail" ? "fail_needs_fix" : undefined;
  }

  /** Whether a result may be set now; else the item says why. */
  takes(item: string, outcome: Outcome): boolean {
    const code = this.#bars(item, outcome);
    return code === undefined || this.#fault(item, here(code, item));
  }

  /** Which of many may get a result; the others say why, without a word for each. */
  sift(items: readonly string[], outcome: Outcome): { taken: readonly string[]; left: readonly string[] } {
    const left = items.filter((item) => {
      const code = this.#bars(item, outcome);
      if (code) this.faults.set(item, { error: here(code, item), lost: false });
      return code !== undefined;
    });
    return { taken: items.filter((item) => !left.includes(item)), left };
  }

  /** What is tested, as it was said last. */
  get tested(): Tested | undefined {
    return this.#tested?.value ?? this.view?.tested;
  }

  /** Say what is tested from now on: the results of the next keys carry it. */
  async setTested(value: Tested): Promise<void> {
    const said: { value: Tested; answered?: number } = { value };
    const before = this.#tested;
    this.#tested = said;
    try {
      await changeRunInTurn(this.id, () => ({ kind: "run.set_tested", args: { tested: value } }));
      said.answered = ++this.#answers;
    } catch (error) {
      if (this.#tested === said) this.#tested = before;
      throw error;
    }
  }

  /**
   * Set a result. Tells whether it was taken; else the item says why. Words that were written before, here and below,
   * come with the redaction that was known then.
   */
  setResult(item: string, outcome: Outcome, reason = "", redaction?: CommandId | null): boolean {
    if (!this.view || !this.takes(item, outcome)) return false;
    const adds: Happening = { type: "result", outcome, reason, tested: this.tested ?? this.view.tested, knew: [] };
    return this.#add(item, adds, ({ knew }) => ({ kind: "run.set_result", args: { item, outcome, reason, knew } }), redaction);
  }

  fixed(item: string, build: string): boolean {
    return this.#add(item, { type: "fixed", build }, () => ({ kind: "run.fixed", args: { item, build } }));
  }

  retest(item: string, because = ""): boolean {
    return this.#add(item, { type: "retest", because }, () => ({ kind: "run.retest", args: { items: [item], because } }));
  }

  note(item: string, text: string, redaction?: CommandId | null): boolean {
    return this.#add(item, { type: "note", text }, ({ redaction: knew }) => ({ kind: "run.note", args: { item, text, knew } }), redaction);
  }

  assign(item: string, to: MemberId | null): boolean {
    return this.#add(item, { type: "assigned", to }, () => ({ kind: "run.assign", args: { items: [item], to } }));
  }

  /** A piece of evidence; a file is here by then. */
  attach(item: string, evidence: Evidence): boolean {
    return this.#add(item, { type: "attached", evidence }, () => ({ kind: "run.attach", args: { item, evidence } }));
  }

  /** Take a piece of evidence away, by what attached it. */
  detach(item: string, entry: CommandId): boolean {
    const attached = this.#actions.get(item)?.find(({ id }) => id === entry);
    const named = (): CommandId => {
      if (attached?.refused) throw new Gone();
      return attached?.id ?? entry;
    };
    return this.#add(item, { type: "detached", entry }, () => ({ kind: "run.detach", args: { item, entry: named() } }));
  }

  /** What is done in here is one thing to undo. */
  together(work: () => void): void {
    const all: Done[] = (this.#together = []);
    try {
      work();
    } finally {
      this.#together = undefined;
      if (all.length > 0) this.#mine.push(all);
    }
  }

  /** Take back what one's own last key did, in this sitting; else one's own last action on the item. Returns the items. */
  undo(current: string | undefined): readonly string[] {
    let mine = this.#mine.pop();
    while (mine?.every(({ action }) => action.refused)) mine = this.#mine.pop();
    if (!mine) {
      const last = current === undefined ? null : (this.item(current)?.undoable ?? null);
      if (current === undefined || !last) return [];
      this.#takeBack(current, last, this.#actions.get(current)?.find(({ id }) => id === last));
      return [current];
    }
    const done = mine.filter(({ action }) => !action.refused);
    const back = done.toReversed().filter(({ item, action }) => {
      if (this.item(item)?.undoable === action.id) return this.#takeBack(item, action.id, action);
      return this.#fault(item, here("not_your_last", item));
    });
    if (back.length > 0) this.#back.push(back.toReversed());
    return done.map(({ item }) => item);
  }

  /** Do again what was taken back last. Returns the items. */
  redo(): readonly string[] {
    const back = this.#back.pop();
    if (!back) return [];
    const rest = this.#back;
    this.together(() => {
      for (const { item, action } of back) if ("adds" in action.doing) this.#again(item, action.doing.adds, action.redaction);
    });
    this.#back = rest;
    return back.map(({ item }) => item);
  }

  #again(item: string, adds: Happening, redaction: CommandId | null): boolean {
    switch (adds.type) {
      case "result":
        return this.setResult(item, adds.outcome, adds.reason, redaction);
      case "fixed":
        return this.fixed(item, adds.build);
      case "retest":
        return this.retest(item, adds.because);
      case "note":
        return this.note(item, adds.text, redaction);
      case "assigned":
        return this.assign(item, adds.to);
      case "reset":
        // Made by the whole list, never by a key.
        return false;
      case "attached":
        return this.attach(item, adds.evidence);
      case "detached":
        return this.detach(item, adds.entry);
    }
  }

  #takeBack(item: string, last: CommandId, target: Action | undefined): true {
    const undoes = (): string => {
      if (target?.refused) throw new Gone();
      return target?.id ?? last;
    };
    this.#act(item, { undoes: target ?? last }, () => ({ kind: "run.undo", args: { item, undoes: undoes() } }));
    return true;
  }

  #add(item: string, adds: Happening, body: (action: Action) => Body, redaction?: CommandId | null): boolean {
    const action = this.#act(item, { adds }, body, redaction);
    if (!action) return false;
    this.#back = [];
    if (this.#together) this.#together.push({ item, action });
    else this.#mine.push([{ item, action }]);
    return true;
  }

  #act(item: string, doing: Doing, body: (action: Action) => Body, redaction?: CommandId | null): Action | undefined {
    const ground = this.#items.get(item);
    if (!ground) return undefined;
    if (this.view?.signed) {
      this.#fault(item, here("signed", item));
      return undefined;
    }
    const before = this.#actions.get(item) ?? [];
    const action = new Action(doing, me(), ground, before, redaction);
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
    if ((this.#tested?.answered ?? Infinity) <= began) this.#tested = undefined;
    this.#items = table(view.sections.flatMap(({ items }) => items.map((item) => [item.id, item] as const)));
    this.#sections = table(view.sections.flatMap((section) => section.items.map(({ id }) => [id, section] as const)));
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
  *#moves(only?: SectionView): Generator<[ItemStatus, ItemStatus]> {
    for (const id of this.#actions.keys()) {
      if (only && this.#sections.get(id) !== only) continue;
      const before = this.#items.get(id)?.status;
      const after = this.item(id)?.status;
      if (before && after && before !== after) yield [before, after];
    }
  }

  async #rest(): Promise<void> {
    const latest = Date.now() + Math.max(LONGEST_MS, this.#items.size * ITEM_MS);
    for (;;) {
      const left = Math.min(this.#acted + REST_MS, latest) - Date.now();
      if (left <= 0) return;
      await new Promise((done) => setTimeout(done, left));
    }
  }
}
