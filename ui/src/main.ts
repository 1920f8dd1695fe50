import { mount } from "svelte";
import "./styles/index.css";
import App from "./App.svelte";
import { listenForChanges } from "./ipc/events.ts";
import { listenForClosing } from "./lib/closing.ts";
import { keepDropsOut } from "./lib/drop.ts";
import { start } from "./lib/start.ts";
import { setLocale } from "./texts/index.ts";

const target = document.getElementById("app");
if (!target) throw new Error("index.html has no #app");

/** The window that carries a version to Partner Project says which: `?carry=PROJECT/VERSION`. */
const [project, version] = new URLSearchParams(location.search).get("carry")?.split("/") ?? [];
const carries = project !== undefined && version !== undefined;

keepDropsOut();
await Promise.all([setLocale(start.locale ?? "system"), listenForChanges(), carries || listenForClosing()]);
if (carries) {
  const { default: Carry } = await import("./carry/Carry.svelte");
  mount(Carry, { target, props: { project, version } });
} else {
  mount(App, { target });
}
