/** What the parts promise to keyboard and screen reader, tried on the DOM. */
import { createRawSnippet, flushSync, mount, tick, unmount, type Component } from "svelte";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { announcements } from "../src/lib/announce.svelte.ts";
import { toasts } from "../src/lib/toasts.svelte.ts";
import Button from "../src/parts/Button.svelte";
import CopyButton from "../src/parts/CopyButton.svelte";
import FieldFrame from "../src/parts/FieldFrame.svelte";
import ListEditor from "../src/parts/ListEditor.svelte";
import Segmented from "../src/parts/Segmented.svelte";
import StateGlyph from "../src/parts/StateGlyph.svelte";
import { allStates, glyphOf, toneOf } from "../src/parts/states.ts";
import VirtualList from "../src/parts/VirtualList.svelte";

let mounted: Record<string, unknown>[] = [];

function show<Props extends Record<string, unknown>>(part: Component<Props>, props: Props): HTMLElement {
  const target = document.createElement("div");
  document.body.append(target);
  mounted.push(mount(part as Component<Record<string, unknown>>, { target, props }));
  flushSync();
  return target;
}

const text = (words: string) => createRawSnippet(() => ({ render: () => `<span>${words}</span>` }));
const get = (root: ParentNode, selector: string): HTMLElement => {
  const found = root.querySelector<HTMLElement>(selector);
  if (!found) throw new Error(`no ${selector} in ${document.body.innerHTML}`);
  return found;
};

beforeEach(() => {
  mounted = [];
});
afterEach(async () => {
  for (const one of mounted) await unmount(one);
  document.body.replaceChildren();
  vi.useRealTimers();
});

describe("Button", () => {
  it("does nothing while locked, can be focused, and says why", () => {
    const onclick = vi.fn();
    const root = show(Button, { locked: "Not ready: 3 fields of Technical", onclick, children: text("Mark as submitted") });
    const button = get(root, "button");
    button.click();
    button.focus();
    expect(onclick).not.toHaveBeenCalled();
    expect(document.activeElement).toBe(button);
    expect(button.getAttribute("aria-disabled")).toBe("true");
    const reason = document.getElementById(button.getAttribute("aria-describedby") ?? "");
    expect(reason?.textContent).toBe("Not ready: 3 fields of Technical");
  });

  it("runs, and hands on its test id", () => {
    const onclick = vi.fn();
    const root = show(Button, { onclick, keys: "N", "data-testid": "new", children: text("New project") });
    get(root, "[data-testid=new]").click();
    expect(onclick).toHaveBeenCalledOnce();
    expect(get(root, "button").getAttribute("aria-keyshortcuts")).toBe("N");
  });
});

describe("CopyButton", () => {
  it("says Copied only after it was copied, announces it, and turns back", async () => {
    vi.useFakeTimers();
    let copied: () => void = () => undefined;
    const root = show(CopyButton, { copy: () => new Promise<void>((done) => (copied = done)), copied: "Link copied" });
    const button = get(root, "button");
    button.click();
    flushSync();
    expect(button.classList.contains("done")).toBe(false);
    copied();
    await vi.advanceTimersByTimeAsync(0);
    flushSync();
    expect(button.classList.contains("done")).toBe(true);
    expect(announcements()).toContain("Link copied");
    await vi.advanceTimersByTimeAsync(5_000);
    flushSync();
    expect(button.classList.contains("done")).toBe(false);
  });

  it("does not say Copied when it failed", async () => {
    const onfail = vi.fn(() => false);
    const root = show(CopyButton, { copy: () => Promise.reject(new Error("no clipboard")), onfail });
    get(root, "button").click();
    await tick();
    flushSync();
    expect(onfail).toHaveBeenCalledOnce();
    expect(get(root, "button").classList.contains("done")).toBe(false);
    expect(toasts.shown.at(-1)?.tone).toBe("bad");
  });
});

