/** The run's screen by its keys alone: what a hand at full speed presses is what stands at the end, in its order. */
import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import App from "../src/App.svelte";
import { writesDone } from "../src/ipc/call.ts";
import "./whole.ts";
import { listenForChanges } from "../src/ipc/events.ts";
import { newId } from "../src/ipc/id.ts";
import { setTransport } from "../src/ipc/transport.ts";
import type { Boot } from "../src/ipc/types.ts";
import { router } from "../src/lib/router.svelte.ts";
import { session } from "../src/lib/session.svelte.ts";
import { toasts } from "../src/lib/toasts.svelte.ts";
import { ME, RunEngine } from "./run_engine.ts";

let engine: RunEngine;
let app: Record<string, unknown>;
const boot = (advance: boolean): Boot => ({
  phase: {
    phase: "open",
    workspace: "018f0000-0000-7000-8000-000000000002",
    name: "Sample Apps",
    sample: false,
    me: { id: ME.id, name: ME.name, roles: ["qa"], absence: null, left: false },
    members: [{ id: ME.id, name: ME.name, roles: ["qa"], absence: null, left: false }],
    sync: { state: "idle", embedded: true, since: null, until: null, sent: 0, queued: 0 },
    needs: 0,
    reviews: 0,
    conflicts: 0,
  },
  settings: { theme: "light", language: "en", advance, show_keys: true, zoom: 100, pinned: null, pins: [], notify: false, lock_after: 0, installations_by: "deadline", installations_in: "none" },
  app_version: "0.1.0",
  data_folder: "/data",
  fields: [],
  port: { port: "manual" },
});

const settle = async () => {
  for (let i = 0; i < 4; i++) {
    await new Promise((done) => setTimeout(done));
    flushSync();
  }
};
const until = async (holds: () => boolean) => {
  for (let i = 0; i < 1_000 && !holds(); i++) await new Promise((done) => setTimeout(done, 5));
  expect(holds()).toBe(true);
};
const by = (testid: string) => document.querySelector<HTMLElement>(`[data-testid="${testid}"]`);
const row = (id: string) => by(`item-${id}`);
const at = () => document.querySelector<HTMLElement>('[data-testid^="item-"][data-current="true"]')?.dataset.testid?.slice(5);

/** One key, and nothing waited for but what the browser itself does between two keys. */
const press = (key: string, init: KeyboardEventInit = {}) => {
  (document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...init }));
  flushSync();
};
const type = (text: string) => {
  const field = document.activeElement as HTMLInputElement;
  expect(["INPUT", "TEXTAREA"]).toContain(field.tagName);
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  flushSync();
};
const undo = () => press("z", { ctrlKey: true });
const id = (n: number) => engine.logs[n]?.id ?? "";
const kinds = () => engine.taken.map(({ body }) => body.kind);
const told = (n: number) => engine.view().sections.flatMap(({ items }) => items)[n];

async function open(count: number, { advance = false, wait = () => Promise.resolve() }: { advance?: boolean; wait?: RunEngine["wait"] } = {}) {
  engine = new RunEngine(count, newId());
  const run = engine.call.bind(engine);
  engine.call = (call) =>
    call.name === "boot" ? Promise.resolve(boot(advance)) : call.name === "search" || call.name === "home" ? Promise.reject({ code: "not_found" }) : run(call);
  setTransport(engine);
  listenForChanges();
  app = mount(App, { target: document.body });
  await settle();
  await router.reset({ name: "run", run: engine.id });
  await settle();
  engine.wait = wait;
}

beforeEach(() => {
  toasts.shown = [];
});
afterEach(async () => {
  await writesDone();
  await unmount(app);
  session.boot = undefined;
  await router.reset();
  document.body.replaceChildren();
});

