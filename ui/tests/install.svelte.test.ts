/** *Install version* over a transport of the test's own: one key with a link, the way to it without one, and nothing that is said too early. */
import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { listenForChanges } from "../src/ipc/events.ts";
import { setTransport } from "../src/ipc/transport.ts";
import type { Body, By, ChangeArgs, InstallView, Problem, VersionHead } from "../src/ipc/types.ts";
import { announce, announcements } from "../src/lib/announce.svelte.ts";
import { confirmation } from "../src/lib/confirm.svelte.ts";
import { keys } from "../src/lib/keys.svelte.ts";
import { router } from "../src/lib/router.svelte.ts";
import InstallDialog from "../src/screens/install/InstallDialog.svelte";

const PROJECT = "018f0000-0000-7000-8000-0000000000b0";
const VERSION = "018f0000-0000-7000-8000-0000000000b3";
const URL_ONE = "https://partner-project.example/i/one";
const URL_TWO = "https://partner-project.example/i/two";
const me: By = { id: "m1", name: "Partner manager", me: true, at: 1_764_000_000_000 };

const version = (installable: boolean): VersionHead => ({
  id: VERSION,
  number: "1.2.0",
  status: installable ? "approved" : "draft",
  since: me.at,
  acts_next: "partner",
  predecessor: null,
  notes: "",
  parts: [],
  tracks: [],
  completeness: { filled: 0, of: 1, percent: 0 },
  installable,
  has_link: false, carried: { last: null, open: 0 },
  changed: me.at,
});

const empty = (): InstallView => ({
  project: { id: PROJECT, name: "Call Notes", slug: "call-notes", owner: "", archived: false },
  version: version(true),
  link: null,
  superseded: [],
  history: [],
  by_all: true,
  technical: "approved",
  missing: [],
  accounts: [{ id: "a1", name: "sample-apps", region: "US", owner: "own" }],
  customers: [{ id: "c1", name: "Sample Customer A", account: "", region: "", contacts: [{ id: "k1", name: "", role: "", email: "admin@customer-a.example", phone: "", gets_links: true }], notes: "" }],
  messages: [],
  partner_project: "https://partner-project.example/",
  port: { port: "manual" },
});

let view: InstallView;
let sent: { name: string; args: unknown }[];
let answers: Record<string, (args: never) => unknown>;
let tell: (tags: readonly string[]) => void;
let dialog: Record<string, unknown> | undefined;
const onclose = vi.fn();

const settle = async () => {
  for (let i = 0; i < 4; i++) {
    await new Promise((done) => setTimeout(done));
    flushSync();
  }
};
const by = (testid: string) => document.querySelector<HTMLElement>(`[data-testid="${testid}"]`);
const field = () => by("link-url") as HTMLInputElement;
const click = async (testid: string) => {
  by(testid)?.click();
  await settle();
};
const type = async (text: string, inputType = "insertText") => {
  field().value = text;
  field().dispatchEvent(new InputEvent("input", { bubbles: true, inputType }));
  await settle();
};
const press = async (key: string, init: KeyboardEventInit = {}) => {
  const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...init });
  (document.activeElement ?? document.body).dispatchEvent(event);
  if (!event.defaultPrevented) keys.handle(event);
  await settle();
};
const names = () => sent.map(({ name }) => name).filter((name) => name !== "install");
const bodies = () => sent.filter(({ name }) => name === "change").map(({ args }) => (args as ChangeArgs).body);
const link = (id: string, url: string) => ({ id, url, source: "pasted" as const, created: me });

/** The engine's part of it: a recorded link takes the place of the one before. */
function record(body: Body): void {
  if (body.kind !== "link.record") return;
  const superseded = view.link ? [view.link, ...view.superseded] : view.superseded;
  view = { ...view, superseded, link: link(body.args.link, body.args.url) };
}

beforeEach(async () => {
  view = empty();
  sent = [];
  onclose.mockReset();
  // What the test before announced is over.
  announce("");
  announce("");
  answers = {
    install: () => view,
    change: ({ body }: ChangeArgs) => {
      record(body);
      setTimeout(() => tell(["projects"]));
      return { command: "x" };
    },
    copy_link: () => ({}),
    open_url: () => ({}),
    open_link: () => ({}),
    send_link: () => ({}),
    paste_text: () => ({ text: `  ${URL_ONE}\n` }),
  };
  setTransport({
    call: async (call) => {
      sent.push({ name: call.name, args: call.args });
      const answer = answers[call.name];
      if (!answer) throw { code: "not_found", params: {} };
      return answer(call.args as never);
    },
    closing: () => () => undefined,
    listen: (heard) => {
      tell = heard;
      return () => undefined;
    },
  });
  listenForChanges();
});

