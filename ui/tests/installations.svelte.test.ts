/** An installation's credentials on their way from one set to the next. */
import { flushSync, mount, unmount, type Component } from "svelte";
import { afterEach, beforeEach, expect, it } from "vitest";
import { setTransport, type Call } from "../src/ipc/transport.ts";
import type { AskedView, By, CaseView, InstallationView, SetEnd, SetView, TokenView } from "../src/ipc/types.ts";
import { clock } from "../src/lib/clock.svelte.ts";
import type { Boot } from "../src/ipc/types.ts";
import { confirmation } from "../src/lib/confirm.svelte.ts";
import { keys } from "../src/lib/keys.svelte.ts";
import { session } from "../src/lib/session.svelte.ts";
import Announced from "../src/screens/installations/Announced.svelte";
import AskDialog from "../src/screens/installations/AskDialog.svelte";
import Credentials from "../src/screens/installations/Credentials.svelte";
import LookDialog from "../src/screens/installations/LookDialog.svelte";
import PastRotations from "../src/screens/installations/PastRotations.svelte";
import Rotation from "../src/screens/installations/Rotation.svelte";

const by = (at: number): By => ({ id: "m1", name: "PM", me: true, at });
const set = { set: { client_id: "new", key_id: "k", key_algorithm: "ES256" }, kept: "vault", since: 100, received: by(100), deployed_to: "", rotated: true, open_steps: [] } as unknown as SetView;
const installation = (asked: AskedView[] = []) => ({ listed: { id: "i1", region: "EU" }, sets: [set], asked }) as unknown as InstallationView;

let sent: Call[];
/** What a call answers, by its name; a change where it is not said. */
let answers: Record<string, unknown>;
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

const text = (testid: string) => find(testid)?.textContent.replace(/\s+/g, " ").trim() ?? "";

