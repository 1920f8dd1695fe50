/** Starting a run and importing a list: what is carried over by itself, and that nothing pasted is lost. */
import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import App from "../src/App.svelte";
import "./whole.ts";
import "../src/frame/rest.ts";
import { listenForChanges } from "../src/ipc/events.ts";
import { setTransport, type Call } from "../src/ipc/transport.ts";
import type { Boot, ChangeArgs, ImportArgs, Imported, ImportPreview, RunHead, TemplateHead } from "../src/ipc/types.ts";
import { router } from "../src/lib/router.svelte.ts";
import { session } from "../src/lib/session.svelte.ts";
import { toasts } from "../src/lib/toasts.svelte.ts";
import type { Route } from "../src/screens/routes.ts";

const qa: TemplateHead = { id: "qa", version: 4, kind: "qa", name: "QA checklist", derived: true, built_in: true, items: 27, draft: false };
const own: TemplateHead = { id: "own", version: 2, kind: "own", name: "Release checks", derived: false, built_in: false, items: 12, draft: false };
const run = (id: string, number: string, changed: number): RunHead => ({
  id,
  project: "p",
  project_name: "Call Notes",
  version: `v${number}`,
  number,
  template: "qa",
  kind: "qa",
  name: "QA checklist",
  tested: { build: "", account: "", browser: "" },
  assigned: {},
  done: 1,
  changed,
  summary: { run: id, kind: "qa", name: "QA checklist", template: "qa", template_version: 3, total: 27, counts: { pass: 1 }, signed: number !== "1.3.0" },
});
const version = (number: string, predecessor: string | null, status: string) => ({ id: `v${number}`, number, predecessor, status, since: 0 });
const boot = {
  phase: {
    phase: "open", workspace: "w", name: "Sample Apps", sample: false, me: { id: "m", name: "QA 1", roles: [] }, members: [],
    sync: { state: "idle", embedded: true, since: null, until: null, sent: 0, queued: 0 }, needs: 0, reviews: 0, conflicts: 0,
  },
  settings: { theme: "light", language: "en", advance: true, show_keys: true, zoom: 100, pinned: null, pins: [], notify: false, lock_after: 0 },
  app_version: "0.1.0", data_folder: "/data", fields: [], port: { port: "manual" },
} as unknown as Boot;

let sent: Call[];
let answers: Record<string, (args: never) => unknown>;
let app: Record<string, unknown>;

const settle = async () => {
  for (let i = 0; i < 5; i++) {
    await new Promise((done) => setTimeout(done));
    flushSync();
  }
};
const by = (testid: string) => document.querySelector<HTMLElement>(`[data-testid="${testid}"]`);
const all = (testid: string) => [...document.querySelectorAll<HTMLElement>(`[data-testid="${testid}"]`)].map((one) => one.textContent?.replace(/\s+/g, " ").trim());
const type = async (testid: string, value: string) => {
  const field = by(testid) as HTMLInputElement;
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  await settle();
};
const click = async (testid: string) => {
  by(testid)?.click();
  await settle();
};
const args = <T>(name: string) => sent.findLast((call) => call.name === name)?.args as T;

async function show(route: Route) {
  app = mount(App, { target: document.body });
  await settle();
  await router.reset(route);
  await settle();
}

beforeEach(async () => {
  sent = [];
  toasts.shown = [];
  answers = {
    boot: () => boot,
    // Last changed first: an older version's run may well have been touched later.
    runs: () => ({ runs: [run("r11", "1.1.0", 9), run("r12b", "1.2.0", 8), run("r12a", "1.2.0", 2)], templates: [qa] }),
    projects: () => ({ total: 1, counts: {}, rows: [{ id: "p", name: "Call Notes" }] }),
    project: () => ({ versions: [version("1.3.0", "1.2.0", "draft"), version("1.2.0", "1.1.0", "published"), version("1.1.0", null, "superseded")] }),
    change: () => ({ command: "c1" }),
  };
  setTransport({
    call: async (call) => {
      sent.push(call);
      const answer = answers[call.name];
      if (!answer) throw { code: "not_found", params: {} };
      return answer(call.args as never);
    },
    closing: () => () => undefined,
    listen: () => () => undefined,
  });
  listenForChanges();
});

afterEach(async () => {
  await unmount(app);
  session.boot = undefined;
  await router.reset();
  document.body.replaceChildren();
});

describe("the list of runs", () => {
  it("says what is tested and who has what is left, and shows one’s own apart", async () => {
    const member = (id: string, name: string) => ({ id, name, roles: [], absence: null, left: false });
    answers.boot = () => ({ ...boot, phase: { ...boot.phase, members: [member("m", "QA 1"), member("n", "Developer")] } });
    const begun = { ...run("r13", "1.3.0", 10), tested: { build: "1.3.0+412", account: "sample-apps, US", browser: "" }, assigned: { m: 2, n: 5 } };
    answers.runs = () => ({ runs: [begun, run("r13b", "1.3.0", 9)], templates: [qa] });
    await show({ name: "checklists" });
    const rows = () => [...document.querySelectorAll("[data-testid=run-row]")];
    expect(rows()).toHaveLength(2);
    expect(rows()[0]?.textContent).toContain("1.3.0+412 sample-apps, US");
    expect(rows()[0]?.querySelector(".people")?.getAttribute("aria-label"), "who has most first").toBe("People Developer, QA 1");
    expect(rows()[1]?.textContent).toContain("no build yet");
    await click("runs-yours");
    expect(rows().map((row) => row.textContent.includes("1.3.0+412"))).toEqual([true]);
  });

  it("lets one take what nobody has of a run, and stays where it is", async () => {
    const item = (id: string, status: string, assignee: string | null) => ({ id, status, assignee });
    answers.runs = () => ({ runs: [run("r13", "1.3.0", 10)], templates: [qa] });
    answers.run = () => ({ sections: [{ items: [item("A", "pass", null), item("B", "fail", null)] }, { items: [item("C", "untested", "n"), item("D", "untested", null)] }] });
    await show({ name: "checklists" });
    await click("run-take");
    expect(args<ChangeArgs>("change")).toEqual({ aggregate: { kind: "run", id: "r13" }, body: { kind: "run.assign", args: { items: ["B", "D"], to: "m" } } });
    expect(router.route.name).toBe("checklists");
    expect(by("toast")?.textContent).toContain("2 items are yours");
  });
});

