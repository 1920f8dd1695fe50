/**
 * The keyboard layer. A screen says which keys work on it; the status bar shows them, `?` lists
 * them all, and one listener on the window runs them. An open dialog lays its own keys on top.
 *
 * A key is written as it is drawn: `J`, `?`, `F8`, `Enter`, `Mod+K` (Ctrl, or Command on macOS),
 * `Alt+ArrowLeft`, and `G P` for two keys one after the other.
 */
import { flushSync, getContext, onDestroy, setContext, tick, untrack } from "svelte";
import { isMac } from "./start.ts";

export interface Binding {
  /** One key, or several that do the same; the first is the one shown. */
  keys: string | readonly string[];
  /** What it does, in a word or two: *move*, *next missing*. Neighbours with one label share a hint. */
  label: string;
  run: (event: KeyboardEvent) => void;
  /** `false` keeps it out of the status bar; it still stands in the list of all keys. */
  hint?: boolean;
  /** Works now? Keys that do not are neither shown nor run. */
  when?: () => boolean;
}

export interface Hint {
  label: string;
  keys: string[];
}

interface Source {
  bindings: () => readonly Binding[];
  /** The frame's keys stand behind the screen's. */
  everywhere: boolean;
  /** Whether its keys can do anything yet. Until then they are held, and pressed again in their order. */
  ready?: () => boolean;
}

interface Layer {
  sources: Source[];
}

const LAYER = Symbol("key layer");
const MAX_HINTS = 7;
/** How long the second key of a pair is waited for. */
const PAIR_MS = 1_500;
/** How many keys are held while a screen has nothing to show yet. */
const MOST_HELD = 100;

const inTextField = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    target.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=button], [type=submit])"));

/** Where letters already mean something: lists that open and are searched by typing. A screen's own list is none. */
const takesLetters = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest('[role="menu"], [role="listbox"]:not(.vlist), [aria-haspopup="listbox"]') !== null;

/** Where Enter and Space already press something. */
const takesEnter = (target: EventTarget | null): boolean =>
  target instanceof Element &&
  target.closest('button, a[href], summary, input, [role="button"], [role="switch"], [role="checkbox"], [role="tab"], [role="option"], [role="menuitem"]') !== null;

const isLetter = (key: string) => key.length === 1 && key.toLowerCase() !== key.toUpperCase();

/** A key press as it is written in a binding. */
export function stroke(event: KeyboardEvent): string {
  let key = event.key;
  // Keyboards whose letters are not Latin: the key's place decides.
  if (key.length === 1 && key > "\u007f" && /^Key[A-Z]$/.test(event.code)) key = event.code.slice(3);
  if (key === " ") key = "Space";
  // AltGr writes signs; Windows reports it as Ctrl and Alt as well.
  const composed = event.ctrlKey && event.altKey && event.getModifierState("AltGraph");
  const parts: string[] = [];
  if ((isMac ? event.metaKey : event.ctrlKey) && !composed) parts.push("Mod");
  if (event.altKey && !composed) parts.push("Alt");
  // Shift is part of a sign such as `?`, but a word of its own before a letter or a named key.
  if (event.shiftKey && (key.length > 1 || isLetter(key))) parts.push("Shift");
  parts.push(key.length === 1 ? key.toUpperCase() : key);
  return parts.join("+");
}

/** Single letters and signs act only while no text field has the focus. */
const plain = (pressed: string) => !/^(Mod|Alt)\+/.test(pressed) && !/^F\d+$/.test(pressed);

/** What a text field does by itself: undo, redo, and what goes over the clipboard. */
const EDITING = /^Mod\+(Shift\+)?[ZYACX]$/;

const list = (keys: Binding["keys"]): readonly string[] => (typeof keys === "string" ? [keys] : keys);

class Keys {
  readonly base: Layer = { sources: [] };
  #layers = $state.raw<readonly Layer[]>([this.base]);
  /** Bumped when a layer's sources change: the layers themselves are plain objects. */
  #version = $state(0);
  #pending = $state<string>();
  #timer?: ReturnType<typeof setTimeout>;
  /** Pressed before the screen had its data. */
  #held: KeyboardEvent[] = [];
  #releasing = false;

  /** The first key of a pair, while the second is waited for. */
  get pending(): string | undefined {
    return this.#pending;
  }

  /** Everything that works here and now, the screen's before the frame's. */
  get active(): Binding[] {
    return [...this.here, ...this.everywhere];
  }

  get here(): Binding[] {
    return this.#of(false);
  }

  get everywhere(): Binding[] {
    return this.#of(true);
  }

