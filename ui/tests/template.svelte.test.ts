/** The editor of a template by keyboard alone: what is typed is kept at once, and saved as the next version by one command. */
import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeEach, expect, it } from "vitest";
import App from "../src/App.svelte";
import { writesDone } from "../src/ipc/call.ts";
import "./whole.ts";
import "../src/frame/rest.ts";
import { listenForChanges } from "../src/ipc/events.ts";
import { setTransport, type Call } from "../src/ipc/transport.ts";
import type { Boot, Imported, Template, TemplateDraft, TemplateView } from "../src/ipc/types.ts";
import { confirmation } from "../src/lib/confirm.svelte.ts";
import { announcements } from "../src/lib/announce.svelte.ts";
import { router } from "../src/lib/router.svelte.ts";
import { session } from "../src/lib/session.svelte.ts";
import { toasts } from "../src/lib/toasts.svelte.ts";
import { newItem } from "../src/views/templates.ts";

const item = (id: string) => ({ ...newItem(id), text: `${id} works` });
const own: Template = {
  id: "own",
  version: 2,
  kind: "own",
  name: "Release checks",
  derived: false,
  sections: [
    { id: "one", name: "First", items: [item("R-1"), item("R-2")] },
    { id: "two", name: "Second", items: [item("R-3")] },
  ],
};
const built: Template = { ...own, id: "qa", name: "QA checklist", derived: true, version: 1 };
const boot = {
  phase: {
    phase: "open", workspace: "w", name: "Sample Apps", sample: false, me: { id: "m", name: "QA 1", roles: [] }, members: [],
    sync: { state: "idle", embedded: true, since: null, until: null, sent: 0, queued: 0 }, needs: 0, reviews: 0, conflicts: 0,
  },
  settings: { theme: "light", language: "en", advance: true, show_keys: true, zoom: 100, pinned: null, pins: [], notify: false, lock_after: 0 },
  app_version: "0.1.0", data_folder: "/data", fields: [], port: { port: "manual" },
} as unknown as Boot;

let sent: Call[];
let drafts: Record<string, TemplateDraft>;
let answers: Record<string, (args: never) => unknown>;
let app: Record<string, unknown>;

const settle = async () => {
  for (let i = 0; i < 5; i++) {
    await new Promise((done) => setTimeout(done));
    flushSync();
  }
};
const by = (testid: string) => document.querySelector<HTMLElement>(`[data-testid="${testid}"]`);
const rows = () => [...document.querySelectorAll<HTMLElement>('[data-testid="template-row"] [data-row]')].map(({ dataset }) => dataset.row);
const at = () => document.querySelector<HTMLElement>('[data-testid="template-row"].cursor [data-row]')?.dataset.row;
const press = async (key: string, init: KeyboardEventInit = {}) => {
  (document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...init }));
  await settle();
};
const type = async (text: string) => {
  const field = document.activeElement as HTMLTextAreaElement;
  expect(["INPUT", "TEXTAREA"]).toContain(field.tagName);
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  await settle();
};
const args = <T>(name: string) => sent.findLast((call) => call.name === name)?.args as T;
const view = (template: Template): TemplateView => ({
  template,
  versions: [{ version: template.version, name: template.name, items: 3, saved: null }],
  draft: drafts[template.id] ?? null,
  built_in: template.id === "qa",
  open_runs: 1,
});

async function show(template: Template, edit = true) {
  app = mount(App, { target: document.body });
  await settle();
  await router.reset({ name: "template", template: template.id, ...(edit ? { edit } : {}) });
  await settle();
}

beforeEach(async () => {
  sent = [];
  drafts = {};
  toasts.shown = [];
  answers = {
    boot: () => boot,
    template: ({ template }: { template: string }) => (template === "own" ? view(own) : template === "qa" ? view(built) : { ...view(own), template: null, versions: [], draft: drafts[template], open_runs: 0 }),
    template_diff: () => ({ name: null, sections: [], items: [], same: 4 }),
    keep_template_draft: (draft: TemplateDraft) => {
      drafts[draft.template.id] = draft;
      return {};
    },
    drop_template_draft: ({ template }: { template: string }) => {
      drafts = Object.fromEntries(Object.entries(drafts).filter(([id]) => id !== template));
      return {};
    },
    save_template: (): Imported => ({ outcome: "added", template: "own", version: 3 }),
    runs: () => ({ runs: [], templates: [] }),
  };
  setTransport({
    call: async (call) => {
      sent.push(call);
      const answer = answers[call.name];
      if (!answer) throw { code: "not_found", params: {} };
      await Promise.resolve();
      return answer(call.args as never);
    },
    listen: () => () => undefined,
    closing: () => () => undefined,
  });
  listenForChanges();
});
afterEach(async () => {
  confirmation.reply(false);
  await unmount(app);
  await writesDone();
  session.boot = undefined;
  await router.reset();
  document.body.replaceChildren();
});

