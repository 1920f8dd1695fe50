/** Undo from anywhere: what was done last goes back first; what cannot go back says so, and hides nothing before it. */
import { beforeEach, expect, it } from "vitest";
import { setTransport, type Call } from "$ipc/transport.ts";
import type { Body, Undo } from "$ipc/types.ts";
import { history } from "./undo.svelte.ts";

const aggregate = { kind: "workspace", id: "w" } as const;
const rename = (name: string): Body => ({ kind: "workspace.rename", args: { name } });
const way = (back: string, forth: string): Undo => ({ back: rename(back), forth: rename(forth) });

let calls: Call[];
let answer: (call: Call) => unknown;

beforeEach(() => {
  calls = [];
  history.clear();
  answer = ({ args }) => {
    const { undo } = args as { undo: Undo };
    return { command: "c", undo: { back: undo.forth, forth: undo.back } };
  };
  setTransport({
    call: (call) => {
      calls.push(call);
      return Promise.resolve().then(() => answer(call));
    },
    listen: () => () => undefined,
    closing: () => () => undefined,
  } as Parameters<typeof setTransport>[0]);
});

const names = () => calls.map(({ args }) => ((args as { undo: Undo }).undo.back as Extract<Body, { kind: "workspace.rename" }>).args.name);

it("goes back step by step, and forth again", async () => {
  history.add({ aggregate, body: rename("B"), undo: way("A", "B") });
  history.add({ aggregate, body: rename("C"), undo: way("B", "C") });
  expect([(await history.undo()).what, (await history.undo()).what, (await history.undo()).what]).toEqual(["done", "done", "nothing"]);
  expect([(await history.redo()).what, (await history.redo()).what, (await history.redo()).what]).toEqual(["done", "done", "nothing"]);
  expect(names()).toEqual(["B", "A", "B", "C"]);
  history.add({ aggregate, body: rename("D"), undo: way("C", "D") });
  await history.undo();
  history.add({ aggregate, body: rename("E"), undo: way("C", "E") });
  expect((await history.redo()).what, "what is done anew ends the way forth").toBe("nothing");
});

it("says what cannot be taken back, and the next press takes back what was before it", async () => {
  history.add({ aggregate, body: rename("B"), undo: way("A", "B") });
  history.add({ aggregate, body: { kind: "template.add", args: { template: {} } }, undo: null });
  const first = await history.undo();
  expect([first.what, calls.length]).toEqual(["cannot", 0]);
  expect((await history.undo()).what).toBe("done");
});

it("does not take back what somebody else changed since", async () => {
  history.add({ aggregate, body: rename("B"), undo: way("A", "B") });
  answer = () => {
    throw { code: "conflict", params: {}, refusal: { code: "changed", rule: "ours", params: {}, places: [] } };
  };
  expect((await history.undo()).what).toBe("changed");
  expect((await history.redo()).what, "nothing was taken back").toBe("nothing");
});

it("presses in a row meet each other’s outcome", async () => {
  for (const [from, to] of [["A", "B"], ["B", "C"], ["C", "D"]] as const) history.add({ aggregate, body: rename(to), undo: way(from, to) });
  const all = await Promise.all([history.undo(), history.undo(), history.undo()]);
  expect(all.map(({ what }) => what)).toEqual(["done", "done", "done"]);
  expect(names()).toEqual(["C", "B", "A"]);
});
