/** An installation's credentials on their way from one set to the next. */
import { flushSync, mount, unmount, type Component } from "svelte";
import { afterEach, beforeEach, expect, it } from "vitest";
import { setTransport, type Call } from "../src/ipc/transport.ts";
import type { AskedView, By, InstallationView, SetView } from "../src/ipc/types.ts";
import { confirmation } from "../src/lib/confirm.svelte.ts";
import Credentials from "../src/screens/installations/Credentials.svelte";
import Rotation from "../src/screens/installations/Rotation.svelte";

const by = (at: number): By => ({ id: "m1", name: "PM", me: true, at });
const set = { set: { client_id: "new", key_id: "k", key_algorithm: "ES256" }, kept: "vault", since: 100, received: by(100), deployed_to: "", rotated: true, open_steps: [] } as unknown as SetView;
const installation = (asked: AskedView[] = []) => ({ listed: { id: "i1", region: "EU" }, sets: [set], asked }) as unknown as InstallationView;

let sent: Call[];
let screen: Record<string, unknown>;

const settle = async () => {
  for (let i = 0; i < 6; i++) {
    await new Promise((done) => setTimeout(done));
    flushSync();
  }
};
const find = (testid: string) => document.querySelector<HTMLElement>(`[data-testid="${testid}"]`);
const show = async <Props extends Record<string, unknown>>(what: Component<Props>, props: Props) => {
  screen = mount(what, { target: document.body, props });
  await settle();
};

beforeEach(() => {
  sent = [];
  setTransport({
    call: async (call) => {
      sent.push(call);
      await Promise.resolve();
      if (call.name === "acknowledge_credentials") throw { code: "platform", params: { status: "409", detail: "api.talkdeskapp.eu 409" } };
      return { command: "c", undo: null };
    },
    closing: () => () => undefined,
    listen: () => () => undefined,
  });
});
afterEach(async () => {
  await unmount(screen);
  document.body.replaceChildren();
});

it("lets a person record what the app acknowledged itself", async () => {
  await show(Rotation, { installation: installation(), set, old: undefined, name: "Sample Customer A" });
  find("rotation-acknowledge")?.click();
  await settle();
  expect(find("rotation-conflict")).toBeNull();
  confirmation.reply(true);
  await settle();
  expect(find("rotation-conflict")?.textContent).toContain("does not wait");
  find("rotation-record")?.click();
  await settle();
  expect(sent.find(({ name }) => name === "change")?.args).toEqual({ aggregate: { kind: "installation", id: "i1" }, body: { kind: "credentials.acknowledge", args: { client_id: "new" } } });
  expect(find("rotation-conflict")).toBeNull();
});

it("shows a set that was asked for until it comes", async () => {
  const asked = (at: number): AskedView => ({ compromised: false, reason: "", by: by(at) });
  await show(Credentials, { installation: installation([asked(90)]), set });
  expect(find("rotation-asked")).toBeNull();
  await unmount(screen);
  await show(Credentials, { installation: installation([asked(90), asked(110)]), set });
  expect(find("rotation-asked")?.textContent).toContain("PM");
});