describe("a new run", () => {
  it("carries over from the newest run of the version before, and says what is tested", async () => {
    await show({ name: "checklists", start: { project: "p", version: "v1.3.0" } });
    expect(by("run-previous")?.textContent).toContain("1.2.0");
    await type("tested-build", "1.3.0+412");
    await click("run-start");
    const { aggregate, body } = args<ChangeArgs>("change");
    expect(body).toEqual({
      kind: "run.start",
      args: { project: "p", version: "v1.3.0", template: "qa", template_version: 4, previous: "r12b", tested: { build: "1.3.0+412", account: "", browser: "" } },
    });
    expect(router.route).toEqual({ name: "run", run: aggregate.id });
  });

  it("keeps what was typed when it is refused, and says why at its field", async () => {
    await show({ name: "checklists", start: { project: "p", version: "v1.3.0" } });
    answers.change = () => {
      throw { code: "refused", params: {}, refusal: { code: "too_long", rule: "ours", params: { max: "200" }, places: [{ input: "build" }] } };
    };
    await type("tested-build", "a very long build");
    await click("run-start");
    const field = by("tested-build") as HTMLInputElement;
    expect([field.value, field.getAttribute("aria-invalid")]).toEqual(["a very long build", "true"]);
    expect(document.getElementById(field.getAttribute("aria-describedby") ?? "")?.textContent).toContain("200 characters");
    expect(router.route.name).toBe("checklists");
  });
});

describe("an import", () => {
  const preview: ImportPreview = {
    header: ["Section", "What", "Note"],
    rows: [["UX", "Installs near real time", ""], ["UX", "", ""]],
    total: 2,
    columns: 3,
    mapping: { section: 0, id: null, text: 1, help: null, required: null, evidence: null },
    whole: null,
  };
  const problems: Imported = { outcome: "problems", problems: [{ row: 3, column: 1, problem: { code: "text_missing" } }, { row: null, column: null, problem: { code: "too_many", max: 5000 } }] };

  it("names every row at fault, loses nothing, and goes through once it is mended", async () => {
    answers.import_preview = () => preview;
    answers.import_template = () => problems;
    await show({ name: "checklists" });
    await click("import-template");
    await type("import-text", "Section\tWhat\tNote\nUX\tInstalls near real time\t\nUX\t\t");
    expect(by("import-column-1")?.textContent).toContain("Text");
    await type("import-name", "Official list");
    await click("import-save");
    expect(args<ImportArgs>("import_template")).toMatchObject({ name: "Official list", kind: "qa", replaces: null, header: null, mapping: preview.mapping });
    expect(all("import-problem")).toEqual(["Row 3 Write what has to be true. The text is empty.", "Whole list Split the list. It may have 5,000 items."]);
    expect((by("import-text") as HTMLTextAreaElement).value).toContain("Installs near real time");
    answers.import_template = (): Imported => ({ outcome: "added", template: "new", version: 1 });
    await type("import-text", "Section\tWhat\tNote\nUX\tInstalls near real time\t");
    expect(by("import-problems")).toBeNull();
    await click("import-save");
    expect([by("import-dialog"), by("toast")?.textContent]).toEqual([null, expect.stringContaining("Official list imported as v1")]);
  });

  it("says where a text is no table", async () => {
    answers.import_preview = () => {
      throw { code: "invalid", params: { reason: "cell_too_long", row: "4", column: "0", max: "10000" }, place: { input: "text" } };
    };
    await show({ name: "checklists" });
    await click("import-template");
    await type("import-text", "a,b");
    expect(by("error-text")?.textContent).toContain("Shorten row 4, column 1. A cell may have 10,000 characters.");
    expect(by("import-save")?.getAttribute("aria-disabled")).toBe("true");
  });

  it("offers a new version only of lists of one’s own", async () => {
    answers.runs = () => ({ runs: [], templates: [qa, own] });
    answers.import_preview = () => preview;
    answers.import_template = (): Imported => ({ outcome: "added", template: "own", version: 3 });
    answers.template = () => ({ template: { ...own, sections: [] }, versions: [{ version: 2, name: own.name, items: 12, saved: null }], draft: null, built_in: false, open_runs: 0 });
    await show({ name: "template", template: "own" });
    await click("template-replace");
    await type("import-text", "x");
    expect(by("import-name")).toBeNull();
    await click("import-save");
    expect(args<ImportArgs>("import_template")).toMatchObject({ name: "Release checks", kind: "own", replaces: "own" });
  });
});
