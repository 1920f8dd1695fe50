/** An app at Talkdesk: brought in as a project, compared with a version, and changed there only as it was shown. */
import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeEach, expect, it } from "vitest";
import { listenForChanges } from "../src/ipc/events.ts";
import { setTransport, type Call } from "../src/ipc/transport.ts";
import type { AppDrift, AppView, GatewayView, ProjectHead, SignInView, VersionHead } from "../src/ipc/types.ts";
import { session } from "../src/lib/session.svelte.ts";
import { toasts } from "../src/lib/toasts.svelte.ts";
import AppDialog from "../src/views/apps/AppDialog.svelte";
import BringInDialog from "../src/views/apps/BringInDialog.svelte";
import { VersionEngine } from "./version_engine.ts";

const ACCOUNT = "01890000-0000-7000-8000-0000000000aa";
const EU: GatewayView = { url: "https://api.talkdeskapp.eu/", region: "EU", id_domain: "talkdeskid.eu" };
const US: GatewayView = { url: "https://api.talkdeskapp.com/", region: "US", id_domain: "talkdeskid.com" };
const signedIn: SignInView = {
  registration: { id: ACCOUNT, name: "Sample Apps, EU", server: { known_by: "issuer", issuer: "https://sample.talkdeskid.eu" }, client_id: "c", auth: { kind: "none" }, redirect: { kind: "loopback" }, scopes: [], by: "browser" },
  host: "sample.talkdeskid.eu",
  has_secret: true,
  session: { state: "signed_in", issuer: "https://sample.talkdeskid.eu", name: "QA 1", expires_at: 0 },
};
const app: AppView = { id: "a1", name: "Call Notes", slug: "call-notes", number: "1.2.0", known: false };
const project: ProjectHead = { id: "p1", name: "Call Notes", slug: "call-notes", owner: "", archived: false };
const drift: AppDrift = {
  name: "Call Notes",
  number: "1.2.0",
  differs: [
    { field: "slug", here: { type: "text", value: "notes" }, there: { type: "text", value: "call-notes" }, changeable: true },
    { field: "listing_summary", here: null, there: { type: "text", value: "Notes" }, changeable: false },
  ],
  told: [
    { field: "slug", value: { type: "text", value: "call-notes" }, recorded: true },
    { field: "listing_summary", value: { type: "text", value: "Notes" }, recorded: false },
  ],
  untold: ["plans"],
  unread: [],
  strange: [],
  active: null,
};

let sent: Call[];
let answers: Record<string, (args: never) => unknown>;
let screen: Record<string, unknown>;
let closed: number;

const settle = async () => {
  for (let i = 0; i < 6; i++) {
    await new Promise((done) => setTimeout(done));
    flushSync();
  }
};
const find = (testid: string) => document.querySelector<HTMLElement>(`[data-testid="${testid}"]`);
const get = (testid: string): HTMLElement => {
  const found = find(testid);
  if (!found) throw new Error(`there is no ${testid}`);
  return found;
};
const click = async (testid: string) => {
  get(testid).click();
  await settle();
};
const calls = (name: string) => sent.filter((call) => call.name === name).map(({ args }) => args);

beforeEach(async () => {
  sent = [];
  closed = 0;
  answers = {
    boot: () => new VersionEngine().boot(),
    sign_ins: () => [signedIn],
    gateways: () => [US, EU],
    apps: () => [app],
    compare_app: () => drift,
    push_request: () => ({ method: "PATCH", url: `${EU.url}apps/a1`, body: '{\n  "slug": "notes"\n}' }),
    push_to_app: () => ({ differ: [], beside: [] }),
  };
  setTransport({
    call: (call) => {
      sent.push(call);
      return Promise.resolve().then(() => answers[call.name]?.(call.args as never) ?? {});
    },
    closing: () => () => undefined,
    listen: () => () => undefined,
  });
  await listenForChanges();
  await session.take(new VersionEngine().boot());
});
afterEach(async () => {
  await unmount(screen);
  document.body.replaceChildren();
  toasts.shown = [];
});

