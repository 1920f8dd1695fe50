/** Begins to listen and to read while the window's own code is still on its way. */
import "./styles/index.css";
import { readAhead } from "./ipc/call.ts";
import { boot, home } from "./ipc/client.ts";
import { listenForChanges } from "./ipc/events.ts";
import { listenForClosing } from "./lib/closing.ts";
import { keepDropsOut } from "./lib/drop.ts";

const target = document.getElementById("app");
if (!target) throw new Error("index.html has no #app");

/** The window that carries a version to Partner Project says which: `?carry=PROJECT/VERSION`. */
const [project, version] = new URLSearchParams(location.search).get("carry")?.split("/") ?? [];
const carries = project !== undefined && version !== undefined ? { project, version } : undefined;

keepDropsOut();
const listening = listenForChanges().then(() => {
  if (carries) return;
  readAhead("boot", boot());
  readAhead("home", home());
});
const [{ show }] = await Promise.all([import("./window.ts"), listening, carries || listenForClosing()]);
await show(target, carries);
