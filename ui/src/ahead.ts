/** What begins first: to listen for changes and to read what the first look shows. */
import { readAhead } from "./ipc/call.ts";
import { boot, home } from "./ipc/client.ts";
import { listenForChanges } from "./ipc/events.ts";
import { listenForClosing } from "./lib/closing.ts";

/** The window that carries a version to Partner Project says which: `?carry=PROJECT/VERSION`. */
const [project, version] = new URLSearchParams(location.search).get("carry")?.split("/") ?? [];
export const carries = project !== undefined && version !== undefined ? { project, version } : undefined;

/** Settled once the first answers are there: whether a workspace is open, whose home is the first look. */
async function readFirst(): Promise<boolean> {
  const [booted, found] = await Promise.allSettled([readAhead("boot", boot()), readAhead("home", home())]);
  return booted.status === "fulfilled" && booted.value.phase.phase === "open" && found.status === "fulfilled";
}

listenForChanges();
if (!carries) listenForClosing();
export const ready = carries ? Promise.resolve(false) : readFirst();
