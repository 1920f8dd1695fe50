/** What begins first: to listen for changes and to read what the first look shows. */
import { readAhead } from "./ipc/call.ts";
import { boot, home } from "./ipc/client.ts";
import { listenForChanges } from "./ipc/events.ts";
import { listenForClosing } from "./lib/closing.ts";

/** The window that carries a version to Partner Project says which: `?carry=PROJECT/VERSION`. */
const [project, version] = new URLSearchParams(location.search).get("carry")?.split("/") ?? [];
export const carries = project !== undefined && version !== undefined ? { project, version } : undefined;

listenForChanges();
if (!carries) {
  listenForClosing();
  readAhead("boot", boot());
  readAhead("home", home());
}