afterEach(async () => {
  confirmation.reply(false);
  if (dialog) await unmount(dialog);
  document.body.replaceChildren();
});

const open = async (some: Partial<InstallView> = {}) => {
  view = { ...view, ...some };
  dialog = mount(InstallDialog, { target: document.body, props: { project: PROJECT, version: VERSION, onclose } });
  await settle();
};

describe("with a link", () => {
  beforeEach(() => open({ link: link("l1", URL_ONE) }));

  it("opens on Copy, and C copies the link that is shown", async () => {
    expect(document.activeElement).toBe(by("copy-link"));
    expect((by("install-link") as HTMLInputElement).value).toBe(URL_ONE);
    await press("c");
    expect(sent.at(-1)).toEqual({ name: "copy_link", args: { project: PROJECT, link: "l1" } });
  });

  it("says Copied only after the shell has said so, and announces it", async () => {
    let taken: (done: unknown) => void = () => undefined;
    answers.copy_link = () => new Promise((done) => (taken = done));
    await click("copy-link");
    expect(by("copy-link")?.dataset.copied).toBeUndefined();
    expect(announcements()).not.toContain("Link copied");
    taken({});
    await settle();
    expect(by("copy-link")?.dataset.copied).toBe("true");
    expect(announcements()).toContain("Link copied");
  });

  it("selects the link and says so where the clipboard fails", async () => {
    answers.copy_link = () => {
      throw { code: "clipboard", params: {} };
    };
    await click("copy-link");
    const input = by("install-link") as HTMLInputElement;
    expect(by("copy-link")?.dataset.copied).toBeUndefined();
    expect(by("error-copy")?.textContent).toContain("The link is selected");
    expect(document.activeElement).toBe(input);
    expect([input.selectionStart, input.selectionEnd]).toEqual([0, URL_ONE.length]);
  });

  it("never overwrites a link: a new one takes its place, and the old one stays in sight", async () => {
    await click("replace-link");
    expect(document.activeElement).toBe(field());
    expect(by("error-url")?.textContent).toContain("stays in the history");
    await type(URL_TWO);
    await click("save-link");
    const [body] = bodies();
    expect(body).toMatchObject({ kind: "link.record", args: { version: VERSION, url: URL_TWO, source: "pasted" } });
    expect(body?.kind === "link.record" && body.args.link).toMatch(/^[0-9a-f-]{36}$/);
    expect((by("install-link") as HTMLInputElement).value).toBe(URL_TWO);
    expect(by("install-history")?.textContent).toContain(URL_ONE);
    expect(document.activeElement).toBe(by("copy-link"));
  });

  it("sends nothing without a customer", async () => {
    await click("send-mail");
    expect(names()).toEqual([]);
    expect(by("error-customer")?.textContent).toContain("Choose a customer");
  });

  it("draws the link for another device", () => {
    expect(by("install-qr")?.querySelector("path")?.getAttribute("d")).toMatch(/^M\d+ \d+h/);
    expect(by("install-qr")?.querySelector("[style]")).toBeNull();
  });
});

