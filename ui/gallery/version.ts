/** The version screen over a version of its own, under `npm run dev` at /gallery/version.html; never part of the build. */
import { mount } from "svelte";
import "../src/styles/index.css";
import App from "../src/App.svelte";
import { listenForChanges } from "../src/ipc/events.ts";
import { setTransport } from "../src/ipc/transport.ts";
import type { Part, Status } from "../src/ipc/types.ts";
import { clock } from "../src/lib/clock.svelte.ts";
import { router } from "../src/lib/router.svelte.ts";
import { CONTENT, PROJECT, VERSION, VersionEngine } from "../tests/version_engine.ts";

const wanted = new URLSearchParams(location.search);
const at = new Date("2026-11-24T14:32:00").getTime();
clock.freeze(at);

const engine = new VersionEngine(wanted.has("new") ? {} : CONTENT, at);
engine.status = (wanted.get("status") ?? "draft") as Status;
engine.carried = { last: at, differ: ["standalone_url", "scopes", "capabilities"] };
engine.warnings = [
  { code: "to_settle", run: VERSION, name: "QA checklist", count: 4 },
  { code: "untested", run: VERSION, name: "QA checklist", count: 4 },
  { code: "not_carried", run: null, name: "", count: 3 },
];
if (wanted.has("ours")) {
  engine.status = "rejected";
  engine.states = { technical: "approved", marketplace: "rejected" };
  engine.rounds = { technical: 1, marketplace: 1 };
  engine.locks = { technical: "ours" };
}
if (wanted.has("gate")) engine.gate = true;
if (wanted.has("full")) {
  engine.information = { ...engine.information, standalone_url: { type: "text", value: "https://app.sample-apps.example" } };
  engine.information = { ...engine.information, capabilities: { type: "list", value: ["notes"] }, scopes: { type: "scopes", value: [{ scope: "openid", reason: "Sign-in" }] } };
}
const boot = engine.boot();
boot.settings.theme = wanted.get("theme") === "dark" ? "dark" : "light";
if (boot.phase.phase === "open") boot.phase.sample = wanted.has("sample");
engine.boot = () => boot;
setTransport(engine);
await listenForChanges();
const target = document.getElementById("app");
if (!target) throw new Error("version.html has no #app");
mount(App, { target });
// A workspace that opens begins at its home.
while (!document.querySelector("[data-sheet]")) await new Promise((done) => setTimeout(done, 10));
await router.reset({ name: "version", project: PROJECT, version: VERSION, part: (wanted.get("part") ?? "technical") as Part });
Object.assign(globalThis, { engine });

/** Press what the address names, one after the other: ?press=mark-submitted&press=… */
const frame = () => new Promise((done) => setTimeout(done, 100));
await frame();
for (const id of wanted.getAll("press")) {
  document.querySelector<HTMLElement>(`[data-testid="${id}"]`)?.click();
  await frame();
}
for (const typed of wanted.getAll("type")) {
  const [id, text] = typed.split("=");
  const input = document.querySelector<HTMLInputElement>(`[data-testid="${id}"]`);
  if (!input) continue;
  input.focus();
  input.value = text ?? "";
  input.dispatchEvent(new Event("input", { bubbles: true }));
  if (wanted.has("other")) engine.by_other(id?.replace("field-", "") as "slug", { type: "text", value: wanted.get("other") ?? "" });
}
