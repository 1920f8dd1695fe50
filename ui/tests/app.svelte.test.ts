/** The window as a whole over a transport of the test's own: what it shows first, and how one gets about in it. */
import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import App from "../src/App.svelte";
import { later } from "../src/frame/later.svelte.ts";
import "./whole.ts";
import { listenForChanges } from "../src/ipc/events.ts";
import { setTransport, type Call } from "../src/ipc/transport.ts";
import type { Boot, Phase } from "../src/ipc/types.ts";
import { announce } from "../src/lib/announce.svelte.ts";
import { router } from "../src/lib/router.svelte.ts";
import { session } from "../src/lib/session.svelte.ts";
import { toast, toasts } from "../src/lib/toasts.svelte.ts";

const settings: Boot["settings"] = { theme: "dark", language: "en", advance: true, show_keys: true, zoom: 100, pinned: null, pins: [], notify: false, lock_after: 0, installations_by: "deadline", installations_in: "none" };
const me = { id: "018f0000-0000-7000-8000-000000000001", name: "Partner manager", roles: [], absence: null, left: false };
const open: Phase = {
  phase: "open",
  workspace: "018f0000-0000-7000-8000-000000000002",
  name: "Sample Apps",
  sample: true,
  me,
  members: [me],
  sync: { state: "idle", embedded: true, since: null, until: null, sent: 0, queued: 0 },
  needs: 6,
  reviews: 3,
  conflicts: 0,
};

let phase: Phase;
let sent: Call[];
let answers: Record<string, (args: never) => unknown>;
let tell: (tags: readonly string[]) => void;
let app: Record<string, unknown>;

const settle = async () => {
  for (let i = 0; i < 3; i++) {
    await new Promise((done) => setTimeout(done));
    flushSync();
  }
};
const by = (testid: string) => document.querySelector<HTMLElement>(`[data-testid="${testid}"]`);
const press = async (key: string, init: KeyboardEventInit = {}) => {
  (document.activeElement ?? document.body).dispatchEvent(
    new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...init }),
  );
  await settle();
};
const type = (testid: string, value: string) => {
  const input = by(testid) as HTMLInputElement;
  input.value = value;
  input.dispatchEvent(new Event("input", { bubbles: true }));
};

beforeEach(async () => {
  sent = [];
  answers = {
    boot: () => ({ phase, settings, app_version: "0.1.0", data_folder: "/data", port: { port: "manual" }, fields: [] }) satisfies Boot,
    search: () => [],
  };
  setTransport({
    call: async (call) => {
      sent.push(call);
      const answer = answers[call.name];
      if (!answer) throw { code: "not_found", params: {} };
      return answer(call.args as never);
    },
    closing: () => () => undefined,
    listen: (heard) => {
      tell = heard;
      return () => undefined;
    },
  });
  listenForChanges();
});

afterEach(async () => {
  await unmount(app);
  session.boot = undefined;
  toasts.shown = [];
  document.body.replaceChildren();
});

const show = async (first: Phase) => {
  phase = first;
  app = mount(App, { target: document.body });
  await settle();
};

it("reads what opens over the screens at the first sign of a hand, and not for a pointer that lies still", async () => {
  await show(open);
  const read = vi.spyOn(later, "read");
  window.dispatchEvent(new PointerEvent("pointermove", { movementX: 0, movementY: 0 }));
  expect(read).not.toHaveBeenCalled();
  window.dispatchEvent(new PointerEvent("pointermove", { movementX: 1, movementY: 0 }));
  window.dispatchEvent(new KeyboardEvent("keydown", { key: "Shift" }));
  expect(read).toHaveBeenCalledOnce();
});

it("holds keys that are pressed on the way to a screen until the screen is there, in their order", async () => {
  await show(open);
  const heard: string[] = [];
  const hear = ({ key }: KeyboardEvent) => heard.push(`${key} at ${router.route.name}`);
  document.addEventListener("keydown", hear);
  let come: () => void = () => undefined;
  vi.spyOn(later, "coming").mockReturnValueOnce(new Promise((done) => (come = done)));
  void router.go({ name: "settings" });
  await settle();
  await press("Enter");
  await press("p");
  expect(heard).toEqual([]);
  come();
  await settle();
  expect(heard).toEqual(["Enter at settings", "p at settings"]);
  await press("p");
  expect(heard).toHaveLength(3);
  document.removeEventListener("keydown", hear);
  await router.reset();
});