beforeEach(() => {
  sent = [];
  answers = {};
  session.boot = { phase: { phase: "open", workspace: "w", me: { id: "m1", name: "PM", roles: [] }, members: [] }, settings: {} } as unknown as Boot;
  setTransport({
    call: async (call) => {
      sent.push(call);
      await Promise.resolve();
      if (call.name === "acknowledge_credentials") throw { code: "platform", params: { status: "409", detail: "api.talkdeskapp.eu 409" } };
      return call.name in answers ? answers[call.name] : { command: "c", undo: null };
    },
    closing: () => () => undefined,
    listen: () => () => undefined,
  });
});
afterEach(async () => {
  await unmount(screen);
  document.body.replaceChildren();
  session.boot = undefined;
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

const HOUR = 60 * 60 * 1_000;
const DAY = 24 * HOUR;
const NOW = Date.UTC(2026, 10, 3, 12);
/** The set before, which ends so. */
const old = (until: number, ends: SetEnd) =>
  ({ ...set, set: { ...set.set, client_id: "old" }, since: NOW - 2 * DAY, received: by(NOW - 2 * DAY), until, ends, rotated: false, deployed_to: "The cluster" }) as unknown as SetView;
const office = { addresses: { ticket_form: "" }, customers: [], accounts: [], tickets: [] };
const rotating = (before: SetView, asked: AskedView[] = []) => ({
  installation: { ...installation(asked), sets: [set, before], seen: null, deadlines: [], events: [], talkdesk_id: "t1", account_id: "a1", app_id: "x", root: "https://api.talkdeskapp.eu" } as InstallationView,
  set, old: before, name: "Sample Customer A",
});

it.each<[string, number, string, string]>([
  ["days", 5 * DAY + 3 * HOUR, "5 d 3 h left", "Both sets are valid until"],
  ["the last hours", 2 * HOUR + 5 * 60_000, "2 h 5 min left", "Both sets are valid until"],
  ["none any more", -HOUR, "over", "The seven days of both sets were over on"],
  ["days ago", -3 * DAY, "over for 3 d", "The seven days of both sets were over on"],
])("counts the old set down: %s", async (_, left, words, both) => {
  clock.freeze(NOW);
  await show(Rotation, rotating(old(NOW + left, "seven_days")));
  expect(text("rotation-left")).toBe(words);
  expect(text("rotation-both")).toContain(both);
  // Which set it is, and where it is still deployed.
  expect(text("rotation-old")).toContain("old");
  expect(text("rotation-old")).toContain("The cluster");
  expect(find("compromised")).toBeNull();
});

it("counts nothing down for a compromised set, and says what is documented and what to do", async () => {
  answers = { workspace: office, projects: { rows: [] } };
  clock.freeze(NOW);
  const asked: AskedView = { compromised: true, reason: "In a log", by: by(99) };
  const before = old(100, "compromised");
  await show(Rotation, rotating({ ...before, received: by(50) }, [asked]));
  expect(find("rotation-left")).toBeNull();
  expect(text("compromised")).toContain("documents no seven days");
  expect(text("compromised")).toContain("Tell Talkdesk by a ticket");
  expect(text("compromised")).toContain("PM");
  // No end that nobody told.
  expect(text("rotation")).not.toMatch(/ended at once|has ended|over for/);
  find("compromised-ticket")?.click();
  await settle();
  expect(find("ticket-form-dialog")).not.toBeNull();
});

it("asks for new credentials as compromised with a reason, and says that the ticket comes next", async () => {
  await show(AskDialog, { installation: installation(), onclose: () => undefined });
  expect(text("ask-dialog")).toContain("holds for seven days");
  find("ask-compromised")?.click();
  await settle();
  expect(text("ask-dialog")).toContain("The request itself says nothing of it");
  const reason = find("ask-reason") as HTMLTextAreaElement;
  reason.value = "In a log";
  reason.dispatchEvent(new Event("input", { bubbles: true }));
  await settle();
  find("ask-send")?.click();
  await settle();
  expect(sent.find(({ name }) => name === "ask_rotation")?.args).toEqual({ installation: "i1", compromised: true, reason: "In a log" });
});

it("tells a compromised set as such until the new one comes", async () => {
  answers = { workspace: office, projects: { rows: [] } };
  const asked = (at: number, compromised: boolean): AskedView => ({ compromised, reason: "", by: by(at) });
  await show(Credentials, { installation: installation([asked(120, false), asked(110, true)]), set });
  expect(text("rotation-compromised")).toContain("known to others");
  await unmount(screen);
  await show(Credentials, { installation: installation([asked(110, false)]), set });
  expect(find("rotation-compromised")).toBeNull();
});

it("keeps past rotations with who did each step and when", async () => {
  const done = { ...set, set: { ...set.set, client_id: "second" }, received: by(NOW - DAY), since: NOW - DAY, private_key_jwt: by(NOW - DAY), deployed: by(NOW - DAY), deployed_to: "The cluster", in_use: null, acknowledged: { ...by(NOW - HOUR), name: "Dev" } } as unknown as SetView;
  const asked: AskedView = { compromised: false, reason: "Yearly", by: { ...by(NOW - DAY - HOUR), name: "Admin" } };
  const of = { ...installation([asked]), sets: [done, old(NOW, "acknowledged")] } as InstallationView;
  await show(PastRotations, { installation: of });
  const told = text("past-rotation");
  for (const there of ["second", "Asked for", "Admin", "Yearly", "The cluster", "Dev", "not recorded"]) expect(told).toContain(there);
  // The first set of all took no place, and the one under way stands by itself.
  expect(document.querySelectorAll("[data-testid=past-rotation]")).toHaveLength(1);
  await unmount(screen);
  await show(PastRotations, { installation: of, running: of.sets[0] });
  expect(find("past-rotations")).toBeNull();
});

it("shows what a token says of itself, and no token", async () => {
  const token: TokenView = { way: "private_key_jwt", scopes: ["apps:read", "apps:write"], expires_at: NOW + 10 * 60_000, claims: '{\n  "aud": "partner"\n}' };
  answers = { get_token: token };
  const here = { ...set, key_here: true, secret_here: false } as SetView;
  await show(Credentials, { installation: installation(), set: here });
  keys.handle(new KeyboardEvent("keydown", { key: "t" }));
  await settle();
  expect(sent.filter(({ name }) => name === "get_token").map(({ args }) => args)).toEqual([{ installation: "i1", client_id: "new", way: "private_key_jwt" }]);
  expect(text("token")).toContain("apps:read apps:write");
  expect(text("token-claims")).toBe('{ "aud": "partner" }');
  // One that is opaque says that it shows none.
  answers = { get_token: { ...token, claims: null } };
  keys.handle(new KeyboardEvent("keydown", { key: "t" }));
  await settle();
  expect(find("token-claims")).toBeNull();
  expect(text("token")).toContain("opaque");
});

it("shows plan and trial as Talkdesk answered them, and leaves out what it did not", async () => {
  const look = { me: null, state: { state: "completed", reason: "", updated_at: NOW }, scopes: ["apps:read"], users: 3, subscription: '{ "name": "Pro" }', trial: '{ "expires_at": "2026-12-01" }' };
  await show(LookDialog, { look, name: "Sample Customer A", onclose: () => undefined });
  const told = text("look-dialog");
  for (const there of ["Completed", "apps:read", "3", "Subscription", '"Pro"', "2026-12-01"]) expect(told).toContain(there);
  expect(told).not.toContain("users/me");
  await unmount(screen);
  await show(LookDialog, { look: { ...look, subscription: null, trial: null }, name: "A", onclose: () => undefined });
  expect(text("look-dialog")).not.toContain("Subscription");
});

it("joins an announced install to the one that a person names, and says whose that is", async () => {
  const by1 = by(NOW);
  const announced: CaseView = {
    id: "k1", details: { customer: "c1", project: "p1", version: "v1", region: "EU", owner: null }, customer: "Acme", account: "acme", project: "Call Notes", number: "1.2.0", owner: "", opened: by1, joined: null, ended: null,
    candidates: ["i7", "i8"].map((installation) => ({ installation, account: "acme", region: "EU", version: "1.2.0", matched: false, since: NOW })),
  };
  answers = { workspace: office, passed: [], case_known: { sends: [{ version: "v1", number: "1.2.0", superseded: false, kind: "mail_draft", contacts: ["Quokka"], by: by1 }], refused: [] }, project: { project: { id: "p1", name: "Call Notes" }, versions: [], published: "1.2.0", open_findings: [] } };
  let joined: string | undefined;
  await show(Announced, { case: announced, onjoined: (id: string) => (joined = id) });
  expect(text("announced-waits")).toContain("app.installed of acme for Call Notes 1.2.0");
  expect(text("announced-link")).toContain("1.2.0, to Quokka");
  expect(text("case-callback")).toContain("No event of this install is here yet");
  document.querySelectorAll<HTMLElement>("[data-testid=candidate-join]")[1]?.click();
  await settle();
  const changes = sent.filter(({ name }) => name === "change").map(({ args }) => (args as { body: unknown }).body);
  expect(changes).toEqual([
    { kind: "case.join", args: { case: "k1", installation: "i8" } },
    { kind: "installation.match", args: { customer: "c1", project: "p1" } },
  ]);
  expect(joined).toBe("i8");
});
