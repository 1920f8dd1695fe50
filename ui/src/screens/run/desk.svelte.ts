/** Where a person works through a run: the keys act on the item in focus, or on all that are selected, and everything is said. */
import { flushSync } from "svelte";
import { SvelteMap } from "svelte/reactivity";
import type { IpcError } from "$ipc/error.ts";
import type { CommandId, Evidence, ItemView, MemberId, Outcome, Tested } from "$ipc/types.ts";
import { announce } from "$lib/announce.svelte.ts";
import type { Binding } from "$lib/keys.svelte.ts";
import { go } from "$lib/router.svelte.ts";
import { session } from "$lib/session.svelte.ts";
import { toast } from "$lib/toasts.svelte.ts";
import { errorText, t } from "$texts";
import { evidenceName } from "../../views/evidence.ts";
import type { Doing } from "./action.ts";
import { Rows } from "./rows.svelte.ts";
import type { Run } from "./run.svelte.ts";

/** What a key asks for before it can act: why not applicable, or in which build it was fixed. */
export type Ask = "reason" | "build";

/** The results, each with its key. */
export const RESULTS: readonly { outcome: Outcome; key: string }[] = [
  { outcome: "pass", key: "P" },
  { outcome: "fail", key: "F" },
  { outcome: "blocked", key: "B" },
  { outcome: "not_applicable", key: "N" },
];

const FIXABLE: readonly string[] = ["fail", "blocked", "disputed"];

export class Desk {
  readonly run: Run;
  readonly rows: Rows;
  /** What is asked beside the item in focus, and for which items. */
  #asking = $state.raw<{ what: Ask; at: string; items: readonly string[] }>();
  answer = $state("");
  /** Notes that could not be saved, as they were typed. */
  readonly drafts = new SvelteMap<string, string>();
  /** The menu of who looks after an item is open. */
  assigning = $state(false);
  /** What is tested is being asked; `then` goes on with the result that was pressed. */
  testing = $state.raw<{ then?: () => void }>();
  /** What was typed before, so that it need not be typed again. */
  readonly #reasons: Partial<Record<string, { text: string; redaction: CommandId | null }>> = {};
  #build?: string;
  /** A person went on without saying what is tested, and is not asked again. */
  #untold = false;
  #left = false;

  list?: HTMLElement;
  noteElement?: HTMLTextAreaElement;
  /** Where files of the item in focus are taken in. */
  evidence?: { focus: () => void; add: (files: readonly File[]) => Promise<void>; paste: () => Promise<void> };
  filterElement = $state<HTMLInputElement>();

  constructor(run: Run) {
    this.run = run;
    this.rows = new Rows(run);
    run.onrefused = (item, error, doing) => this.#refused(item, error, doing);
  }

  get asking(): Ask | undefined {
    return this.#asking && this.#asking.at === this.rows.at ? this.#asking.what : undefined;
  }

  get item(): ItemView | undefined {
    return this.rows.at === undefined ? undefined : this.run.item(this.rows.at);
  }

  /** What a key acts on: the selected items, else the one in focus. */
  get targets(): readonly string[] {
    const { selected, at } = this.rows;
    return selected.length > 0 ? selected : at === undefined ? [] : [at];
  }

  isMine(item: ItemView): boolean {
    return item.assignee !== null && item.assignee === session.me;
  }

