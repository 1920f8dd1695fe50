/** Which key does what, where: protects text fields from single letters, and dialogs from the screen below. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { caps, keys, stroke, type Binding } from "./keys.svelte.ts";

const press = (key: string, init: KeyboardEventInit = {}, target: EventTarget = document.body): KeyboardEvent => {
  const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...init });
  Object.defineProperty(event, "target", { value: target });
  keys.handle(event);
  return event;
};

const ran: string[] = [];
const binding = (pressed: string, extra: Partial<Binding> = {}): Binding => ({
  keys: pressed,
  label: pressed,
  run: () => ran.push(pressed),
  ...extra,
});

let release: (() => void)[] = [];
const add = (bindings: Binding[], everywhere = false) =>
  release.push(keys.add(keys.base, { bindings: () => bindings, everywhere }));

beforeEach(() => {
  ran.length = 0;
  vi.useFakeTimers();
});
afterEach(() => {
  release.forEach((off) => off());
  release = [];
  vi.useRealTimers();
  document.body.replaceChildren();
});

describe("stroke", () => {
  it.each([
    [{ key: "j" }, "J"],
    [{ key: "J" }, "J"],
    [{ key: "J", shiftKey: true }, "Shift+J"],
    [{ key: "?", shiftKey: true }, "?"],
    [{ key: "k", ctrlKey: true }, "Mod+K"],
    [{ key: "ArrowLeft", altKey: true }, "Alt+ArrowLeft"],
    [{ key: " " }, "Space"],
    [{ key: "F8" }, "F8"],
    [{ key: "о", code: "KeyJ" }, "J"],
    [{ key: "@", ctrlKey: true, altKey: true, modifierAltGraph: true }, "@"],
  ] as [KeyboardEventInit, string][])("%j is %s", (init, expected) => {
    expect(stroke(new KeyboardEvent("keydown", init))).toBe(expected);
  });
});

describe("keys", () => {
  it("run what is registered, and only while it is registered", () => {
    add([binding("J")]);
    expect(press("j").defaultPrevented).toBe(true);
    release.forEach((off) => off());
    press("j");
    expect(ran).toEqual(["J"]);
  });

  it.each([
    ["input", "j", {}, []],
    ["textarea", "j", {}, []],
    ["input", "F8", {}, ["F8"]],
    ["input", "k", { ctrlKey: true }, ["Mod+K"]],
    ["button", "j", {}, ["J"]],
    ["button", "Enter", {}, []],
    ["div", "Enter", {}, ["Enter"]],
  ] as [string, string, KeyboardEventInit, string[]][])("with the focus in <%s>, %s with %j runs %j", (tag, key, init, expected) => {
    add([binding("J"), binding("F8"), binding("Mod+K"), binding("Enter")]);
    press(key, init, document.createElement(tag));
    expect(ran).toEqual(expected);
  });

  it("leave letters to a menu that is searched by typing", () => {
    add([binding("J")]);
    document.body.innerHTML = '<div role="menu"><div role="menuitem"></div></div>';
    press("j", {}, document.querySelector('[role="menuitem"]') as Element);
    expect(ran).toEqual([]);
  });

  it("work in a screen's own list, which is searched by its filter", () => {
    add([binding("J")]);
    document.body.innerHTML = '<div class="scroll vlist" role="listbox" tabindex="0"></div>';
    press("j", {}, document.querySelector(".vlist") ?? document.body);
    expect(ran).toEqual(["J"]);
  });

  it("leave a text field on Escape", () => {
    const input = document.createElement("input");
    document.body.append(input);
    input.focus();
    press("Escape", {}, input);
    expect(document.activeElement).toBe(document.body);
  });

  it("take pairs, and forget the first when the second does not come", () => {
    add([binding("G P"), binding("P")]);
    press("g");
    expect(keys.pending).toBe("G");
    press("p");
    expect(ran).toEqual(["G P"]);
    press("g");
    vi.advanceTimersByTime(2_000);
    press("p");
    expect(ran).toEqual(["G P", "P"]);
    press("g");
    press("x");
    press("p");
    expect(ran).toEqual(["G P", "P", "P"]);
  });

  it("show at most seven hints, neighbours with one label together, and none that does not work now", () => {
    add([
      binding("J", { label: "move" }),
      binding("K", { label: "move" }),
      binding("X", { when: () => false }),
      binding("Home", { hint: false }),
      ...["A", "B", "C", "D", "E", "F", "H"].map((key) => binding(key)),
    ]);
    expect(keys.hints).toHaveLength(7);
    expect(keys.hints[0]).toEqual({ label: "move", keys: ["J", "K"] });
    expect(keys.hints.map(({ label }) => label)).not.toContain("X");
  });

  it("put the frame's keys behind the screen's", () => {
    add([binding("Mod+K")], true);
    add([binding("J")]);
    expect(keys.hints.map(({ label }) => label)).toEqual(["J", "Mod+K"]);
  });

  it("rest under a dialog, and come back after it", () => {
    add([binding("J")]);
    const off = keys.push({ sources: [{ bindings: () => [binding("C")], everywhere: false }] });
    press("j");
    press("c");
    off();
    press("j");
    expect(ran).toEqual(["C", "J"]);
  });
});

it("draws caps", () => {
  expect(caps("Mod+K")).toEqual(["Ctrl", "K"]);
  expect(caps("G P")).toEqual(["G", "P"]);
  expect(caps("+")).toEqual(["+"]);
  expect(caps("Alt+ArrowLeft")).toEqual(["Alt", "←"]);
});