it("adds, writes, moves, removes and saves without a mouse", async () => {
  await show(own);
  expect(rows()).toEqual(["list", "s one", "i R-1", "i R-2", "s two", "i R-3"]);
  expect([at(), document.activeElement?.getAttribute("data-testid")]).toEqual(["i R-1", "template-rows"]);

  await press("n");
  await type("Reload works");
  await press("Escape");
  expect([at(), document.activeElement?.getAttribute("data-testid")]).toEqual(["i R-4", "template-rows"]);
  expect(rows()).toEqual(["list", "s one", "i R-1", "i R-4", "i R-2", "s two", "i R-3"]);

  await press("ArrowDown", { altKey: true });
  await press("ArrowDown", { altKey: true });
  expect(rows()).toEqual(["list", "s one", "i R-1", "i R-2", "s two", "i R-4", "i R-3"]);
  expect(announcements().join("")).toBe("Moved to place 5 of 6");

  await press("k");
  await press("k");
  await press("Delete");
  expect(rows()).toEqual(["list", "s one", "i R-1", "s two", "i R-4", "i R-3"]);
  await press("z", { ctrlKey: true });
  expect(rows()).toContain("i R-2");
  await press("z", { ctrlKey: true, shiftKey: true });
  expect(rows()).not.toContain("i R-2");

  await press("N", { shiftKey: true });
  await type("Third");
  await press("Escape");
  await press("Home");
  await press("Enter");
  await type("Release checks of ours");
  await press("s", { ctrlKey: true });
  expect(by("template-save-dialog")).not.toBeNull();
  (document.activeElement as HTMLElement).click();
  await settle();
  const { template, based_on } = args<TemplateDraft>("save_template");
  expect(based_on).toBe(2);
  expect(template.name).toBe("Release checks of ours");
  expect(template.sections.map(({ name, items }) => [name, items.map(({ id }) => id)])).toEqual([
    ["First", ["R-1"]],
    ["Second", ["R-4", "R-3"]],
    ["Third", []],
  ]);
  expect(template.sections.flatMap(({ items }) => items).find(({ id }) => id === "R-4")).toMatchObject({ text: "Reload works", required: true });
  expect([router.route, toasts.shown.at(-1)?.text]).toEqual([{ name: "template", template: "own" }, "Release checks of ours saved as v3"]);
  expect(sent.findLast(({ name }) => name === "keep_template_draft" || name === "save_template")?.name, "nothing is kept behind it").toBe("save_template");
});

it("keeps what is typed when one leaves, and shows it again", async () => {
  await show(own);
  await press("Enter");
  await type("R-1 works at once");
  await router.reset({ name: "settings" });
  await settle();
  expect(drafts.own?.template.sections[0]?.items[0]?.text).toBe("R-1 works at once");
  await router.reset({ name: "template", template: "own" });
  await settle();
  expect(by("template-has-draft")?.textContent).toContain("is being edited here");
  await press("e");
  expect((by("template-text") as HTMLTextAreaElement).value).toBe("R-1 works at once");
  // Back to what was saved, there is nothing left to keep.
  await press("Enter");
  await type("R-1 works");
  await router.reset({ name: "settings" });
  await settle();
  expect(drafts.own).toBeUndefined();
});

it("copies what is built in, and edits the copy", async () => {
  await show(built, false);
  expect(by("template-derived")).not.toBeNull();
  await press("e");
  const { template, copy_of, based_on } = args<TemplateDraft>("keep_template_draft");
  expect([copy_of, based_on, template.name, template.derived, template.version]).toEqual(["qa", null, "QA checklist, our copy", false, 0]);
  expect(template.id).not.toBe("qa");
  expect(router.route).toEqual({ name: "template", template: template.id, edit: true });
  expect(by("template-draft-of")?.textContent).toBe("Draft, new list");
});

it("leads to what needs mending, and loses nothing of it", async () => {
  answers.save_template = (): Imported => ({ outcome: "problems", problems: [{ row: 3, column: null, problem: { code: "text_missing" } }] });
  await show(own);
  await press("s", { ctrlKey: true });
  (document.activeElement as HTMLElement).click();
  await settle();
  expect([at(), document.activeElement?.getAttribute("data-testid")]).toEqual(["i R-3", "template-text"]);
  expect([by("template-item-error")?.textContent?.trim(), by("template-problems")?.textContent]).toEqual(["Write what has to be true. The text is empty.", expect.stringContaining("1 item needs mending")]);
});

it("says when somebody saved a version meanwhile, and goes behind it when told to", async () => {
  drafts.own = { template: { ...own, name: "Mine" }, based_on: 2, copy_of: null };
  answers.template = () => ({ ...view({ ...own, version: 3 }), versions: [{ version: 3, name: own.name, items: 3, saved: { id: "q", name: "QA 2", me: false, at: 5 } }] });
  await show(own);
  expect(by("template-overtaken")?.textContent).toContain("QA 2 saved v3 after this draft was begun from v2.");
  by("template-follow")?.click();
  await settle();
  expect([by("template-overtaken"), by("template-save")?.textContent]).toEqual([null, expect.stringContaining("Save as v4")]);
});

it("keeps the id of an item that a version has, and gives a new one the id that is asked for", async () => {
  await show(own);
  expect((by("template-id") as HTMLInputElement).readOnly).toBe(true);
  await press("n");
  const id = by("template-id") as HTMLInputElement;
  expect([id.readOnly, id.value]).toEqual([false, "R-4"]);
  id.value = "NEW-1";
  id.dispatchEvent(new Event("change", { bubbles: true }));
  await settle();
  expect(at()).toBe("i NEW-1");
  (by("template-id") as HTMLInputElement).value = "R-3";
  by("template-id")?.dispatchEvent(new Event("change", { bubbles: true }));
  await settle();
  expect(at(), "one that is taken is not taken").toBe("i NEW-1");
});

it("discards a draft only after a question", async () => {
  drafts.own = { template: { ...own, name: "Mine" }, based_on: 2, copy_of: null };
  await show(own);
  by("template-more")?.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
  await settle();
  by("template-discard")?.click();
  await settle();
  expect(drafts.own).toBeDefined();
  confirmation.reply(true);
  await settle();
  expect([drafts.own, by("template-items")?.tagName]).toEqual([undefined, "DIV"]);
});