  /** A key or a button of a result. */
  press(outcome: Outcome): void {
    const { targets } = this;
    const [first] = targets;
    if (first === undefined) return;
    // One item says at once why not; of many some may be taken.
    if (targets.length === 1 && !this.run.takes(first, outcome)) return;
    if (this.#asksTested()) this.testing = { then: () => this.press(outcome) };
    else if (outcome === "not_applicable") this.ask("reason");
    else this.#set(targets, outcome);
  }

  /** What is tested was said, or is left open: on with the result that was pressed. */
  async tell(tested: Tested | undefined): Promise<void> {
    const then = this.testing?.then;
    if (tested) await this.run.setTested(tested);
    else this.#untold = true;
    this.testing = undefined;
    then?.();
  }

  /** Ask beside the item in focus; the next key already goes into the field. */
  ask(what: Ask): void {
    const { at } = this.rows;
    if (at === undefined) return;
    this.#keep();
    const before = this.#reasons[at];
    // What was typed before words of the item were redacted is not offered again.
    const reason = before?.redaction === this.item?.redaction ? before?.text : undefined;
    this.answer = (what === "reason" ? reason : this.#build) ?? "";
    this.#asking = { what, at, items: this.targets };
    flushSync();
    document.getElementById("run-ask")?.focus();
  }

  /** How many items the answer is for. */
  get asked(): number {
    return this.#asking?.items.length ?? 0;
  }

  /** The answer to what was asked. */
  give(): void {
    const asking = this.#asking;
    if (!asking) return;
    const { items, what } = asking;
    const answer = this.answer.trim();
    this.dismiss();
    if (what === "reason") this.#set(items, "not_applicable", answer);
    else {
      const broken = items.filter((id) => items.length === 1 || FIXABLE.includes(this.run.item(id)?.status ?? ""));
      this.#each(broken, (id) => this.run.fixed(id, answer), t("run.did_fixed", { build: answer }));
    }
  }

  dismiss(): void {
    this.#keep();
    this.#asking = undefined;
    this.leave();
  }

  /** Back to the list. */
  leave(): void {
    if (this.list?.isConnected) this.list.focus({ preventScroll: true });
    else (document.activeElement as HTMLElement | null)?.blur();
  }

  retest(): void {
    const again = this.targets.filter((id) => {
      const status = this.run.item(id)?.status;
      return status && status !== "untested" && status !== "retest";
    });
    this.#each(again, (id) => this.run.retest(id), t("run.did_retest"));
  }

  /** To me; where all are mine already, to nobody. */
  assign(): void {
    const me = session.frame?.me;
    if (!me) return;
    const mine = this.targets.every((id) => this.run.item(id)?.assignee === me.id);
    this.assignTo(mine ? null : me.id);
  }

  assignTo(to: MemberId | null): void {
    const others = this.targets.filter((id) => this.run.item(id)?.assignee !== to);
    this.#each(others, (id) => this.run.assign(id, to), to ? t("run.assigned", { name: session.nameOf(to) }) : t("run.unassigned"));
  }

  /** The note as a whole, by someone who knew this redaction when they began to write. */
  note(item: string, text: string, redaction: CommandId | null): void {
    this.drafts.delete(item);
    if (text !== this.run.item(item)?.note) this.run.note(item, text, redaction);
  }

  attach(item: string, evidence: Evidence): void {
    if (this.run.attach(item, evidence)) this.#say(item, t("run.did_attached", { what: evidenceName(evidence) }));
  }

  detach(item: string, entry: CommandId): void {
    if (this.run.detach(item, entry)) this.#say(item, t("run.did_detached"));
  }

  undo(): void {
    this.#back(this.run.undo(this.rows.at), t("run.undo_none"));
  }

  redo(): void {
    this.#back(this.run.redo(), t("run.redo_none"));
  }

  keys(): Binding[] {
    const { rows } = this;
    const when = () => rows.at !== undefined;
    const open = () => when() && !this.run.view?.signed;
    /** A key that is held down acts once: only moving goes on. */
    const once = (run: () => void) => (event: KeyboardEvent) => {
      if (!event.repeat) run();
    };
    const results = RESULTS.map(({ key, outcome }): Binding => ({ keys: key, label: t("run.key_result"), when, run: once(() => this.press(outcome)) }));
    return [
      { keys: ["J", "ArrowDown"], label: t("keys.move"), when, run: () => rows.move(1) },
      { keys: ["K", "ArrowUp"], label: t("keys.move"), when, run: () => rows.move(-1) },
      ...results,
      { keys: "M", label: t("run.key_note"), when, run: () => this.noteElement?.focus() },
      { keys: "E", label: t("run.key_evidence"), when: open, run: () => this.evidence?.focus() },
      { keys: "Mod+V", label: t("run.key_paste"), hint: false, when: open, run: once(() => void this.evidence?.paste()) },
      { keys: "U", label: t("run.key_next"), when, run: () => rows.next() },
      { keys: "X", label: t("run.key_select"), when: open, run: once(() => rows.toggle(rows.at)) },
      { keys: "D", label: t("run.key_fixed"), when: () => open() && this.#mayBeFixed(), run: once(() => this.ask("build")) },
      { keys: ["Shift+J", "Shift+ArrowDown"], label: t("run.key_stretch"), hint: false, when: open, run: () => rows.stretch(1) },
      { keys: ["Shift+K", "Shift+ArrowUp"], label: t("run.key_stretch_back"), hint: false, when: open, run: () => rows.stretch(-1) },
      { keys: "Mod+A", label: t("run.key_select_all"), hint: false, when: open, run: () => rows.select(rows.ids) },
      { keys: "Shift+X", label: t("run.key_select_section"), hint: false, when: open, run: once(() => rows.toggleSection(rows.section)) },
      { keys: "R", label: t("run.key_retest"), hint: false, when: open, run: once(() => this.retest()) },
      { keys: "A", label: t("run.key_assign"), hint: false, when: open, run: once(() => this.assign()) },
      { keys: "Shift+A", label: t("run.key_assign_to"), hint: false, when: open, run: once(() => (this.assigning = true)) },
      { keys: "T", label: t("run.key_tested"), hint: false, when: open, run: once(() => (this.testing = {})) },
      { keys: "/", label: t("run.key_filter"), hint: false, when: () => this.filterElement !== undefined, run: () => this.filterElement?.focus() },
      { keys: "Escape", label: t("run.key_deselect"), hint: false, when: () => rows.selected.length > 0, run: () => rows.select([]) },
      { keys: "Escape", label: t("run.key_clear"), hint: false, when: () => rows.selected.length === 0 && rows.filtered, run: () => rows.clear() },
      { keys: "Mod+Z", label: t("run.key_undo"), hint: false, when: open, run: () => this.undo() },
      { keys: ["Mod+Shift+Z", "Mod+Y"], label: t("run.key_redo"), hint: false, when: open, run: () => this.redo() },
      { keys: "Home", label: t("keys.first"), hint: false, when, run: () => rows.move(-Infinity) },
      { keys: "End", label: t("keys.last"), hint: false, when, run: () => rows.move(Infinity) },
      { keys: "PageDown", label: t("run.key_page"), hint: false, when, run: () => rows.move(10) },
      { keys: "PageUp", label: t("run.key_page_back"), hint: false, when, run: () => rows.move(-10) },
    ];
  }

  /** The screen is gone; what is on its way still tells. */
  close(): void {
    this.#left = true;
  }

  /** A first result without a word of what is tested would say little later. */
  #asksTested(): boolean {
    const { tested } = this.run;
    return !this.#untold && tested !== undefined && !tested.build && !tested.account && !tested.browser;
  }

  /** What was typed is there again when the same is asked again. */
  #keep(): void {
    const asking = this.#asking;
    if (asking?.what === "reason") {
      this.#reasons[asking.at] = { text: this.answer, redaction: this.run.item(asking.at)?.redaction ?? null };
    }
    if (asking?.what === "build") this.#build = this.answer;
  }

  #mayBeFixed(): boolean {
    return this.targets.some((id) => FIXABLE.includes(this.run.item(id)?.status ?? ""));
  }

