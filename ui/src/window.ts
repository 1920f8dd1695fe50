/** What is mounted into the page, in the person's language: the console, or the window that carries a version. */
import { mount } from "svelte";
import App from "./App.svelte";
import { start } from "./lib/start.ts";
import { setLocale } from "./texts/index.ts";

export async function show(target: HTMLElement, carries?: { project: string; version: string }): Promise<void> {
  await setLocale(start.locale ?? "system");
  if (carries) {
    const { default: Carry } = await import("./carry/Carry.svelte");
    mount(Carry, { target, props: carries });
  } else {
    mount(App, { target });
  }
}
