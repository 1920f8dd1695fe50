import { mount } from "svelte";
import "./styles/index.css";
import App from "./App.svelte";
import { listenForChanges } from "./ipc/events.ts";
import { listenForClosing } from "./lib/closing.ts";
import { start } from "./lib/start.ts";
import { setLocale } from "./texts/index.ts";

const target = document.getElementById("app");
if (!target) throw new Error("index.html has no #app");

await Promise.all([setLocale(start.locale ?? "en"), listenForChanges(), listenForClosing()]);
mount(App, { target });
