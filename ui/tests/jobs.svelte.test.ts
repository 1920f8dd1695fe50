/** What takes its time stands in the status bar, and can be stopped. */
import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeEach, expect, it } from "vitest";
import { listenForChanges } from "../src/ipc/events.ts";
import { setTransport, type Call } from "../src/ipc/transport.ts";
import type { JobView } from "../src/ipc/types.ts";
import Jobs from "../src/views/Jobs.svelte";

let running: JobView[];
let sent: Call[];
let tell: (tags: readonly string[]) => void;
let bar: Record<string, unknown>;

const settle = async () => {
  await new Promise((done) => setTimeout(done));
  flushSync();
};
const find = (testid: string) => document.querySelector<HTMLElement>(`[data-testid="${testid}"]`);

beforeEach(async () => {
  running = [];
  sent = [];
  setTransport({
    call: (call) => {
      sent.push(call);
      return Promise.resolve(call.name === "jobs" ? running : {});
    },
    listen: (heard) => {
      tell = heard;
      return () => undefined;
    },
    closing: () => () => undefined,
  });
  listenForChanges();
  bar = mount(Jobs, { target: document.body });
  await settle();
});
afterEach(() => unmount(bar));

it("asks for nothing before there is something, shows how far it is, and goes with it", async () => {
  expect(sent).toEqual([]);
  running = [{ id: 3, kind: "back_up", done: 1, of: 4 }];
  tell(["jobs"]);
  await settle();
  expect(find("job")?.textContent).toContain("Backing up");
  expect(find("job")?.querySelector('[role="img"]')?.getAttribute("aria-label")).toContain("25");
  running = [];
  tell(["jobs"]);
  await settle();
  expect(find("job")).toBeNull();
});

it("is stopped past everything that waits to be written", async () => {
  running = [{ id: 3, kind: "back_up", done: 0, of: 0 }];
  tell(["jobs"]);
  await settle();
  find("job-stop")?.click();
  await settle();
  expect(sent.at(-1)).toEqual({ name: "stop_job", args: { id: 3 } });
});