  /** The four to seven keys of the status bar. */
  get hints(): Hint[] {
    const hints: Hint[] = [];
    for (const binding of this.active) {
      let shown = list(binding.keys)[0];
      if (binding.hint === false || !shown) continue;
      if (this.#pending) {
        if (!shown.startsWith(`${this.#pending} `)) continue;
        shown = shown.slice(this.#pending.length + 1);
      }
      const last = hints.at(-1);
      if (last && last.label === binding.label) last.keys.push(shown);
      else hints.push({ label: binding.label, keys: [shown] });
    }
    return hints.slice(0, MAX_HINTS);
  }

  add(layer: Layer, source: Source): () => void {
    layer.sources = [...layer.sources, source];
    this.#version += 1;
    return () => {
      layer.sources = layer.sources.filter((other) => other !== source);
      this.#version += 1;
      if (source.ready) this.#held = [];
    };
  }

  /** Lay a dialog's keys on top; returns how to take them off. */
  push(layer: Layer): () => void {
    this.#layers = [...this.#layers, layer];
    return () => (this.#layers = this.#layers.filter((other) => other !== layer));
  }

  handle(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.isComposing) return;
    if (["Control", "Shift", "Alt", "Meta", "AltGraph", "CapsLock"].includes(event.key)) return;
    const pressed = stroke(event);
    if (inTextField(event.target) && EDITING.test(pressed)) return;
    if (inTextField(event.target) && plain(pressed)) {
      if (pressed === "Escape" && this.#layers.length === 1) (event.target as HTMLElement).blur();
      return;
    }
    if (plain(pressed) && takesLetters(event.target)) return;
    if ((pressed === "Enter" || pressed === "Space") && takesEnter(event.target)) return;
    this.#press(pressed, event);
  }

  #press(pressed: string, event: KeyboardEvent): void {
    const before = this.#pending;
    this.#wait(undefined);
    const bindings = this.active.flatMap((binding) => list(binding.keys).map((keys) => ({ binding, keys })));
    const wanted = before ? `${before} ${pressed}` : pressed;
    if (bindings.some(({ keys }) => keys.startsWith(`${wanted} `))) {
      this.#wait(wanted);
      event.preventDefault();
      return;
    }
    const found = bindings.find(({ keys }) => keys === wanted);
    if (this.#holds(found?.binding, event)) return;
    if (!found) return;
    event.preventDefault();
    found.binding.run(event);
  }

  /** Hold a key of a screen that is not ready, and everything that comes after it. */
  #holds(binding: Binding | undefined, event: KeyboardEvent): boolean {
    if (this.#releasing || (binding && this.everywhere.includes(binding))) return false;
    const waits = this.#layers.at(-1)?.sources.some(({ ready }) => ready && !ready()) ?? false;
    if (!waits && this.#held.length === 0) return false;
    if (this.#held.length < MOST_HELD) this.#held.push(event);
    event.preventDefault();
    return true;
  }

  /** Press again what was held: where a key opens a field, the next ones go into it. */
  release(): void {
    this.#releasing = true;
    for (const { key, code, ctrlKey, altKey, shiftKey, metaKey } of this.#held.splice(0)) {
      const at = document.activeElement ?? document.body;
      const again = new KeyboardEvent("keydown", { key, code, ctrlKey, altKey, shiftKey, metaKey, bubbles: true, cancelable: true });
      const typed = at.dispatchEvent(again) && key.length === 1 && inTextField(at);
      if (typed) document.execCommand("insertText", false, key);
      flushSync();
    }
    this.#releasing = false;
  }

  #wait(keys: string | undefined) {
    clearTimeout(this.#timer);
    this.#pending = keys;
    if (keys) this.#timer = setTimeout(() => (this.#pending = undefined), PAIR_MS);
  }

  #of(everywhere: boolean): Binding[] {
    void this.#version;
    const sources = this.#layers.at(-1)?.sources ?? [];
    return sources
      .filter((source) => source.everywhere === everywhere)
      .flatMap((source) => source.bindings())
      .filter((binding) => binding.when?.() ?? true);
  }
}

export const keys = new Keys();

/** Register keys while this component lives: on its screen, or on the dialog around it. */
export function useKeys(
  bindings: () => readonly Binding[],
  { everywhere = false, ready }: { everywhere?: boolean; ready?: () => boolean } = {},
): void {
  const layer = getContext<Layer | undefined>(LAYER) ?? keys.base;
  $effect(() => untrack(() => keys.add(layer, { bindings, everywhere, ready })));
  // What they act on stands in the page one turn after its data came.
  $effect(() => {
    if (ready?.()) void tick().then(() => keys.release());
  });
}

/** For a dialog: what is inside registers on a layer of its own, and what is outside rests. */
export function useKeyLayer(bindings: () => readonly Binding[]): void {
  const layer: Layer = { sources: [{ bindings, everywhere: false }] };
  setContext(LAYER, layer);
  onDestroy(keys.push(layer));
}

const CAPS: Record<string, string> = {
  Mod: isMac ? "⌘" : "Ctrl",
  Alt: isMac ? "⌥" : "Alt",
  Shift: "⇧",
  Enter: "↵",
  Escape: "Esc",
  ArrowUp: "↑",
  ArrowDown: "↓",
  ArrowLeft: "←",
  ArrowRight: "→",
  Delete: "Del",
  Backspace: "⌫",
};

/** The caps of a key as it is drawn: `Mod+K` → `Ctrl`, `K`. */
export const caps = (keys: string): string[] =>
  keys
    .split(" ")
    .flatMap((key) => (key.length === 1 ? [key] : key.split(/\+(?=.)/)))
    .map((key) => CAPS[key] ?? key);

/** The same for `aria-keyshortcuts`, which knows no pairs. */
export const ariaKeys = (keys: string): string | undefined =>
  keys.includes(" ") ? undefined : keys.replace("Mod", isMac ? "Meta" : "Control");
