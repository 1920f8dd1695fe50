/** The version screen in the whole window, over a version that takes and refuses as the shell does. */
import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeEach, vi } from "vitest";
import App from "../src/App.svelte";
import "./whole.ts";
import "../src/frame/rest.ts";
import { listenForChanges } from "../src/ipc/events.ts";
import { setTransport } from "../src/ipc/transport.ts";
import type { Body, FieldKey, Part } from "../src/ipc/types.ts";
import { router } from "../src/lib/router.svelte.ts";
import { session } from "../src/lib/session.svelte.ts";
import { WAIT_MS } from "../src/screens/version/draft.svelte.ts";
import { PROJECT, VERSION, VersionEngine } from "./version_engine.ts";

export let engine: VersionEngine;
let app: Record<string, unknown>;

/** Lets answers arrive and the screen follow; the clock does not go on by itself. */
export const settle = async () => {
  for (let i = 0; i < 4; i++) {
    await vi.advanceTimersByTimeAsync(1);
    flushSync();
  }
};
/** A moment after the last key. */
export const pause = async () => {
  await vi.advanceTimersByTimeAsync(WAIT_MS);
  await settle();
};
export const all = (testid: string) => [...document.querySelectorAll<HTMLElement>(`[data-testid="${testid}"]`)];
export const by = (testid: string): HTMLElement => {
  const [found] = all(testid);
  if (!found) throw new Error(`there is no ${testid}`);
  return found;
};
export const input = (testid: string) => by(testid) as HTMLInputElement;
export const type = (testid: string, value: string) => {
  input(testid).focus();
  input(testid).value = value;
  input(testid).dispatchEvent(new Event("input", { bubbles: true }));
  flushSync();
};
export const click = async (testid: string) => {
  by(testid).click();
  await settle();
};
export const press = async (key: string, init: KeyboardEventInit = {}) => {
  (document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...init }));
  await settle();
};
export const sets = () => engine.taken.filter((body): body is Extract<Body, { kind: "version.set_field" }> => body.kind === "version.set_field").map(({ args }) => args);
export const last = () => sets().at(-1);
export const value = (key: FieldKey) => engine.information[key];

export const show = async (part: Part, set: Partial<VersionEngine> = {}) => {
  Object.assign(engine, set);
  setTransport(engine);
  listenForChanges();
  // A workspace that opens begins at its home.
  app = mount(App, { target: document.body });
  await settle();
  void router.go({ name: "version", project: PROJECT, version: VERSION, part });
  await settle();
};
export const away = async () => {
  const gone = router.go({ name: "home" });
  await settle();
  await gone;
  await settle();
};
export const back = async () => {
  void router.back();
  await settle();
};

/** A new version before each test, and nothing of it left behind. */
export function useVersion(): void {
  beforeEach(() => {
    vi.useFakeTimers();
    engine = new VersionEngine();
  });
  afterEach(async () => {
    engine.wait = () => Promise.resolve();
    await unmount(app);
    await settle();
    await router.reset();
    session.boot = undefined;
    document.body.replaceChildren();
    vi.useRealTimers();
  });
}
