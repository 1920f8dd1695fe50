/** Settings: what a person sets is sent at once; the port says what is wrong beside the field. */
import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { listenForChanges } from "../src/ipc/events.ts";
import { setTransport, type Call } from "../src/ipc/transport.ts";
import type { Boot, CopiesView, StorageView, VaultView } from "../src/ipc/types.ts";
import { confirmation } from "../src/lib/confirm.svelte.ts";
import { session } from "../src/lib/session.svelte.ts";
import { toasts } from "../src/lib/toasts.svelte.ts";
import SettingsScreen from "../src/screens/settings/Settings.svelte";

const boot: Boot = {
  phase: { phase: "first_start" },
  settings: { theme: "light", language: "en", advance: true, show_keys: true, zoom: 100, pinned: null, pins: [], notify: false, lock_after: 0, installations_by: "deadline", installations_in: "none" },
  app_version: "0.1.0",
  data_folder: "/data",
  port: { port: "manual" },
  fields: [],
};

const stored: StorageView = {
  data_folder: "/data",
  log_folder: "/data/logs",
  usage: [
    { kind: "work", bytes: 3_400_000 },
    { kind: "spare", bytes: 1_200_000 },
  ],
  backups: [],
  backed_up: null,
};

const copies: CopiesView = { folder: null, last: null, failed: null, copies: [] };

const empty: VaultView = { state: "empty", slots: [], has_keychain: true, shortest: 10, secrets: [] };

let sent: Call[];
let answers: Record<string, () => unknown>;
let screen: Record<string, unknown>;

const settle = async () => {
  for (let i = 0; i < 4; i++) {
    await new Promise((done) => setTimeout(done));
    flushSync();
  }
};
const find = (testid: string) => document.querySelector<HTMLElement>(`[data-testid="${testid}"]`);
const get = (testid: string): HTMLElement => {
  const found = find(testid);
  if (!found) throw new Error(`there is no ${testid}`);
  return found;
};
const click = async (element: HTMLElement | null) => {
  element?.click();
  await settle();
};
const type = async (testid: string, text: string) => {
  const input = get(testid) as HTMLInputElement;
  input.value = text;
  input.dispatchEvent(new Event("input", { bubbles: true }));
  await settle();
};
const writes = () => sent.filter(({ n }) => n !== undefined).map(({ name, args }) => [name, args]);
const choose = (testid: string, value: string) => click(get(testid).querySelector<HTMLElement>(`[data-value="${value}"]`));

beforeEach(async () => {
  sent = [];
  answers = { storage: () => stored, copies: () => copies, vault: () => empty, set_settings: () => ({}), set_port: () => ({}) };
  setTransport({
    call: async (call) => {
      sent.push(call);
      return await answers[call.name]?.();
    },
    closing: () => () => undefined,
    listen: () => () => undefined,
  });
  listenForChanges();
  await session.take(boot);
  screen = mount(SettingsScreen, { target: document.body, props: { route: { name: "settings" } } });
  await settle();
});

afterEach(async () => {
  await unmount(screen);
  document.body.replaceChildren();
});

it("sends a setting with all the others as they are", async () => {
  await choose("settings-theme", "dark");
  await click(get("settings-keys"));
  expect(writes()).toEqual([
    ["set_settings", { settings: { ...boot.settings, theme: "dark" } }],
    ["set_settings", { settings: { ...boot.settings, theme: "dark", show_keys: false } }],
  ]);
  expect(get("data-folder").textContent).toBe("/data");
});

describe("the daily copy", () => {
  it("goes to a folder that is typed, and says at the field what is wrong with one", async () => {
    answers["set_copies"] = () => {
      throw { code: "invalid", params: {}, place: { input: "folder" } };
    };
    await type("copy-folder", "copies");
    await click(get("save-copy-folder"));
    expect(get("error-folder").textContent).toContain("whole path");
    answers["set_copies"] = () => ({});
    answers["copy_now"] = () => ({});
    await type("copy-folder", "/media/copies");
    await click(get("save-copy-folder"));
    expect(writes().at(-1)).toEqual(["set_copies", { folder: "/media/copies" }]);
    await settle();
    expect(sent.map(({ name }) => name), "the first copy at once").toContain("copy_now");
  });
});

describe("storage", () => {
  it("says what is kept, and removes what was set aside only when asked twice", async () => {
    expect(get("storage-sum").textContent).toBe("4.6 MB");
    answers.clean_up = () => ({ bytes: 1_200_000 });
    await click(get("clean-up"));
    expect(writes(), "a question first").toEqual([]);
    confirmation.reply(true);
    await settle();
    expect(writes()).toEqual([["clean_up", {}]]);
    expect(toasts.shown.at(-1)?.text).toBe("1.2 MB removed");
  });

  it("opens folders where they are", async () => {
    answers.open_folder = () => ({});
    await click(get("open-folder-logs"));
    expect(writes()).toEqual([["open_folder", { folder: "logs" }]]);
  });
});

describe("the port", () => {
  it("is not sent without an address, which would mean by hand", async () => {
    await choose("settings-port", "http");
    await click(get("port-save"));
    expect(get("error-url").textContent).toContain("Use an https address");
    expect(writes()).toEqual([]);
  });

  it("says what is wrong beside its field, keeps what was typed, and takes what is right", async () => {
    await choose("settings-port", "http");
    await type("port-url", "https://partner-project.example");
    answers.set_port = () => {
      throw { code: "invalid", params: {}, place: { input: "token" } };
    };
    await click(get("port-save"));
    expect(get("error-token").textContent).toContain("Enter the token");
    expect((get("port-url") as HTMLInputElement).value).toBe("https://partner-project.example");
    answers.set_port = () => ({});
    await type("port-token", "secret");
    await click(get("port-save"));
    expect(writes().at(-1)).toEqual(["set_port", { url: "https://partner-project.example", token: "secret" }]);
  });

  it("goes back to by hand at once", async () => {
    await session.take({ ...boot, port: { port: "http", url: "https://partner-project.example" } });
    await settle();
    expect((get("port-url") as HTMLInputElement).value).toBe("https://partner-project.example");
    await choose("settings-port", "manual");
    expect(writes()).toEqual([["set_port", { url: "", token: "" }]]);
  });
});