describe("the first start", () => {
  it("begins a workspace with two names, and shows what is wrong at its field", async () => {
    await show({ phase: "first_start" });
    await press("1");
    type("start-workspace", "Sample Apps");
    answers.start_here = () => {
      throw { code: "refused", params: {}, refusal: { code: "empty", rule: "ours", params: {}, places: [{ input: "member" }] } };
    };
    by("start-submit")?.click();
    await settle();
    const name = by("start-name");
    expect(name?.getAttribute("aria-invalid")).toBe("true");
    expect(document.getElementById(name?.getAttribute("aria-describedby") ?? "")?.textContent).toContain("Fill this in.");
    expect(by("start-workspace")?.getAttribute("aria-invalid")).toBeNull();
    expect((by("start-workspace") as HTMLInputElement).value).toBe("Sample Apps");

    type("start-name", "Partner manager");
    answers.start_here = () => {
      phase = open;
      return {};
    };
    by("start-submit")?.click();
    await settle();
    expect(sent.findLast(({ name }) => name === "start_here")?.args).toEqual({ workspace: "Sample Apps", name: "Partner manager" });
    expect(document.querySelector(".sidebar")?.textContent).toContain("Sample Apps");
  });
});

describe("a workspace", () => {
  it("shows whose it is, where the work is kept, and that its data is a sample", async () => {
    await show(open);
    expect(document.documentElement.dataset.theme).toBe("dark");
    expect(by("sync-state")?.textContent).toContain("Saved on this computer");
    expect(by("sample-banner")).not.toBeNull();
    expect(by("nav-home")?.textContent).toContain("6");
    expect(document.querySelector(".statusbar")?.textContent).toContain("all keys");
  });

  it("follows a change", async () => {
    await show(open);
    phase = { ...open, needs: 7, sample: false };
    tell(["projects"]);
    await settle();
    expect(by("nav-home")?.textContent).toContain("7");
    expect(by("sample-banner")).toBeNull();
  });

  it("says at once what was not taken, and leads to it; what waited before is not said again", async () => {
    await show({ ...open, conflicts: 1 });
    expect(by("toast")).toBeNull();
    phase = { ...open, conflicts: 3 };
    tell(["outbox"]);
    await settle();
    expect(by("toast")?.textContent).toContain("2 changes were not taken");
    by("toast")?.querySelector<HTMLElement>("button")?.click();
    await settle();
    expect(document.querySelector("[data-screen]")?.getAttribute("data-screen")).toBe("conflicts");
  });

  it("is as large as a person has it, and every press counts though they are quick", async () => {
    answers.set_settings = () => ({});
    await show(open);
    await Promise.all([press("+", { ctrlKey: true }), press("+", { ctrlKey: true })]);
    await press("0", { ctrlKey: true });
    const zooms = sent.filter(({ name }) => name === "set_settings").map(({ args }) => (args as { settings: Boot["settings"] }).settings.zoom);
    expect(zooms).toEqual([110, 125, 100]);
  });

  it("opens the palette on Ctrl K, finds, and gives the focus back on Escape", async () => {
    await show(open);
    const asked: unknown[] = [];
    answers.search = (args) => {
      asked.push(args);
      return [{ target: { kind: "project", project: "p" }, title: [{ text: "Call", hit: true }, { text: " Notes", hit: false }], snippet: [] }];
    };
    await press("k", { ctrlKey: true });
    expect(document.activeElement?.getAttribute("data-testid")).toBe("palette-input");
    type("palette-input", "call");
    await settle();
    expect(asked).toEqual([{ text: "call", limit: 12 }]);
    const row = document.querySelector('[role="option"]');
    expect(row?.textContent).toContain("Call Notes");
    expect(by("palette-input")?.getAttribute("aria-activedescendant")).toBe(row?.id);
    await press("Escape");
    expect(by("palette")).toBeNull();
  });

  it("lists all keys on ?", async () => {
    await show(open);
    await press("?", { shiftKey: true });
    expect(by("key-list")?.textContent).toContain("anything");
  });

  it("leaves sample data with one click, and asks again how to start", async () => {
    await show(open);
    answers.leave_sample = () => {
      phase = { phase: "first_start" };
      tell(["workspace"]);
      return {};
    };
    by("leave-sample")?.click();
    await settle();
    expect(sent.filter(({ name }) => name === "leave_sample")).toHaveLength(1);
    expect(by("start-here")).not.toBeNull();
  });
});