it("takes 200 items at full speed, notes, reasons and undo among them", async () => {
  let turn = 0;
  await open(200, { wait: () => new Promise((done) => (++turn % 5 ? queueMicrotask(done) : setTimeout(done, turn % 3))) });
  const expected: string[] = [];
  const statuses: string[] = [];
  for (let n = 0; n < 200; n++) {
    expect(at()).toBe(id(n));
    const kind = n % 8;
    if (kind === 0 || kind === 7) press("p");
    if (kind === 1) press("f");
    if (kind === 2) press("b");
    if (kind === 3) {
      press("n");
      type(`not in this app ${n}`);
      press("Enter");
    }
    if (kind === 4) {
      press("f");
      undo();
      press("p");
    }
    if (kind === 5) {
      press("m");
      type(`seen at ${n}`);
      press("Escape");
      press("b");
    }
    if (kind === 6) {
      press("f");
      press("d");
      type(`1.3.0+${n}`);
      press("Enter");
      press("p");
    }
    const result = "run.set_result";
    expected.push(...([[result], [result], [result], [result], [result, "run.undo", result], ["run.note", result], [result, "run.fixed", result], [result]][kind] ?? []));
    statuses.push(["pass", "fail", "blocked", "not_applicable", "pass", "blocked", "pass", "pass"][kind] ?? "");
    // The key's effect is there before any answer.
    expect(row(id(n))?.dataset.status).toBe(statuses[n]);
    press("j");
  }
  await writesDone();
  expect(kinds()).toEqual(expected);
  expect(engine.logs.map((_, n) => told(n)?.status)).toEqual(statuses);
  expect(engine.logs.map((_, n) => told(n)?.note ?? "")).toEqual(statuses.map((_, n) => (n % 8 === 5 ? `seen at ${n}` : "")));
  const order = engine.taken.map(({ body }) => ("item" in body.args ? body.args.item : ""));
  expect(order).toEqual([...order].sort());
  expect(engine.mostAtOnce).toBe(1);
  expect(by("progress")?.dataset.done).toBe("125");
}, 90_000);

it("says being saved until the answer is there, and only then saved", async () => {
  let answer = () => {};
  await open(3, { wait: () => new Promise((done) => (answer = done)) });
  press("p");
  expect([row(id(0))?.dataset.status, row(id(0))?.dataset.saved]).toEqual(["pass", "false"]);
  await until(() => engine.counters.length === 1);
  expect(told(0)?.status).toBe("untested");
  engine.wait = () => Promise.resolve();
  answer();
  await until(() => row(id(0))?.dataset.saved === "true");
  expect([told(0)?.status, row(id(0))?.dataset.status]).toEqual(["pass", "pass"]);
});

it("goes on to the next untested after a result, round the end, and comes back on undo", async () => {
  await open(4, { advance: true });
  press("j");
  press("p");
  expect(at()).toBe(id(2));
  press("f");
  press("p");
  expect(at()).toBe(id(0));
  undo();
  expect([at(), row(id(3))?.dataset.status]).toEqual([id(3), "untested"]);
});

it("acts once on a key that is held down, but goes on moving", async () => {
  await open(10, { advance: true });
  press("p");
  for (let i = 0; i < 5; i++) press("p", { repeat: true });
  await writesDone();
  expect(kinds()).toEqual(["run.set_result"]);
  press("j", { repeat: true });
  expect(at()).toBe(id(2));
});

it("keeps the list still under the hand: what no longer fits the filter stays until it is set again", async () => {
  await open(4);
  document.querySelector<HTMLElement>('[data-testid="run-show"] [data-value="untested"]')?.click();
  flushSync();
  press("p");
  press("j");
  expect([row(id(0)) !== null, at()]).toEqual([true, id(1)]);
  document.querySelector<HTMLElement>('[data-testid="run-show"] [data-value="all"]')?.click();
  document.querySelector<HTMLElement>('[data-testid="run-show"] [data-value="untested"]')?.click();
  flushSync();
  expect(row(id(0))).toBeNull();
  press("/");
  type("nothing like it");
  expect(by("run-items")).toBeNull();
  press("Escape");
  press("Escape");
  expect(row(id(0))).not.toBeNull();
});

it("explains a pass on a failed item and offers the way there", async () => {
  await open(2);
  press("f");
  press("p");
  expect(by("item-fault")?.textContent).toContain("first fixed in a build");
  await settle();
  expect(document.querySelector('[data-testid="announcer"]')?.parentElement?.textContent).toContain("first fixed in a build");
  press("d");
  expect((document.activeElement as HTMLElement).dataset.testid).toBe("fixed-build");
  type("1.3.0+413");
  press("Enter");
  expect([row(id(0))?.dataset.status, by("item-fault")]).toEqual(["retest", null]);
  press("p");
  await writesDone();
  expect([kinds(), told(0)?.status]).toEqual([["run.set_result", "run.fixed", "run.set_result"], "pass"]);
});

it("rolls a refused result back where it was, says so, and keeps a refused note as it was typed", async () => {
  await open(3, { advance: true });
  engine.refuse = (body) => (body.kind === "run.note" ? "too_long" : body.kind === "run.set_result" ? "forbidden" : undefined);
  press("m");
  type("a long note");
  press("Escape");
  await writesDone();
  await settle();
  expect((by("note") as HTMLTextAreaElement).value).toBe("a long note");
  press("p");
  expect(at()).toBe(id(1));
  await writesDone();
  await settle();
  expect([row(id(0))?.dataset.status, row(id(0))?.textContent]).toEqual(["untested", expect.stringContaining("not saved")]);
  expect(by("toast")?.textContent).toContain(`${id(0)} was not changed. Your role does not allow this.`);
  expect(at()).toBe(id(1));
});