const bringIn = async () => {
  screen = mount(BringInDialog, { target: document.body, props: { onclose: () => (closed += 1) } });
  await settle();
};
const compare = async (at?: ProjectHead["app"]) => {
  const version = { id: "v1", number: "1.3.0" } as VersionHead;
  const before = () => Promise.resolve();
  screen = mount(AppDialog, { target: document.body, props: { project: at ? { ...project, app: at } : project, version, before, onclose: () => (closed += 1) } });
  await settle();
};

it("asks the account's own region, and brings an app in once it was chosen", async () => {
  await bringIn();
  expect(get("apps-gateway").textContent).toContain("EU");
  expect(calls("apps")).toEqual([]);
  await click("apps-list");
  expect(calls("apps")).toEqual([{ account: ACCOUNT, gateway: EU.url }]);
  expect((get("bring-in-number") as HTMLInputElement).value).toBe("1.2.0");
  await click("bring-in-go");
  expect(calls("bring_in_app")).toMatchObject([{ account: ACCOUNT, gateway: EU.url, app: "a1", number: "1.2.0" }]);
  expect(closed).toBe(1);
});

it("says what an account is for where nobody is signed in, and Talkdesk's own words where it refuses", async () => {
  answers.sign_ins = () => [{ ...signedIn, session: { state: "signed_out" } }];
  await bringIn();
  expect(get("apps-sign-in").textContent).toContain("apps:read");
  expect(find("apps-list")).toBeNull();
  await unmount(screen);
  answers.sign_ins = () => [signedIn];
  answers.apps = () => {
    throw { code: "platform", params: { detail: "api.talkdeskapp.eu 403 lacks apps:read" } };
  };
  await bringIn();
  await click("apps-list");
  expect(get("apps-failed").textContent).toContain("lacks apps:read");
});

it("remembers which app it is, records what stands there, and takes what was chosen", async () => {
  await compare();
  await click("apps-list");
  await click("app-compare");
  const bodies = () => calls("change").map((args) => (args as { body: unknown }).body);
  expect(bodies()).toEqual([{ kind: "project.set_app", args: { app: { id: "a1", gateway: EU.url } } }]);
  expect(get("app-drift").textContent).toContain("2 fields differ");
  await click("app-record");
  expect(bodies().at(-1)).toEqual({
    kind: "version.mark_carried",
    args: { version: "v1", fields: ["listing_summary"], entered: { listing_summary: { type: "text", value: "Notes" } } },
  });
  await click("app-take-listing_summary");
  await click("app-take");
  expect(calls("take_from_app")).toEqual([
    { project: "p1", version: "v1", fields: [{ field: "listing_summary", value: { type: "text", value: "Notes" }, expects: null }] },
  ]);
});

it("sends a change only as it was shown, and says what became of it", async () => {
  await compare({ id: "a1", gateway: EU.url });
  await click("app-compare");
  await click("app-take-slug");
  await click("app-take-listing_summary");
  await click("app-push");
  expect(calls("push_request")).toMatchObject([{ app: "a1", fields: ["slug"] }]);
  expect(get("push-request").textContent).toContain(`PATCH ${EU.url}apps/a1`);
  expect(calls("push_to_app")).toEqual([]);
  answers.push_to_app = () => {
    throw { code: "platform", params: { detail: "api.talkdeskapp.eu 403 Not for partners." } };
  };
  await click("push-send");
  expect(get("app-failed").textContent).toContain("Not for partners.");
  answers.push_to_app = () => ({ differ: [], beside: [] });
  await click("push-send");
  expect(calls("push_to_app").at(-1)).toMatchObject({ fields: ["slug"], body: '{\n  "slug": "notes"\n}' });
  expect(find("push-request")).toBeNull();
});