describe("FieldFrame", () => {
  it("ties label and message to the control", () => {
    const children = createRawSnippet((field: () => Record<string, unknown>) => ({
      render: () => {
        const attributes = Object.entries(field()).filter(([, value]) => value !== undefined);
        return `<input ${attributes.map(([name, value]) => `${name}="${String(value)}"`).join(" ")}>`;
      },
    }));
    const root = show(FieldFrame as unknown as Component<Record<string, unknown>>, { label: "Standalone URL", error: "Use https.", help: "Opened by Talkdesk", changed: true, children });
    const input = get(root, "input");
    expect(get(root, "label").getAttribute("for")).toBe(input.id);
    expect(input.getAttribute("aria-invalid")).toBe("true");
    const described = (input.getAttribute("aria-describedby") ?? "").split(" ").map((id) => document.getElementById(id)?.textContent?.trim());
    expect(described).toEqual(["Use https.", "Opened by Talkdesk", "changed since the previous version"]);
  });
});

describe("ListEditor", () => {
  it("adds by Enter, removes an empty row by Backspace, and takes a pasted list", async () => {
    const props = $state({ name: "Redirect URI", add: "Add", values: ["a"] });
    const root = show(ListEditor as unknown as Component<Record<string, unknown>>, props);
    const inputs = () => [...root.querySelectorAll("input")];
    const key = (at: number, pressed: string) => {
      inputs()[at]?.dispatchEvent(new KeyboardEvent("keydown", { key: pressed, bubbles: true, cancelable: true }));
      flushSync();
    };
    key(0, "Enter");
    expect(inputs()).toHaveLength(2);
    await tick();
    expect(document.activeElement).toBe(inputs()[1]);
    key(1, "Backspace");
    expect(inputs()).toHaveLength(1);
    const paste = new Event("paste", { bubbles: true, cancelable: true });
    Object.assign(paste, { clipboardData: { getData: () => "https://x.example\r\n\nhttps://y.example\n" } });
    inputs()[0]?.dispatchEvent(paste);
    flushSync();
    expect(inputs().map(({ value }) => value)).toEqual(["https://x.example", "https://y.example", "a"]);
  });
});

describe("Segmented", () => {
  it("is one Tab stop, and the arrows choose", () => {
    const onchange = vi.fn();
    const options = [
      { value: "a", label: "A" },
      { value: "b", label: "B" },
    ];
    const root = show(Segmented as unknown as Component<Record<string, unknown>>, { label: "Show", value: "a", options, onchange });
    const radios = [...root.querySelectorAll<HTMLElement>('[role="radio"]')];
    expect(radios.map(({ tabIndex }) => tabIndex)).toEqual([0, -1]);
    radios[0]?.focus();
    radios[0]?.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true, cancelable: true }));
    flushSync();
    expect(onchange).toHaveBeenCalledWith("b");
    expect(document.activeElement).toBe(radios[1]);
    expect(radios.map((radio) => radio.getAttribute("aria-checked"))).toEqual(["false", "true"]);
  });
});

describe("VirtualList", () => {
  it("draws few of 100,000 rows, each telling its place, and always the cursor's", () => {
    const row = createRawSnippet((at: () => number) => ({ render: () => `<span>row ${at()}</span>` }));
    const root = show(VirtualList, { count: 100_000, label: "Events", cursor: 50_000, row });
    const rows = [...root.querySelectorAll('[role="option"]')];
    expect(rows.length).toBeLessThan(60);
    expect(rows.every((one) => one.getAttribute("aria-setsize") === "100000")).toBe(true);
    const active = document.getElementById(get(root, '[role="listbox"]').getAttribute("aria-activedescendant") ?? "");
    expect([active?.textContent, active?.getAttribute("aria-posinset")]).toEqual(["row 50000", "50001"]);
  });
});

describe("StateGlyph", () => {
  it.each(allStates)("%s has a shape and, where it stands alone, a name", (state) => {
    const root = show(StateGlyph, { state, label: true });
    const glyph = get(root, "svg");
    expect(glyph.getAttribute("role")).toBe("img");
    expect(glyph.getAttribute("aria-label")).toMatch(/^\p{Lu}/u);
    expect(glyph.querySelectorAll("circle, path").length).toBeGreaterThan(0);
  });

  it("never tells two meanings of one colour by the same shape", () => {
    const shapes = new Map<string, string>();
    for (const state of allStates) {
      const known = shapes.get(glyphOf(state));
      expect(known ?? toneOf(state), state).toBe(toneOf(state));
      shapes.set(glyphOf(state), toneOf(state));
    }
  });
});
