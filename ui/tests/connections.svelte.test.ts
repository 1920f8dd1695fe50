/** Connections: a registration is sent as it was entered, and the panel beside the sign-in window follows the engine. */
import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeEach, expect, it } from "vitest";
import { listenForChanges } from "../src/ipc/events.ts";
import { setTransport, type Call } from "../src/ipc/transport.ts";
import type { ConnectionView, Registration, SessionView, SignInView } from "../src/ipc/types.ts";
import { confirmation } from "../src/lib/confirm.svelte.ts";
import { toasts } from "../src/lib/toasts.svelte.ts";
import Connections from "../src/screens/connections/Connections.svelte";
import { failureText } from "../src/screens/connections/failure.ts";

const ID = "01890000-0000-7000-8000-000000000001";
const registration: Registration = {
  id: ID,
  name: "Sample Apps, US",
  server: { known_by: "issuer", issuer: "https://id.example" },
  client_id: "console",
  auth: { kind: "none" },
  redirect: { kind: "loopback" },
  scopes: [],
  by: "window",
};

let sent: Call[];
let answers: Record<string, () => unknown>;
let rows: SignInView[];
let workspaces: ConnectionView[];
let tell: (tags: readonly string[]) => void;
let screen: Record<string, unknown>;

const settle = async () => {
  for (let i = 0; i < 4; i++) {
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
const type = async (testid: string, text: string) => {
  const input = get(testid) as HTMLInputElement;
  input.value = text;
  input.dispatchEvent(new Event("input", { bubbles: true }));
  await settle();
};
const calls = (name: string) => sent.filter((call) => call.name === name).map(({ args }) => args);
const now = async (session: SessionView) => {
  rows = [{ registration, host: "id.example", has_secret: true, session }];
  tell(["session"]);
  await settle();
};

beforeEach(async () => {
  sent = [];
  answers = { connections: () => workspaces, regions: () => ({ regions: [], from: "documentation", file: "" }) };
  workspaces = [];
  rows = [];
  setTransport({
    call: (call) => {
      sent.push(call);
      const answer = call.name === "sign_ins" ? () => rows : answers[call.name];
      return Promise.resolve().then(() => answer?.() ?? {});
    },
    closing: () => () => undefined,
    listen: (heard) => {
      tell = heard;
      return () => undefined;
    },
  });
  listenForChanges();
  screen = mount(Connections, { target: document.body });
  await settle();
});

afterEach(async () => {
  await unmount(screen);
  document.body.replaceChildren();
});

it("sends a registration as it was entered, and says what is wrong beside its field", async () => {
  await click("new-registration");
  await type("registration-name", "Sample Apps, EU");
  await click("known-endpoints");
  await type("registration-authorization", "https://sample.talkdeskid.eu/oauth/authorize");
  await type("registration-token", "https://sample.talkdeskid.eu/oauth/token");
  await type("registration-client_id", "console");
  await click("auth-basic");
  await type("registration-secret", "s3cret");
  await type("registration-scopes", "openid  account:read");
  answers.set_registration = () => {
    throw { code: "invalid", params: {}, place: { input: "token" } };
  };
  await click("registration-save");
  expect(get("error-token").textContent).toContain("https address");
  answers.set_registration = () => ({});
  await click("registration-save");
  expect(calls("set_registration").at(-1)).toEqual({
    registration: {
      id: expect.any(String) as string,
      name: "Sample Apps, EU",
      server: { known_by: "endpoints", authorization: "https://sample.talkdeskid.eu/oauth/authorize", token: "https://sample.talkdeskid.eu/oauth/token", userinfo: "", revocation: "" },
      client_id: "console",
      auth: { kind: "basic" },
      redirect: { kind: "loopback" },
      scopes: ["openid", "account:read"],
      by: "window",
    },
    secret: "s3cret",
  });
  expect(find("registration-dialog")).toBeNull();
});

it("shows beside the sign-in window where it really is, and every way out", async () => {
  await now({ state: "signed_out" });
  await click("sign-in");
  expect(calls("sign_in")).toEqual([{ id: ID, by: null }]);
  await now({ state: "waiting", address: "https://id.example/authorize", by: "window", page: "" });
  expect(get("sign-in-origin").textContent).toContain("Waiting for the page of id.example");
  await now({ state: "waiting", address: "https://id.example/authorize", by: "window", page: "https://xn--bcher-kva.example" });
  expect(get("sign-in-origin").textContent).toContain("https://xn--bcher-kva.example");
  await click("use-browser");
  await now({ state: "waiting", address: "https://id.example/authorize", by: "browser", page: "" });
  expect(get("signing-in").querySelector("input")?.value).toBe("https://id.example/authorize");
  await click("paste-code");
  answers.paste_redirect = () => {
    throw { code: "invalid", params: {}, place: { input: "pasted" } };
  };
  await type("pasted", "c0de");
  await click("paste-go");
  expect(get("error-pasted").textContent).toContain("whole address");
  await click("cancel-sign-in");
  expect(calls("cancel_sign_in")).toEqual([{ id: ID }]);
  await now({ state: "signed_in", issuer: "https://id.example", name: "QA 1", expires_at: 0 });
  expect(find("signing-in")).toBeNull();
  expect(get("registration-row").textContent).toContain("QA 1");
});

it("asks for the secret that is missing, and keeps the server's own words", async () => {
  await now({ state: "failed", reason: "wrong_id_token", detail: "nonce" });
  expect(get("sign-in-failed").textContent).toContain("ID token");
  expect(get("sign-in-failed").textContent).toContain("nonce");
  answers.sign_in = () => {
    throw { code: "invalid", params: {}, place: { input: "secret" } };
  };
  await click("sign-in");
  expect(find("registration-dialog")).not.toBeNull();
});

it("removes a registration only when asked twice", async () => {
  await now({ state: "signed_out" });
  await click("registration-remove");
  expect(calls("remove_registration")).toEqual([]);
  confirmation.reply(true);
  await settle();
  expect(calls("remove_registration")).toEqual([{ id: ID }]);
});

it("has a sentence for a reason that this window does not know", () => {
  expect(failureText("eclipse")).toMatch(/^The sign-in did not work/);
  expect(failureText("timed_out")).toContain("in time");
});

const workspace = (some: Partial<ConnectionView>): ConnectionView => ({ name: "this_computer", title: "Sample Apps", person: "PM", roles: ["admin"], host: "", registration: null, open: true, queued: 0, ...some });

it("writes the open workspace into a file, and says what is not in it", async () => {
  answers["export_workspace"] = () => ({ path: "/downloads/Sample-Apps.partner", unsent: 2, missing: 0 });
  await click("export-workspace");
  await click("export-go");
  expect(find("export-dialog"), "it is done").toBeNull();
  expect(toasts.shown.at(-1)?.text).toMatch(/Sample-Apps\.partner.*2 changes were not sent/);
});

it("opens a file as it is chosen, and says of a damaged one that nothing was changed", async () => {
  answers["import_workspace"] = () => Promise.reject({ code: "invalid", params: { reason: "damaged" }, place: { input: "file" } });
  const picker = get("workspace-file") as HTMLInputElement;
  const files = [new File(["no workspace"], "a.partner")];
  Object.defineProperty(picker, "files", { value: files, configurable: true });
  picker.dispatchEvent(new Event("change", { bubbles: true }));
  await settle();
  expect(toasts.shown.at(-1)?.text).toMatch(/damaged.*Nothing was changed/);
});

it("offers a team to this computer's own work alone, and says where what was moved is", async () => {
  workspaces = [workspace({}), workspace({ name: { team: ID }, open: false, host: "team.example" })];
  tell(["workspace"]);
  await settle();
  expect(find("move-workspace")).not.toBeNull();
  workspaces = [workspace({ moved: { host: "team.example", to: { team: ID }, done: 1 } })];
  tell(["workspace"]);
  await settle();
  expect(find("move-workspace"), "it has gone").toBeNull();
  expect(get("connection-row").textContent).toContain("moved to team.example");
});

it("moves into an empty workspace or one that is made by a code, never into one in use", async () => {
  workspaces = [workspace({})];
  rows = [{ registration, host: "id.example", has_secret: false, session: { state: "signed_in", issuer: "https://id.example", name: "PM", expires_at: 1 } }];
  tell(["workspace", "session"]);
  await settle();
  answers["ask_team"] = () => ({ registration: ID });
  answers["team_workspaces"] = () => [
    { workspace: "w1", title: "In use", roles: ["admin"] },
    { workspace: "w2", title: "", roles: ["qa"] },
  ];
  await click("move-workspace");
  await type("team-url", "https://team.example");
  await click("join-go");
  await settle();
  expect(find("team-workspace"), "neither is empty and ours to fill").toBeNull();
  expect(find("team-name"), "the name comes along").toBeNull();
  await type("team-code", "AAAA");
  await click("join-go");
  expect(calls("move_workspace")).toEqual([{ url: "https://team.example", registration: ID, to: { code: "AAAA" } }]);
});

it("shows Talkdesk's regions with where they are known from, and says which line of their file is wrong", async () => {
  const file = "/data/regions.json";
  const regions = [
    { key: "td-us-1", name: "US", gateways: ["api.talkdeskapp.com"], id_domain: "talkdeskid.com" },
    // Whoever writes the file may write the same twice.
    { key: "", name: "AU", gateways: ["api.talkdeskapp.au", "api.talkdeskapp.au"], id_domain: "" },
    { key: "", name: "AU", gateways: [], id_domain: "" },
  ];
  const opened = async (known: Record<string, unknown>) => {
    await unmount(screen);
    answers.regions = () => ({ regions, file, ...known });
    screen = mount(Connections, { target: document.body });
    await settle();
    return get("regions").textContent;
  };
  const documented = await opened({ from: "documentation" });
  for (const words of ["td-us-1", "api.talkdeskapp.com", "*.talkdeskid.com", "Talkdesk’s documentation", file]) expect(documented).toContain(words);
  expect(document.querySelectorAll('[data-testid="region"]')).toHaveLength(3);
  expect(find("regions-unreadable")).toBeNull();
  expect(await opened({ from: "file" })).toContain("From this file");
  expect(find("regions-unreadable")).toBeNull();
  await opened({ from: "unreadable", line: 7 });
  expect(get("regions-unreadable").textContent).toContain("at line 7");
  await opened({ from: "unreadable", line: null });
  expect(get("regions-unreadable").textContent).toContain("could not be read");
  answers.copy_text = () => ({ state: "copied" });
  await click("copy-regions-file");
  expect(calls("copy_text")).toEqual([{ text: file }]);
  await click("open-regions-folder");
  expect(calls("open_folder")).toEqual([{ folder: "data" }]);
});