it("loses nothing when the screen is left while writes are on their way", async () => {
  await open(3, { wait: () => new Promise((done) => setTimeout(done, 10)) });
  press("b");
  press("p");
  await router.go({ name: "checklists" });
  flushSync();
  await router.back();
  flushSync();
  press("b");
  expect(row(id(0))?.dataset.status).toBe("blocked");
  await writesDone();
  expect([kinds().length, told(0)?.status]).toEqual([3, "blocked"]);
});

it("knows what it knew when it is opened again", async () => {
  await open(2);
  press("b");
  await writesDone();
  await router.go({ name: "checklists" });
  flushSync();
  engine.other({ kind: "run.set_result", args: { item: id(0), outcome: "pass", reason: "", knew: told(0)?.heads ?? [] } });
  await router.back();
  await until(() => row(id(0))?.dataset.status === "pass");
  press("b");
  await writesDone();
  expect([told(0)?.status, told(0)?.standing.length]).toEqual(["blocked", 1]);
  await until(() => row(id(0))?.dataset.saved === "true");
  expect(row(id(0))?.dataset.status).toBe("blocked");
});

it("is read by its list: where the cursor is, of how many", async () => {
  await open(30);
  press("j");
  const list = by("run-items");
  expect(document.activeElement).toBe(list);
  const current = document.getElementById(list?.getAttribute("aria-activedescendant") ?? "");
  expect([current?.getAttribute("aria-posinset"), current?.getAttribute("aria-setsize"), current?.getAttribute("aria-selected")]).toEqual(["2", "30", "true"]);
});

it("loses no key that was pressed before the run was read: a note's letters go into the note", async () => {
  let answer = () => {};
  engine = new RunEngine(5, newId());
  const run = engine.call.bind(engine);
  engine.call = (call) => (call.name === "boot" ? Promise.resolve(boot(false)) : call.name === "search" || call.name === "home" ? Promise.reject({ code: "not_found" }) : run(call));
  setTransport(engine);
  listenForChanges();
  app = mount(App, { target: document.body });
  await settle();
  engine.wait = () => new Promise((done) => (answer = done));
  await router.reset({ name: "run", run: engine.id });
  await settle();
  // The field that opens takes what is typed as the browser gives it.
  document.execCommand = (_, __, text) => {
    const field = document.activeElement as HTMLTextAreaElement;
    field.value += text;
    return field.dispatchEvent(new Event("input", { bubbles: true }));
  };
  for (const key of ["p", "j", "b", "j", "m", "h", "i", "Escape", "f"]) press(key);
  expect(by("run-items")).toBeNull();
  engine.wait = () => Promise.resolve();
  answer();
  await until(() => row(id(0))?.dataset.status === "pass");
  await settle();
  expect([0, 1, 2].map((n) => row(id(n))?.dataset.status)).toEqual(["pass", "blocked", "fail"]);
  await writesDone();
  expect(kinds()).toEqual(["run.set_result", "run.set_result", "run.note", "run.set_result"]);
  expect(told(2)?.note).toBe("hi");
});

describe("many at once", () => {
  const statuses = (many: number) => Array.from({ length: many }, (_, n) => told(n)?.status);

  it("takes one key for all that are selected, and one to take it all back", async () => {
    await open(8, { advance: true });
    press("f");
    press("Home");
    press("J", { shiftKey: true });
    press("J", { shiftKey: true });
    press("J", { shiftKey: true });
    press("K", { shiftKey: true });
    press("End");
    press("x");
    expect(by("selected")?.textContent).toBe("4 items selected");
    press("p");
    // The failed one goes fixed, then retest: it stays selected, and says so.
    expect([row(id(0))?.dataset.status, row(id(0))?.dataset.selected, by("selected")?.textContent]).toEqual(["fail", "true", "1 item selected"]);
    await writesDone();
    expect(statuses(8)).toEqual(["fail", "pass", "pass", "untested", "untested", "untested", "untested", "pass"]);
    press("Escape");
    expect(by("selected")).toBeNull();
    undo();
    await writesDone();
    expect(statuses(8)).toEqual(["fail", ...Array.from({ length: 7 }, () => "untested")]);
    press("z", { ctrlKey: true, shiftKey: true });
    await writesDone();
    expect(statuses(8).filter((status) => status === "pass")).toHaveLength(3);
    undo();
    undo();
    await writesDone();
    expect(statuses(8)).toEqual(Array.from({ length: 8 }, () => "untested"));
  });

  it("takes a section by one key or a click on its heading, and lets go of it by the same", async () => {
    await open(30);
    const first = engine.view().sections[0]?.items.length ?? 0;
    expect(first > 0 && first < 30).toBe(true);
    press("Home");
    press("X", { shiftKey: true });
    expect(by("selected")?.textContent).toBe(`${String(first)} items selected`);
    press("a");
    await writesDone();
    expect(engine.logs.map((_, n) => told(n)?.assignee === ME.id)).toEqual(engine.logs.map((_, n) => n < first));
    press("Escape");
    const heading = document.querySelector<HTMLElement>('[data-testid="run-items"] .sec');
    heading?.click();
    flushSync();
    expect(by("selected")?.textContent).toBe(`${String(first)} items selected`);
    heading?.click();
    flushSync();
    expect(by("selected")).toBeNull();
  });

  it("asks one reason for all, and assigns all", async () => {
    await open(30);
    press("a", { ctrlKey: true });
    press("n");
    type("not in this app");
    press("Enter");
    press("a", { ctrlKey: true });
    press("a");
    await writesDone();
    expect(engine.logs.every((_, n) => told(n)?.status === "not_applicable" && told(n)?.assignee === ME.id)).toBe(true);
    press("a", { ctrlKey: true });
    press("a");
    press("a", { ctrlKey: true });
    press("r");
    await writesDone();
    expect(engine.logs.every((_, n) => told(n)?.status === "retest" && told(n)?.assignee === null)).toBe(true);
  });
});

