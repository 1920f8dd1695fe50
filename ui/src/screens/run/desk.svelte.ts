/** Where a person works through a run: the keys act on the item in focus, and everything is said. */
import { flushSync } from "svelte";
import { SvelteMap } from "svelte/reactivity";
import type { IpcError } from "$ipc/error.ts";
import type { ItemView, Outcome } from "$ipc/types.ts";
import { announce } from "$lib/announce.svelte.ts";
import type { Binding } from "$lib/keys.svelte.ts";
import { go } from "$lib/router.svelte.ts";
import { session } from "$lib/session.svelte.ts";
import { toast } from "$lib/toasts.svelte.ts";
import { errorText, t } from "$texts";
import type { Doing } from "./action.ts";
import { Rows } from "./rows.svelte.ts";
import type { Run } from "./run.svelte.ts";

/** What a key asks for before it can act: why not applicable, or in which build it was fixed. */
export type Ask = "reason" | "build";

export class Desk {
  readonly run: Run;
  readonly rows: Rows;
  /** What is asked beside the item in focus. */
  #asking = $state.raw<{ what: Ask; item: string }>();
  answer = $state("");
  /** Notes that could not be saved, as they were typed. */
  readonly drafts = new SvelteMap<string, string>();
  /** What was typed before, so that it need not be typed again. */
  readonly #reasons: Partial<Record<string, string>> = {};
  #build?: string;
  #left = false;

  list?: HTMLElement;
  noteElement?: HTMLTextAreaElement;
  filterElement = $state<HTMLInputElement>();

  constructor(run: Run) {
    this.run = run;
    this.rows = new Rows(run);
    run.onrefused = (item, error, doing) => this.#refused(item, error, doing);
  }

  get asking(): Ask | undefined {
    return this.#asking && this.#asking.item === this.rows.at ? this.#asking.what : undefined;
  }

  get item(): ItemView | undefined {
    return this.rows.at === undefined ? undefined : this.run.item(this.rows.at);
  }

  isMine(item: ItemView): boolean {
    return item.assignee !== null && item.assignee === session.me;
  }

  /** A key or a button of a result. */
  press(outcome: Outcome): void {
    const at = this.rows.at;
    if (at === undefined) return;
    if (outcome !== "not_applicable") this.#set(at, outcome);
    else if (this.run.takes(at, outcome)) this.ask("reason");
  }

  /** Ask beside the item; the next key already goes into the field. */
  ask(what: Ask): void {
    const item = this.item;
    if (!item) return;
    this.#keep();
    this.answer = what === "reason" ? (this.#reasons[item.id] ?? "") : (this.#build ?? "");
    this.#asking = { what, item: item.id };
    flushSync();
    document.getElementById("run-ask")?.focus();
  }

  /** The answer to what was asked. */
  give(): void {
    const asking = this.#asking;
    if (!asking) return;
    const { item, what } = asking;
    const answer = this.answer.trim();
    this.dismiss();
    if (what === "reason") this.#set(item, "not_applicable", answer);
    else if (this.run.fixed(item, answer)) this.#say(item, t("run.did_fixed", { build: answer }));
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
    const { item } = this;
    if (item && item.status !== "untested" && item.status !== "retest" && this.run.retest(item.id)) this.#say(item.id, t("run.did_retest"));
  }

  assign(): void {
    const { item } = this;
    const me = session.frame?.me;
    if (!item || !me) return;
    const to = this.isMine(item) ? null : me.id;
    if (this.run.assign(item.id, to)) this.#say(item.id, to ? t("run.assigned", { name: me.name }) : t("run.unassigned"));
  }

  note(item: string, text: string): void {
    this.drafts.delete(item);
    if (text !== this.run.item(item)?.note) this.run.note(item, text);
  }

  undo(): void {
    const item = this.run.undo(this.rows.at);
    if (item === undefined) return announce(t("run.undo_none"));
    this.rows.go(item);
    const now = this.run.item(item);
    if (now && !this.run.faults.has(item)) announce(t("run.undone_said", { id: item, status: t(`state.${now.status}`) }));
  }

  keys(): Binding[] {
    const { rows } = this;
    const when = () => rows.at !== undefined;
    const open = () => when() && !this.run.view?.signed;
    /** A key that is held down acts once: only moving goes on. */
    const once = (run: () => void) => (event: KeyboardEvent) => {
      if (!event.repeat) run();
    };
    const result = (keys: string, outcome: Outcome): Binding => ({
      keys,
      label: t("run.key_result"),
      when,
      run: once(() => this.press(outcome)),
    });
    return [
      { keys: ["J", "ArrowDown"], label: t("keys.move"), when, run: () => rows.move(1) },
      { keys: ["K", "ArrowUp"], label: t("keys.move"), when, run: () => rows.move(-1) },
      result("P", "pass"),
      result("F", "fail"),
      result("B", "blocked"),
      result("N", "not_applicable"),
      { keys: "M", label: t("run.key_note"), when, run: () => this.noteElement?.focus() },
      { keys: "U", label: t("run.key_next"), when, run: () => rows.next() },
      { keys: "X", label: t("run.key_fixed"), when: () => open() && this.#mayBeFixed(), run: once(() => this.ask("build")) },
      { keys: "R", label: t("run.key_retest"), hint: false, when: open, run: once(() => this.retest()) },
      { keys: "A", label: t("run.key_assign"), hint: false, when: open, run: once(() => this.assign()) },
      { keys: "/", label: t("run.key_filter"), hint: false, run: () => this.filterElement?.focus() },
      { keys: "Escape", label: t("run.key_clear"), hint: false, when: () => rows.filtered, run: () => rows.clear() },
      { keys: "Mod+Z", label: t("run.key_undo"), hint: false, when: open, run: () => this.undo() },
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

  /** What was typed is there again when the same is asked again. */
  #keep(): void {
    const asking = this.#asking;
    if (asking?.what === "reason") this.#reasons[asking.item] = this.answer;
    if (asking?.what === "build") this.#build = this.answer;
  }

  #mayBeFixed(): boolean {
    return ["fail", "blocked", "disputed"].includes(this.item?.status ?? "");
  }

  #set(item: string, outcome: Outcome, reason = ""): void {
    if (!this.run.setResult(item, outcome, reason)) return;
    if (session.settings?.advance) this.rows.next();
    this.#say(item, t(`state.${outcome}`));
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