describe("without a link", () => {
  it("opens on the field and says the clicks of Partner Project", async () => {
    await open();
    expect(document.activeElement).toBe(field());
    const steps = [...document.querySelectorAll('[data-testid="install-dialog"] ol li')].map((step) => step.textContent);
    expect(steps).toEqual(["Projects in the menu, then Call Notes", "Versions", "The button next to Edit, in the row of 1.2.0", "Install version. Copy the link it shows."]);
    await click("open-partner-project");
    expect(sent.at(-1)).toEqual({ name: "open_url", args: { url: "https://partner-project.example/" } });
  });

  it("says that no address is entered, instead of a button that does nothing", async () => {
    await open({ partner_project: "" });
    expect(by("open-partner-project")).toBeNull();
    expect(by("install-no-address")?.textContent).toContain("not entered yet");
  });

  it("takes the clipboard's link by the button, saves it, and goes on with Copy", async () => {
    await open();
    await click("paste-link");
    expect(field().value).toBe(URL_ONE);
    await click("save-link");
    expect(bodies()).toMatchObject([{ kind: "link.record", args: { url: URL_ONE } }]);
    expect(document.activeElement).toBe(by("copy-link"));
  });

  it("takes it by Ctrl V from anywhere in the dialog", async () => {
    await open();
    by("save-link")?.focus();
    await press("v", { ctrlKey: true });
    expect(field().value).toBe(URL_ONE);
  });

  it("saves what is being pasted, however fast the hand is", async () => {
    let read: (reply: unknown) => void = () => undefined;
    answers.paste_text = () => new Promise((done) => (read = done));
    await open();
    await click("paste-link");
    await click("save-link");
    expect(bodies()).toEqual([]);
    read({ text: URL_ONE });
    await settle();
    expect(bodies()).toMatchObject([{ kind: "link.record", args: { url: URL_ONE } }]);
  });

  it.each([
    ["http://partner-project.example/i", "Use https"],
    ["javascript:alert(1)", "javascript:"],
    ["file:///etc/hosts", "file:"],
    ["Install version 1.2.0", "no https address"],
  ])("refuses %s at the field, and keeps it", async (text, words) => {
    await open();
    await type(text);
    expect(by("error-url"), "no fault while it is typed").toBeNull();
    await click("save-link");
    expect(bodies()).toEqual([]);
    expect(by("error-url")?.textContent).toContain(words);
    expect(field().value).toBe(text);
    expect(field().getAttribute("aria-invalid")).toBe("true");
  });

  it("says at once what is wrong with a text that was pasted whole", async () => {
    await open();
    await type("http://partner-project.example/i", "insertFromPaste");
    expect(by("error-url")?.textContent).toContain("Use https");
  });

  it("says what to do where the clipboard holds no text", async () => {
    answers.paste_text = () => {
      throw { code: "clipboard", params: {} };
    };
    await open();
    await click("paste-link");
    expect(by("error-url")?.textContent).toContain("Copy the link on Partner Project first");
  });

  it("shows what the engine refuses at the field, and keeps the text", async () => {
    answers.change = () => {
      throw { code: "refused", params: {}, refusal: { code: "not_https", rule: "ours", params: {}, places: [{ input: "url" }] } };
    };
    await open();
    await type(URL_ONE);
    await click("save-link");
    expect(by("error-url")?.textContent).toContain("Use https");
    expect(field().value).toBe(URL_ONE);
  });

  it("asks before a link that was not saved goes", async () => {
    await open();
    await type(URL_ONE);
    await press("Escape");
    expect(confirmation.question?.title).toContain("without saving");
    expect(onclose).not.toHaveBeenCalled();
    confirmation.reply(true);
    await settle();
    expect(onclose).toHaveBeenCalledOnce();
  });

  it("fetches it where a port can", async () => {
    answers.fetch_link = () => {
      view = { ...view, link: { ...link("l2", URL_TWO), source: "fetched" } };
      return {};
    };
    await open({ port: { port: "http", url: "http://127.0.0.1:8080/" } });
    await click("fetch-link");
    expect((by("install-link") as HTMLInputElement).value).toBe(URL_TWO);
    expect(document.activeElement).toBe(by("copy-link"));
  });
});

describe("not installable for every account", () => {
  const missing: Problem[] = ["standalone_url", "scopes", "scopes"].map((key) => ({ code: "empty", place: { field: key as "scopes" }, params: {} }));
  const blocked = (): Partial<InstallView> => ({ by_all: false, technical: "not_submitted", version: version(false), missing });

  it("says why, for whom it is, and what the technical track needs: each field once", async () => {
    await open(blocked());
    const why = by("install-why");
    expect(why?.textContent).toContain("Customers cannot install 1.2.0 yet");
    expect(by("install-own-accounts")?.textContent).toContain("sample-apps, US");
    expect(by("install-needs")?.textContent).toContain("Complete 2 fields of Technical");
    await click("install-field-standalone_url");
    expect(router.route).toEqual({ name: "version", project: PROJECT, version: VERSION, part: "technical", field: "standalone_url" });
    expect(onclose).toHaveBeenCalledOnce();
    await router.reset();
  });

  it("still copies the link, for own and Talkdesk accounts", async () => {
    await open({ ...blocked(), link: link("l1", URL_ONE) });
    expect(document.activeElement).toBe(by("copy-link"));
    await press("c");
    expect(names()).toEqual(["copy_link"]);
    expect(by("send-mail"), "customers cannot use it yet").toBeNull();
    expect(by("open-install")?.textContent).toContain("own account");
  });

  it.each([
    ["in_review", "in review at Talkdesk", false],
    ["rejected", "Talkdesk rejected", true],
  ] as const)("%s: says so, and whether fields can be mended now", async (technical, words, mend) => {
    await open({ ...blocked(), technical });
    expect(by("install-why")?.textContent).toContain(words);
    expect(by("install-needs")?.textContent?.includes("Complete")).toBe(mend);
  });
});