describe("what is tested", () => {
  it("is asked at the first result where nobody said it, and the result waits for the answer", async () => {
    await open(3, { advance: true });
    engine.tested = { build: "", account: "", browser: "" };
    engine.tell();
    await settle();
    await until(() => by("change-tested") !== null);
    press("p");
    await settle();
    const field = by("tested-build") as HTMLInputElement;
    expect(engine.taken).toEqual([]);
    field.focus();
    type("1.4.0+1");
    by("tested-save")?.click();
    await settle();
    await writesDone();
    await settle();
    expect(kinds()).toEqual(["run.set_tested", "run.set_result"]);
    expect(told(0)?.history[0]?.what).toMatchObject({ outcome: "pass", tested: { build: "1.4.0+1" } });
    press("p");
    await writesDone();
    expect(kinds()).toHaveLength(3);
  });

  it("may be left open, and is not asked again", async () => {
    await open(3);
    engine.tested = { build: "", account: "", browser: "" };
    engine.tell();
    await settle();
    press("b");
    await settle();
    by("tested-without")?.click();
    await settle();
    press("j");
    press("b");
    await writesDone();
    expect(kinds()).toEqual(["run.set_result", "run.set_result"]);
  });
});

it("brings back no words that were redacted while a note was written, and keeps it as it was typed", async () => {
  await open(3);
  engine.other({ kind: "run.note", args: { item: id(0), text: "Ana is ill" } });
  await until(() => told(0)?.note === "Ana is ill");
  await settle();
  const note = by("note") as HTMLTextAreaElement;
  press("m");
  type("Ana is ill, still");
  engine.redact(id(0));
  await settle();
  press("Escape");
  await writesDone();
  await settle();
  expect([kinds().length, note.value, by("item-fault")?.textContent]).toEqual([1, "Ana is ill, still", expect.stringContaining("redacted")]);
  // To look at it again sends nothing; what is written now is by someone who knows.
  press("m");
  press("Escape");
  await writesDone();
  expect(kinds()).toHaveLength(1);
  press("m");
  type("Slow");
  press("Escape");
  await writesDone();
  expect([told(0)?.note, told(0)?.history.length]).toEqual(["Slow", 2]);
});

it("takes in what a colleague does without moving anything under the hand", async () => {
  await open(60);
  for (let n = 0; n < 3; n++) press("j");
  press("m");
  const note = document.activeElement as HTMLTextAreaElement;
  note.value = "half a sen";
  note.dispatchEvent(new Event("input", { bubbles: true }));
  const before = [...document.querySelectorAll<HTMLElement>('[data-testid^="item-"][data-status]')].map(({ dataset }) => dataset.testid);
  for (const n of [1, 3, 5]) engine.other({ kind: "run.set_result", args: { item: id(n), outcome: "fail", reason: "", knew: [] } });
  engine.other({ kind: "run.note", args: { item: id(3), text: "seen too" } });
  await until(() => row(id(5))?.dataset.status === "fail");
  expect(at()).toBe(id(3));
  expect(document.activeElement).toBe(note);
  expect(note.value).toBe("half a sen");
  expect([...document.querySelectorAll<HTMLElement>('[data-testid^="item-"][data-status]')].map(({ dataset }) => dataset.testid)).toEqual(before);
  press("Escape");
  await writesDone();
  expect(told(3)?.note).toBe("half a sen");
  // Both notes are in the history: nothing of anyone's is gone.
  expect(told(3)?.history.map(({ what }) => (what.type === "note" ? what.text : what.type))).toEqual(["half a sen", "seen too", "result"]);
});