  #set(items: readonly string[], outcome: Outcome, reason = ""): void {
    const [only, ...more] = items;
    if (only !== undefined && more.length === 0) {
      if (!this.run.setResult(only, outcome, reason)) return;
      this.rows.select([]);
      if (session.settings?.advance) this.rows.next();
      return this.#say(only, t(`state.${outcome}`));
    }
    const { taken, left } = this.run.sift(items, outcome);
    this.#each(taken, (id) => this.run.setResult(id, outcome, reason), t(`state.${outcome}`));
    // What was left stays selected: it says why, and what is to be done.
    this.rows.select(left);
    if (left.length > 0) toast(t("run.left", { n: left.length }), { tone: "bad" });
  }

  /** The same for each, as one thing to undo. */
  #each(items: readonly string[], act: (id: string) => boolean, what: string): void {
    const done: string[] = [];
    this.run.together(() => {
      for (const id of items) if (act(id)) done.push(id);
    });
    const [only] = done;
    if (only === undefined) return;
    if (this.rows.selected.length > 0) this.rows.select([]);
    if (done.length === 1) this.#say(only, what);
    else announce(t("run.said_many", { n: done.length, what }));
  }

  /** To where something was taken back or done again. */
  #back(items: readonly string[], none: string): void {
    const [item] = items;
    if (item === undefined) return announce(none);
    this.rows.go(item);
    const now = this.run.item(item);
    if (items.length > 1) announce(t("run.back_many", { n: items.length }));
    else if (now && !this.run.faults.has(item)) announce(t("run.undone_said", { id: item, status: t(`state.${now.status}`) }));
  }

  #say(id: string, what: string): void {
    const { item } = this;
    announce(item && item.id !== id ? t("run.said_next", { id, what, next: `${item.id}, ${item.text}` }) : t("run.said", { id, what }));
  }

  #refused(id: string, error: IpcError, doing?: Doing): void {
    if (doing && "adds" in doing && doing.adds.type === "note") this.drafts.set(id, doing.adds.text);
    const text = t("run.said_refused", { id, why: errorText(error) });
    if (!this.#left && this.rows.at === id) return announce(text);
    const show = () => (this.#left ? void go({ name: "run", run: this.run.id, item: id }) : this.rows.go(id));
    toast(text, { tone: "bad", action: { label: t("run.show_item", { id }), run: show } });
  }
}
