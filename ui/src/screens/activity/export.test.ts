/** The activity as a file holds every entry once, however it is read, and runs nothing in a spreadsheet. */
import { afterEach, expect, it, vi } from "vitest";
import { setTransport } from "$ipc/transport.ts";
import type { ActivityArgs, ActivityView } from "$ipc/types.ts";
import { EVERYTHING } from "../../views/activity.ts";
import { A_FILE, activityCsv, exportActivity } from "./export.ts";

const entry = (n: number, name = `W${n}`): ActivityView => ({
  id: `c${n}`,
  number: n,
  by: { id: "m1", name: "Ana", me: false, at: Date.UTC(2026, 10, 24) },
  command: { id: `c${n}`, kind: "workspace.rename", v: 1, aggregate: { kind: "workspace", id: "w" }, made_at: 0, needs: [], args: { name } },
  redacted: null,
  known: true,
  project: null,
  version: null,
});

afterEach(() => vi.restoreAllMocks());

/** An engine with so many entries, on which one more comes after each page. */
function engine(count: number) {
  const saved: { name: string; text: string }[] = [];
  let all = Array.from({ length: count }, (_, i) => entry(count - i));
  setTransport({
    call: ({ name, args }) => {
      if (name === "activity") {
        const { offset, limit } = args as ActivityArgs;
        const rows = all.slice(offset, offset + limit);
        const total = all.length;
        all = [entry(all.length + 1), ...all];
        return Promise.resolve({ rows, total });
      }
      const { name: file, content } = args as { name: string; content: { text: string } };
      saved.push({ name: file, text: content.text });
      return Promise.resolve({ path: `/downloads/${file}` });
    },
    listen: () => () => undefined,
    closing: () => () => undefined,
  });
  return saved;
}

it("holds every entry once, though more come while it is read, and begins another file where one is full", async () => {
  const count = A_FILE + 2_500;
  const saved = engine(count);
  const seen: number[] = [];
  await exportActivity(EVERYTHING, "json", (done) => seen.push(done) > 0);
  expect(saved).toHaveLength(2);
  const ids = saved.flatMap(({ text }) => (JSON.parse(text) as { entries: { command: { id: string } }[] }).entries.map(({ command }) => command.id));
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.filter((id) => Number(id.slice(1)) <= count)).toHaveLength(count);
  expect(seen.length).toBeGreaterThan(20);
});

it("stops where a person stops it, and saves nothing", async () => {
  const saved = engine(5_000);
  await exportActivity(EVERYTHING, "csv", () => false);
  expect(saved).toEqual([]);
});

it("is no formula in a spreadsheet", () => {
  const shown = { ...entry(1), by: { ...entry(1).by, name: "=cmd()" } };
  expect(activityCsv([shown])).toContain(`"'=cmd()"`);
});
