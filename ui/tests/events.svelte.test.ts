/** An event of the list: where it is kept as it came decides whether it can be sent again, and what is said where not. */
import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeEach, expect, it, test } from "vitest";
import { listenForChanges } from "../src/ipc/events.ts";
import { setTransport, type Call } from "../src/ipc/transport.ts";
import type { ListedView, Original, Received } from "../src/ipc/types.ts";
import Delivery from "../src/screens/events/Delivery.svelte";

const DAY = 24 * 60 * 60 * 1_000;

let sent: Call[];
let days: number | undefined;
let replayed: () => unknown;
let screen: Record<string, unknown>;

const settle = async () => {
  for (let i = 0; i < 6; i++) {
    await new Promise((done) => setTimeout(done));
    flushSync();
  }
};
const find = (testid: string) => document.querySelector<HTMLElement>(`[data-testid="${testid}"]`);
const open = async (original: Original, received: Received = "by_hand", age = 0) => {
  const event = { id: "e1", installation: "i1", account: "Sample", region: "EU", kind: "user.logout", happened_at: 0, taken_at: 0, received, key_id: "k1", body: null };
  const row = { row: "event", event, by: { id: "m1", name: "PM", me: true, at: Date.now() - age * DAY }, original } as unknown as ListedView;
  screen = mount(Delivery, { target: document.body, props: { row, onfetch: () => undefined } });
  await settle();
};

beforeEach(async () => {
  [sent, days] = [[], undefined];
  setTransport({
    call: async (call) => {
      sent.push(call);
      await Promise.resolve();
      if (call.name === "workspace") return { policies: { originals_days: days } };
      return call.name === "replay_delivery" ? replayed() : {};
    },
    closing: () => () => undefined,
    listen: () => () => undefined,
  });
  await listenForChanges();
});
afterEach(async () => {
  await unmount(screen);
  document.body.replaceChildren();
});

test.each<[Original, Received, number, string, string]>([
  ["here", "by_hand", 0, "replay-open", "Replay"],
  ["here", "listener", 900, "replay-open", "Replay"],
  ["service", "relay", 0, "replay-open", "Replay"],
  ["service", "relay", 40, "no-longer-kept", "30 days"],
  ["elsewhere", "by_hand", 40, "no-longer-kept", "30 days"],
  ["elsewhere", "by_hand", 0, "no-original", "take the delivery again"],
  ["team", "by_hand", 0, "no-original", "the team’s vault alone"],
  ["here", "fetched", 0, "replay-open", "Replay"],
])("of an event that is kept %s and came by %s, %i days ago, it shows %s", async (original, received, age, testid, words) => {
  days = 30;
  await open(original, received, age);
  expect(find(testid)?.textContent).toContain(words);
  for (const other of ["replay-open", "no-longer-kept", "no-original"]) if (other !== testid) expect(find(other), other).toBeNull();
});

it("sends it again to the address, and says why where it cannot", async () => {
  await open("here");
  find("replay-open")?.click();
  await settle();
  const url = find("replay-url") as HTMLInputElement;
  url.value = "http://localhost:3000/events";
  url.dispatchEvent(new Event("input", { bubbles: true }));
  const send = async (answer: () => unknown) => {
    replayed = answer;
    find("replay-send")?.click();
    await settle();
  };
  await send(() => {
    throw { code: "vault_locked", params: {}, place: {} };
  });
  expect(find("replay-failed")?.textContent).toContain("vault is not open");
  expect(find("replay-vault")).not.toBeNull();
  await send(() => {
    throw { code: "not_found", params: {}, place: { input: "delivery" } };
  });
  expect(find("replay-failed")?.textContent).toContain("Take the delivery again");
  await send(() => {
    throw { code: "invalid", params: { reason: "address" }, place: { input: "url" } };
  });
  expect(find("error-replay-url")?.textContent).toContain("nothing inside a network");
  expect(find("replay-failed")).toBeNull();
  await send(() => ({ at: 0, ms: 12, status: 202, fault: "" }));
  expect(find("replay-answer")?.textContent).toContain("202");
  expect(sent.filter(({ name }) => name === "replay_delivery").at(-1)?.args).toEqual({ which: { event: "e1" }, url: "http://localhost:3000/events" });
});
