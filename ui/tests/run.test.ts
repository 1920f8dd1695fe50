/**
 * A run under fast hands: nothing lost, nothing turned round, nothing replaced that was not seen.
 * The engine's side is played by the domain's own rules over a transport of random delays.
 */
import { beforeEach, describe, expect, it } from "vitest";
import { writesDone } from "../src/ipc/call.ts";
import { listenForChanges, onChanged } from "../src/ipc/events.ts";
import { setTransport } from "../src/ipc/transport.ts";
import type { Boot, Outcome } from "../src/ipc/types.ts";
import { session } from "../src/lib/session.svelte.ts";
import { Query } from "../src/lib/query.svelte.ts";
import { Run } from "../src/screens/run/run.svelte.ts";
import { ME, RUN, RunEngine } from "./run_engine.ts";

/** The same numbers at every run of the tests. */
function randomly(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const pause = (ms = 0) => new Promise<void>((done) => setTimeout(done, ms));
const steps = async (many: number) => {
  for (let i = 0; i < many; i++) await Promise.resolve();
};
const until = async (holds: () => boolean) => {
  for (let i = 0; i < 2_000 && !holds(); i++) await pause(5);
  expect(holds()).toBe(true);
};

let engine: RunEngine;
let run: Run;
let query: Query<unknown>;
let stop: () => void;

async function open(count: number, wait: RunEngine["wait"] = () => Promise.resolve()) {
  engine = new RunEngine(count);
  engine.wait = wait;
  setTransport(engine);
  listenForChanges();
  run = new Run(RUN);
  query = new Query();
  stop?.();
  stop = onChanged((tags) => query.changed(tags));
  await query.ask(run.ask());
}

const drained = async () => {
  await writesDone();
  await until(() => run.idle);
};
const mine = (kind: string) => engine.taken.filter(({ body }) => body.kind === kind);
const status = (n: number) => run.item(engine.logs[n]?.id ?? "")?.status;
const told = (n: number) => engine.view().sections.flatMap(({ items }) => items)[n]?.status;

beforeEach(() => {
  session.boot = {
    phase: { phase: "open", me: { id: ME.id, name: ME.name, roles: [] }, members: [] },
    settings: { advance: true },
  } as unknown as Boot;
});

describe("fast hands", () => {
  it.each([1, 2, 3])("do anything to 200 items, and what was foretold is what the engine holds (%i)", async (seed) => {
    const random = randomly(seed);
    await open(200, () => (random() < 0.2 ? pause(random() * 3) : steps(random() * 20)));
    const any = <T>(of: readonly T[]) => of[Math.floor(random() * of.length)] as T;
    const outcomes: readonly Outcome[] = ["pass", "fail", "blocked", "not_applicable"];
    let pressed = 0;
    for (let i = 0; i < 600; i++) {
      // Now and then the same item many times in a row, while its earlier writes are still on their way.
      const item = engine.logs[Math.floor(random() * (i % 3 === 0 ? 200 : 5))]?.id ?? "";
      const now = run.item(item);
      const kind = any(["result", "result", "result", "note", "undo", "fixed", "retest", "assign"] as const);
      if (kind === "result") pressed += Number(run.setResult(item, any(outcomes), "a reason"));
      if (kind === "note") pressed += Number(run.note(item, `note ${i}`));
      if (kind === "retest") pressed += Number(run.retest(item));
      if (kind === "assign") pressed += Number(run.assign(item, random() < 0.5 ? ME.id : null));
      if (kind === "fixed" && (now?.status === "fail" || now?.status === "blocked")) pressed += Number(run.fixed(item, `build ${i}`));
      if (kind === "undo") {
        const [back] = run.undo(item);
        pressed += Number(back !== undefined && !run.faults.has(back));
      }
      if (i % 40 === 0) await pause(random() * 5);
    }
    const foretold = engine.logs.map(({ id }) => run.item(id)).map((item) => [item?.status, item?.note, item?.assignee]);
    await drained();
    const held = engine.view().sections.flatMap(({ items }) => items).map(({ status, note, assignee }) => [status, note, assignee]);
    expect(held).toEqual(foretold);
    expect(engine.logs.map(({ id }) => run.item(id)?.history)).toEqual(engine.view().sections.flatMap(({ items }) => items.map(({ history }) => history)));
    expect(engine.taken).toHaveLength(pressed);
    expect(pressed).toBeGreaterThan(400);
    expect([...run.faults.values()].filter(({ error }) => error.refusal?.code !== "fail_needs_fix")).toEqual([]);
    expect(held.some(([status]) => status === "disputed")).toBe(false);
    expect(engine.mostAtOnce).toBe(1);
    expect(engine.counters).toEqual([...engine.counters].sort((a, b) => a - b));
    expect(run.counts).toMatchObject(engine.view().summary.counts);
  }, 30_000);

  it("name the result before, though its id was not known when the key was pressed", async () => {
    await open(1, () => pause(2));
    for (const outcome of ["blocked", "pass", "blocked", "pass"] as const) run.setResult("TE-0001", outcome);
    expect(status(0)).toBe("pass");
    await drained();
    const [first, second, third] = engine.taken;
    const knew = mine("run.set_result").map(({ body }) => body.kind === "run.set_result" && body.args.knew);
    expect(knew).toEqual([[], [first?.id], [second?.id], [third?.id]]);
    expect(told(0)).toBe("pass");
  });

  it("press one item fifty times without slowing down", async () => {
    await open(1, () => pause(1));
    const began = performance.now();
    for (let i = 0; i < 50; i++) run.setResult("TE-0001", i % 2 ? "pass" : "blocked");
    expect(status(0)).toBe("pass");
    expect(performance.now() - began).toBeLessThan(500);
    await drained();
    expect(engine.taken).toHaveLength(50);
    expect(told(0)).toBe("pass");
  });

  it("see what is durable apart from what is not yet", async () => {
    let answer = () => {};
    await open(2);
    engine.wait = () => new Promise((done) => (answer = done));
    run.setResult("TE-0001", "pass");
    expect([status(0), run.saved("TE-0001"), run.saved("TE-0002")]).toEqual(["pass", false, true]);
    await until(() => engine.counters.length === 1);
    engine.wait = () => Promise.resolve();
    answer();
    await until(() => run.saved("TE-0001"));
    expect(told(0)).toBe("pass");
  });
});

describe("someone else", () => {
  it("is never replaced by a key that was pressed before their result was seen", async () => {
    await open(1, () => pause(5));
    run.setResult("TE-0001", "pass");
    engine.take({ kind: "run.set_result", args: { item: "TE-0001", outcome: "fail", reason: "", knew: [] } }, { ...ME, id: "other", me: false });
    await drained();
    expect([told(0), status(0)]).toEqual(["disputed", "disputed"]);
    // One key settles it.
    run.setResult("TE-0001", "pass");
    await drained();
    expect([told(0), status(0)]).toEqual(["pass", "pass"]);
  });

  it("is seen when the hand rests, and counts", async () => {
    await open(3);
    run.setResult("TE-0001", "pass");
    engine.other({ kind: "run.set_result", args: { item: "TE-0002", outcome: "blocked", reason: "", knew: [] } });
    await until(() => status(1) === "blocked");
    expect(run.counts).toMatchObject({ pass: 1, blocked: 1, untested: 1 });
  });
});

describe("a refused write", () => {
  it("rolls back, says why at its item, and lets what follows name what really stands", async () => {
    await open(2, () => pause(2));
    const heard: string[] = [];
    run.onrefused = (item, error) => heard.push(`${item} ${error.refusal?.code}`);
    let first = true;
    engine.refuse = (body) => {
      if (body.kind !== "run.set_result" || !first) return undefined;
      first = false;
      return "forbidden";
    };
    run.setResult("TE-0001", "blocked");
    run.note("TE-0001", "kept");
    run.setResult("TE-0001", "pass");
    run.setResult("TE-0002", "fail");
    expect([status(0), status(1)]).toEqual(["pass", "fail"]);
    await drained();
    expect(heard).toEqual(["TE-0001 forbidden"]);
    expect(run.faults.get("TE-0001")?.error.refusal?.code).toBe("forbidden");
    expect(mine("run.set_result").map(({ body }) => body.kind === "run.set_result" && body.args.knew)).toEqual([[], []]);
    expect([told(0), status(0), run.item("TE-0001")?.note, told(1)]).toEqual(["pass", "pass", "kept", "fail"]);
    run.note("TE-0001", "again");
    expect(run.faults.has("TE-0001")).toBe(false);
    await drained();
  });

  it("takes its undo with it", async () => {
    await open(1, () => pause(2));
    engine.refuse = (body) => (body.kind === "run.set_result" ? "forbidden" : undefined);
    run.setResult("TE-0001", "pass");
    run.undo("TE-0001");
    expect(status(0)).toBe("untested");
    await drained();
    expect([status(0), engine.taken.length, run.faults.get("TE-0001")?.error.refusal?.code]).toEqual(["untested", 0, "forbidden"]);
  });

  it("of an undo leaves the result standing, and the next one knows it", async () => {
    await open(1, () => pause(2));
    engine.refuse = (body) => (body.kind === "run.undo" ? "not_your_last" : undefined);
    run.setResult("TE-0001", "blocked");
    run.undo("TE-0001");
    run.setResult("TE-0001", "pass");
    await drained();
    expect(mine("run.set_result").map(({ body }) => body.kind === "run.set_result" && body.args.knew)).toEqual([[], [engine.taken[0]?.id]]);
    expect(told(0)).toBe("pass");
  });
});

describe("a failed item", () => {
  it("goes fixed in a build, then retest, never straight to pass", async () => {
    await open(1);
    run.setResult("TE-0001", "fail");
    expect(run.setResult("TE-0001", "pass")).toBe(false);
    expect([status(0), run.faults.get("TE-0001")?.error.refusal?.code]).toEqual(["fail", "fail_needs_fix"]);
    run.fixed("TE-0001", "1.3.0+413");
    expect([status(0), run.faults.size]).toEqual(["retest", 0]);
    expect(run.setResult("TE-0001", "pass")).toBe(true);
    await drained();
    expect(engine.taken.map(({ body }) => body.kind)).toEqual(["run.set_result", "run.fixed", "run.set_result"]);
    expect(told(0)).toBe("pass");
  });
});

describe("undo", () => {
  it("takes back one's own actions, the last one first, wherever they were", async () => {
    await open(3, () => pause(1));
    run.setResult("TE-0001", "pass");
    run.note("TE-0002", "a note");
    run.setResult("TE-0003", "fail");
    expect([run.undo("TE-0001"), run.undo("TE-0001"), run.undo("TE-0003")]).toEqual([["TE-0003"], ["TE-0002"], ["TE-0001"]]);
    expect(run.undo("TE-0001")).toEqual([]);
    await drained();
    expect([told(0), told(1), told(2), run.item("TE-0002")?.note]).toEqual(["untested", "untested", "untested", ""]);
    expect(run.undo("TE-0001")).toEqual([]);
  });

  it("does nothing again whose words were redacted since", async () => {
    await open(2);
    run.together(() => {
      run.note("TE-0001", "Ana is ill");
      run.setResult("TE-0002", "not_applicable", "Ana is ill");
    });
    await drained();
    run.undo("TE-0001");
    await drained();
    for (const item of ["TE-0001", "TE-0002"]) engine.redact(item);
    await query.refresh();
    expect(run.redo()).toEqual(["TE-0001", "TE-0002"]);
    await drained();
    expect([...run.faults.values()].map(({ error }) => error.refusal?.code)).toEqual(["redacted_since", "redacted_since"]);
    expect(JSON.stringify(engine.logs)).not.toContain("Ana");
    run.note("TE-0001", "Slow");
    run.setResult("TE-0002", "not_applicable", "No such screen");
    await drained();
    expect([run.item("TE-0001")?.note, told(1)]).toEqual(["Slow", "not_applicable"]);
  });

  it("takes back what was done before the run was opened, but never someone else’s", async () => {
    await open(2);
    engine.take({ kind: "run.set_result", args: { item: "TE-0001", outcome: "pass", reason: "", knew: [] } }, ME);
    engine.take({ kind: "run.set_result", args: { item: "TE-0002", outcome: "pass", reason: "", knew: [] } }, { ...ME, id: "other", me: false });
    await query.refresh();
    expect(run.undo("TE-0002")).toEqual([]);
    expect(run.undo("TE-0001")).toEqual(["TE-0001"]);
    await drained();
    expect([told(0), told(1)]).toEqual(["untested", "pass"]);
  });

  it("says so when someone acted on the item since", async () => {
    await open(1);
    run.setResult("TE-0001", "pass");
    await drained();
    engine.take({ kind: "run.note", args: { item: "TE-0001", text: "theirs" } }, { ...ME, id: "other", me: false });
    await query.refresh();
    run.undo("TE-0001");
    expect(run.faults.get("TE-0001")?.error.refusal?.code).toBe("not_your_last");
    expect(status(0)).toBe("pass");
  });
});
