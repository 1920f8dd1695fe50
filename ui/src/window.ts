/** What is mounted into the page, in the person's language: the console, or the window that carries a version. */
import { mount } from "svelte";
import App from "./App.svelte";
import { showWindow } from "./ipc/window.ts";
import { start } from "./lib/start.ts";
import { setLocale } from "./texts/index.ts";

export async function show(target: HTMLElement, ready: Promise<boolean>, carries?: { project: string; version: string }): Promise<void> {
  const [isReady] = await Promise.all([ready, setLocale(start.locale ?? "system")]);
  // To put a window on the screen takes as long as to put home into the page: both begin at once.
  if (isReady) void showWindow();
  if (carries) {
    const { default: Carry } = await import("./carry/Carry.svelte");
    mount(Carry, { target, props: carries });
  } else {
    mount(App, { target });
  }
}