/** What a screen reader says by itself: what stands in a region that was live before it stood there. */
describe("without the focus moving", () => {
  const live = () => [...document.querySelectorAll<HTMLElement>('[aria-live="polite"], [role="status"]')];
  const said = () => live().map(({ textContent }) => textContent?.trim() ?? "").filter(Boolean);

  it("the regions are there before anything is said in them", async () => {
    await show(open);
    const before = live();
    expect(before.length).toBeGreaterThan(2);
    announce("Item TE-01 set to pass");
    toast("Link copied");
    await settle();
    expect(said()).toEqual(expect.arrayContaining(["Item TE-01 set to pass", expect.stringContaining("Link copied")]));
    const speaking = live().filter(({ textContent }) => /TE-01|Link copied/.test(textContent ?? ""));
    expect(speaking.every((region) => before.includes(region))).toBe(true);
  });

  it("the same words twice in a row are said twice, each once", async () => {
    await show(open);
    const spoken: string[] = [];
    const watch = new MutationObserver((changes) => {
      for (const { target } of changes) spoken.push(target.textContent?.trim() ?? "");
    });
    for (const region of document.querySelectorAll('[data-testid="announcer"]')) watch.observe(region, { childList: true, characterData: true, subtree: true });
    for (let n = 0; n < 2; n++) {
      announce("Nothing to undo");
      await settle();
    }
    watch.disconnect();
    expect(spoken.filter(Boolean)).toEqual(["Nothing to undo", "Nothing to undo"]);
    expect(said().filter((text) => text === "Nothing to undo")).toHaveLength(1);
  });

  it("undo says that there is nothing to take back, and the palette how much it found", async () => {
    await show(open);
    await press("z", { ctrlKey: true });
    expect(said()).toContain("Nothing to undo");
    await press("k", { ctrlKey: true });
    type("palette-input", "xyzzy");
    await settle();
    expect(said().join()).toContain("0 results");
  });

  it("going offline is said, with since when and what waits, and is tried again by a person", async () => {
    answers.sync_now = () => ({});
    await show(open);
    expect(by("sync-now")).toBeNull();
    phase = { ...open, sync: { state: "offline", embedded: false, since: Date.now() - 60_000, until: null, sent: 0, queued: 7 } };
    tell(["sync"]);
    await settle();
    expect(said().join()).toMatch(/Offline since \d\d:\d\d · Saved on this computer, 7 changes wait/);
    by("sync-now")?.click();
    await settle();
    expect(sent.some(({ name }) => name === "sync_now")).toBe(true);
    by("show-waiting")?.click();
    await settle();
    expect(document.querySelector("[data-screen]")?.getAttribute("data-screen")).toBe("conflicts");
  });
});

it("how far a long queue is moves with each batch; read out is only that all is sent", async () => {
  const at = (sent: number, queued: number): Phase => ({ ...open, sync: { state: "syncing", embedded: false, since: null, until: null, sent, queued } });
  const shown = () => [by("sync-state")?.textContent.trim(), by("sync-state")?.getAttribute("aria-busy")];
  await show(at(0, 10_000));
  expect(shown()).toEqual(["Saved on this computer, 10,000 changes wait", "false"]);
  for (const sent of [200, 3_200, 9_800]) {
    phase = at(sent, 10_000 - sent);
    tell(["sync"]);
    await settle();
    expect(shown()).toEqual([`Saved on this computer, ${sent.toLocaleString("en")} of 10,000 changes sent`, "true"]);
  }
  phase = at(10_000, 0);
  tell(["sync"]);
  await settle();
  expect(shown()).toEqual(["Saved on this computer and the team service", "false"]);
});

describe("pinned projects", () => {
  it("stand in the sidebar with how they stand, and lead there", async () => {
    const project = { id: "p", name: "Call Notes", slug: "call-notes" };
    answers.pins = () => [{ project, version: { id: "v", number: "1.3.0", status: "draft" } }];
    settings.pins = ["p"];
    await show(open);
    settings.pins = [];
    expect(by("pinned")?.textContent).toContain("Call Notes 1.3.0");
    by("pinned")?.click();
    await settle();
    expect(document.querySelector("[data-screen]")?.getAttribute("data-screen")).toBe("project");
  });
});

describe("recovery", () => {
  it("offers what fits the problem, and restores only after a question", async () => {
    const backups = [{ file: "2026-11-20.sqlite", at: Date.UTC(2026, 10, 20), bytes: 1_200_000 }];
    await show({ phase: "recovery", problem: "service_damaged", params: { detail: "file is not a database" }, backups });
    expect(by("recover-cache")).toBeNull();
    expect(by("recovery")?.textContent).toContain("file is not a database");
    answers.restore_backup = () => {
      phase = open;
      return {};
    };
    document.querySelector<HTMLElement>('[aria-label^="Restore the backup"]')?.click();
    await settle();
    expect(sent.some(({ name }) => name === "restore_backup")).toBe(false);
    by("confirm-yes")?.click();
    await settle();
    expect(sent.find(({ name }) => name === "restore_backup")?.args).toEqual({ file: "2026-11-20.sqlite" });
    expect(by("recovery")).toBeNull();
  });

  it("never offers to open newer data by force", async () => {
    await show({ phase: "recovery", problem: "too_new", params: { found: "9", known: "3" }, backups: [] });
    const offered = [...document.querySelectorAll("button")].map((button) => button.textContent?.trim());
    expect(offered).not.toContain("Save and fill again");
    expect(by("recovery")?.textContent).toContain("version 9");
  });
});

it("says what failed when nothing can be read, and tries again", async () => {
  answers.boot = () => {
    throw { code: "internal", params: {} };
  };
  await show(open);
  expect(by("failure")?.textContent).toContain("What was saved is safe");
  answers.boot = () => ({ phase, settings, app_version: "0.1.0", data_folder: "/data", port: { port: "manual" }, fields: [] });
  by("failure")?.querySelector("button")?.click();
  await settle();
  expect(document.querySelector(".sidebar")).not.toBeNull();
});
