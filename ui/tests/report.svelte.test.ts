/** The reports of a run say what the run holds, in every form, and text of people stays text. */
import { beforeEach, expect, it, vi } from "vitest";
import { setTransport } from "../src/ipc/transport.ts";
import type { Boot } from "../src/ipc/types.ts";
import { session } from "../src/lib/session.svelte.ts";
import { clearPaper } from "../src/reports/page.ts";
import styles from "../src/reports/report.css?raw";
import { reportOf } from "../src/screens/run/report.ts";
import { ME, OTHER, RUN, RunEngine } from "./run_engine.ts";

let engine: RunEngine;
let saved: { name: string; text: string }[];

const result = (item: string, outcome: "pass" | "fail" | "not_applicable", knew: string[] = [], reason = "") =>
  ({ kind: "run.set_result", args: { item, outcome, reason, knew } }) as const;

beforeEach(() => {
  session.boot = { phase: { phase: "open", me: { id: ME.id, name: ME.name, roles: [] }, members: [{ id: ME.id, name: ME.name, roles: [] }] }, settings: {} } as unknown as Boot;
  engine = new RunEngine(6);
  saved = [];
  const call = engine.call.bind(engine);
  engine.call = async (made) => {
    if (made.name !== "save_file") return call(made);
    const { name, content } = made.args as { name: string; content: { text: string } };
    saved.push({ name, text: content.text });
    return { path: `/downloads/${name}` };
  };
  setTransport(engine);
  engine.take(result("TE-0001", "pass"), ME);
  engine.take(result("TE-0002", "pass"), ME);
  engine.take(result("TE-0002", "fail"), OTHER);
  engine.take(result("TE-0003", "not_applicable", [], '=HYPERLINK("x") <b>no screen</b>'), ME);
  engine.take({ kind: "run.note", args: { item: "TE-0003", text: "<script>alert(1)</script> --> <!-- kept" } }, OTHER);
  engine.take(result("TE-0004", "fail"), ME);
  engine.take({ kind: "run.fixed", args: { item: "TE-0004", build: "1.3.0+413" } }, ME);
  engine.take({ kind: "run.assign", args: { items: ["TE-0005"], to: ME.id } }, ME);
});

const made = async (form: Parameters<typeof reportOf>[1]) => {
  await reportOf(RUN, form);
  const file = saved.at(-1);
  if (!file) throw new Error("nothing was saved");
  return file;
};

it("stands alone as HTML: no script, nothing fetched, every text escaped", async () => {
  const { name, text } = await made("html");
  expect(name).toMatch(/^Call Notes 1\.3\.0 QA checklist \d{4}-\d{2}-\d{2}\.html$/);
  const page = new DOMParser().parseFromString(text, "text/html");
  expect(page.querySelectorAll("script, link, img, iframe, [src], [onclick]")).toHaveLength(0);
  expect(text).not.toMatch(/url\(|@import|@font-face/);
  expect(text).toMatch(/--ok-fill:.*\.report h1/s);
  const said = page.body.textContent ?? "";
  for (const words of [
    "Call Notes 1.3.0",
    "Derived, not official",
    "2 of 6 done",
    "1.3.0+412, Sample Apps, US, Chromium 131",
    "QA 1: Pass",
    "QA 2: Fail",
    '=HYPERLINK("x") <b>no screen</b>',
    "<script>alert(1)</script> --> <!-- kept",
    "fixed in 1.3.0+413",
    "Assigned to QA 1",
    "not signed",
  ])
    expect(said).toContain(words);
  expect(said).not.toContain("QA 1: Fail");
});

it("adds the history only where it was asked for", async () => {
  expect((await made("html_history")).text).toContain("QA 1: Fail");
});

it("is a table for spreadsheets, with what stands side by side in one cell", async () => {
  const { text } = await made("csv");
  const lines = text.slice(1).trimEnd().split("\r\n");
  expect(lines).toHaveLength(7);
  expect(lines[1]).toMatch(/^"Section 1","TE-0001",.*"yes","Pass","","","QA 1","1970-.*","1\.3\.0\+412","Sample Apps, US","Chromium 131","","",""$/);
  expect(lines[2]).toContain('"Disputed","QA 1: Pass\nQA 2: Fail"');
  expect(lines[3]).toContain('"Not applicable","\'=HYPERLINK(""x"") <b>no screen</b>"');
  expect(lines[4]).toContain('"Retest","fixed in 1.3.0+413"');
  expect(lines[5]).toContain('"Untested"');
});

it("is data of the shape that the documentation names", async () => {
  const data = JSON.parse((await made("json")).text) as Record<string, unknown>;
  expect(Object.keys(data).sort()).toEqual(
    ["app_version", "counts", "done", "format", "list", "made_at", "project", "sections", "signed", "started", "tested", "total", "version"],
  );
  expect(data).toMatchObject({
    format: "partner-console/checklist-run",
    version: 1,
    total: 6,
    done: 2,
    counts: { pass: 1, not_applicable: 1, disputed: 1, retest: 1, untested: 2, fail: 0, blocked: 0 },
    sections: [{ items: [{ id: "TE-0001", status: "pass", standing: [{ type: "result", outcome: "pass", by: "QA 1" }] }, { standing: [{}, {}] }, {}, { history: [{ type: "result" }, { type: "fixed", build: "1.3.0+413" }] }, {}, {}] }],
  });
});

it("prints the page that the file shows, and leaves nothing behind", async () => {
  const paper = () => document.querySelector("body > .report");
  const seen: (string | undefined)[] = [];
  const print = vi.fn(() => seen.push(paper()?.textContent ?? undefined));
  vi.stubGlobal("print", print);
  await reportOf(RUN, "print");
  await reportOf(RUN, "print");
  expect(print).toHaveBeenCalledTimes(2);
  expect(seen[1]).toContain("2 of 6 done");
  expect(document.querySelectorAll("body > .report")).toHaveLength(1);
  expect(paper()?.getAttribute("data-theme")).toBe("light");
  clearPaper();
  expect(paper()).toBeNull();
  vi.unstubAllGlobals();
});

/** Its styles are in the window as well: a rule that is not bound to the report hides a field somewhere else. */
it("styles nothing but reports", () => {
  const rules = styles.replace(/\/\*[^]*?\*\//g, "").replace(/@[^{]*\{/g, "").matchAll(/([^{}]+)\{/g);
  const loose = [...rules].flatMap(([, selectors = ""]) => selectors.split(",")).map((each) => each.trim()).filter((each) => each && !each.includes(".report"));
  expect(loose).toEqual([]);
});
