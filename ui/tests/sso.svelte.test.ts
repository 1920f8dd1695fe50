/** The check of an app's sign-in: tried for an installation of the project, each hop shown, and what is wrong said in words. */
import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeEach, expect, it } from "vitest";
import { listenForChanges } from "../src/ipc/events.ts";
import { setTransport, type Call } from "../src/ipc/transport.ts";
import type { ListedInstallation, SsoReport, SsoView, VersionHead } from "../src/ipc/types.ts";
import SsoDialog from "../src/screens/version/SsoDialog.svelte";

const listed = (id: string, project: string | null) => ({ id, project, account: `account-${id}`, region: "EU" }) as ListedInstallation;

let sent: Call[];
let saved: number;
let installations: ListedInstallation[];
let report: SsoReport;
let kept: SsoView | null;
let refused: unknown;
let screen: Record<string, unknown>;

const settle = async () => {
  for (let i = 0; i < 6; i++) {
    await new Promise((done) => setTimeout(done));
    flushSync();
  }
};
const find = (testid: string) => document.querySelector<HTMLElement>(`[data-testid="${testid}"]`);
const open = async () => {
  const props = { project: "p1", version: { id: "v1", number: "1.3.0" } as VersionHead, before: () => Promise.resolve((saved += 1)), onclose: () => undefined };
  screen = mount(SsoDialog, { target: document.body, props });
  await settle();
};
const attempt = async () => {
  find("sso-go")?.click();
  await settle();
};

beforeEach(async () => {
  [sent, saved, refused] = [[], 0, undefined];
  installations = [listed("other", null), listed("mine", "p1")];
  report = { installation: "mine", standalone: "https://app.example/", signed_in: true, hops: [], faults: [] };
  kept = null;
  setTransport({
    call: async (call) => {
      sent.push(call);
      await Promise.resolve();
      if (call.name === "installations") return installations;
      if (call.name === "sso_check") return kept;
      if (call.name === "jobs") return [];
      if (refused !== undefined) throw refused;
      return report;
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

it("tries an installation of this project once what is typed stands, and shows each hop with what is wrong", async () => {
  report = {
    ...report,
    signed_in: false,
    hops: [{ step: "opens", url: "https://app.example/?talkdesk_user_id=u1", status: 302, sends_on: "https://id.example/oauth/authorize?state=…" }],
    faults: ["wrong_redirect", "no_state"],
  };
  await open();
  await attempt();
  expect(saved).toBe(1);
  expect(sent.find(({ name }) => name === "check_sso")?.args).toEqual({ project: "p1", version: "v1", installation: "mine", user: "" });
  expect(find("sso-result")?.textContent).toContain("does not end in the app");
  expect([...document.querySelectorAll("[data-fault]")].map((fault) => (fault as HTMLElement).dataset.fault)).toEqual(["wrong_redirect", "no_state"]);
  const hops = find("sso-hops")?.textContent;
  for (const words of ["Talkdesk opens", "https://app.example/?talkdesk_user_id=u1", "302", "https://id.example/oauth/authorize?state=…"]) expect(hops).toContain(words);
});

it("says that a sign-in in order is, and of what nothing is wrong it says nothing", async () => {
  await open();
  await attempt();
  expect(find("sso-result")?.textContent).toContain("ends in the app, signed in");
  expect(find("sso-faults")).toBeNull();
});

it("tries nothing where the project has no installation, and none whose people sign in at Talkdesk itself", async () => {
  installations = [listed("other", null)];
  await open();
  expect(find("sso-none")).not.toBeNull();
  await attempt();
  expect(sent.some(({ name }) => name === "check_sso")).toBe(false);
  await unmount(screen);
  installations = [listed("mine", "p1")];
  refused = { code: "invalid", params: {}, place: { input: "installation" } };
  await open();
  await attempt();
  expect(find("sso-failed")?.textContent).toContain("Nothing was opened");
  refused = { code: "invalid", params: {}, place: { field: "standalone_url" } };
  await attempt();
  expect(find("sso-failed")?.textContent).toContain("no standalone URL yet");
});

it("shows the check that the version keeps, by whom and when, until it is done again", async () => {
  const by = { name: "Developer", at: Date.UTC(2026, 10, 27, 9), me: false } as unknown as SsoView["by"];
  kept = { ...report, signed_in: false, faults: ["code_refused"], by, account: "account-mine", outdated: false };
  await open();
  for (const words of ["Developer", "account-mine"]) expect(find("sso-last")?.textContent).toContain(words);
  expect(find("sso-result")?.textContent).toContain("does not end in the app");
  expect(document.querySelector("[data-fault=code_refused]")).not.toBeNull();
  expect(find("sso-outdated")).toBeNull();
  await attempt();
  expect(find("sso-last")).toBeNull();
  expect(find("sso-result")?.textContent).toContain("ends in the app, signed in");
  await unmount(screen);
  kept = { ...kept, outdated: true, standalone: "https://before.example/" };
  await open();
  expect(find("sso-outdated")?.textContent).toContain("https://before.example/");
});

it("takes no name of a person for a user, because the check is kept", async () => {
  refused = { code: "invalid", params: {}, place: { input: "user" } };
  await open();
  await attempt();
  expect(find("sso-failed")?.textContent).toContain("no name and no address of a person");
});

it("says that a person stopped it, and shows no result", async () => {
  await open();
  refused = { code: "cancelled", params: {}, place: {} };
  await attempt();
  expect(find("sso-failed")?.textContent).toContain("Stopped");
  expect(find("sso-result")).toBeNull();
});
