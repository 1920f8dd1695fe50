/** The vault in Settings: each state says what to do, and a secret is on the screen no longer than it was asked for. */
import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { listenForChanges } from "../src/ipc/events.ts";
import { setTransport, type Call } from "../src/ipc/transport.ts";
import type { VaultState, VaultView } from "../src/ipc/types.ts";
import { confirmation } from "../src/lib/confirm.svelte.ts";
import Masked from "../src/screens/installations/Masked.svelte";
import Vault from "../src/screens/settings/Vault.svelte";

const closed = (state: VaultState, slots: VaultView["slots"] = []): VaultView => ({ state, slots, has_keychain: true, shortest: 10, secrets: [] });
const by = (...kinds: VaultView["slots"][number]["kind"][]) => kinds.map((kind) => ({ kind, made_at: 0 }));
const ID = "01890000-0000-7000-8000-000000000001";

let sent: Call[];
let view: VaultView;
let answers: Record<string, () => unknown>;
let tell: (tags: readonly string[]) => void;
let screen: Record<string, unknown>;

const settle = async () => {
  for (let i = 0; i < 6; i++) {
    await Promise.resolve();
    await vi.advanceTimersByTimeAsync(0);
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

async function show(shown: VaultView) {
  view = shown;
  screen = mount(Vault, { target: document.body });
  await settle();
}

beforeEach(async () => {
  vi.useFakeTimers();
  sent = [];
  answers = {};
  setTransport({
    call: (call) => {
      sent.push(call);
      const answer = call.name === "vault" ? () => view : answers[call.name];
      return Promise.resolve().then(() => answer?.() ?? {});
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
  await unmount(screen);
  document.body.replaceChildren();
  vi.useRealTimers();
});

describe("a closed vault", () => {
  it.each([
    ["locked", by("keychain"), ["unlock-keychain"], ["unlock-passphrase", "vault-anew"]],
    // Whoever passes by has the keychain, too: a vault that a person locked asks for what only they know.
    ["locked", by("keychain", "passphrase"), ["unlock-passphrase"], ["unlock-keychain"]],
    ["needs_passphrase", by("passphrase"), ["unlock-passphrase", "vault-anew"], ["unlock-keychain"]],
    ["keychain_empty", by("keychain"), ["unlock-keychain", "vault-anew"], ["unlock-passphrase"]],
    ["keychain_away", by("keychain", "recovery"), ["unlock-keychain", "unlock-passphrase", "vault-anew"], []],
    ["damaged", [], ["vault-anew"], ["unlock-keychain", "unlock-passphrase"]],
  ] as const)("%s by %o offers what opens it", async (state, slots, there, not) => {
    await show(closed(state, [...slots]));
    for (const testid of there) expect(find(testid), testid).not.toBeNull();
    for (const testid of not) expect(find(testid), testid).toBeNull();
  });

  it("says beside the field that a passphrase is wrong, and keeps it", async () => {
    await show(closed("needs_passphrase", by("passphrase")));
    answers.open_vault = () => {
      throw { code: "invalid", params: { reason: "wrong" }, place: { input: "passphrase" } };
    };
    await type("unlock-passphrase", "correct horse");
    await click("unlock-go");
    expect(get("error-passphrase").textContent).toContain("does not open the vault");
    expect((get("unlock-passphrase") as HTMLInputElement).value).toBe("correct horse");
    expect(calls("open_vault")).toEqual([{ passphrase: "correct horse" }]);
  });

  it("is begun anew only when asked twice", async () => {
    await show(closed("damaged"));
    await click("vault-anew");
    expect(calls("start_vault_anew")).toEqual([]);
    confirmation.reply(true);
    await settle();
    expect(calls("start_vault_anew")).toHaveLength(1);
  });
});

it("takes a passphrase that was typed twice, the same and long enough", async () => {
  await show({ ...closed("empty"), has_keychain: false });
  expect(document.body.textContent).toContain("no keychain that answers");
  await click("vault-passphrase");
  await type("passphrase-first", "too short");
  await click("passphrase-set");
  expect(get("error-first").textContent).toContain("at least 10");
  await type("passphrase-first", "long enough now");
  await type("passphrase-second", "long enough nov");
  await click("passphrase-set");
  expect(get("error-second").textContent).toContain("not the same");
  expect(calls("set_passphrase")).toEqual([]);
  await type("passphrase-second", "long enough now");
  await click("passphrase-set");
  expect(calls("set_passphrase")).toEqual([{ passphrase: "long enough now" }]);
  expect(find("passphrase-dialog")).toBeNull();
});

it("shows a recovery code until it was kept", async () => {
  await show(closed("open", by("keychain")));
  expect(find("remove-keychain"), "the last way in stays").toBeNull();
  answers.new_recovery_code = () => ({ text: "0123-4567" });
  await click("make-recovery");
  expect(get("recovery-code").textContent).toBe("0123-4567");
  await click("code-kept");
  expect(document.body.textContent).not.toContain("0123");
});

/** In the vault's list, and at an installation. */
describe("a secret", () => {
  const open = (): VaultView => ({ ...closed("open", by("keychain")), secrets: [{ kind: "port_token", id: ID, of: "https://partner.example" }] });
  beforeEach(() => (answers.reveal_secret = () => ({ text: "s3cret" })));

  const places = [
    ["vault", "secret", "port_token", () => show(open())],
    ["installation", "masked", "installation_secret", async () => {
      screen = mount(Masked, { target: document.body, props: { kind: "installation_secret", id: ID, label: "Client secret" } });
      await settle();
    }],
  ] as const;

  it.each(places)("of the %s is hidden again after thirty seconds, each time it is shown", async (_, place, kind, there) => {
    await there();
    expect(get(place).textContent).not.toContain("s3cret");
    await click("reveal");
    expect(get(place).textContent).toBe("s3cret");
    expect(calls("reveal_secret")).toEqual([{ kind, id: ID }]);
    await vi.advanceTimersByTimeAsync(29_900);
    flushSync();
    expect(get(place).textContent).toBe("s3cret");
    // Hidden by hand and shown again: the time begins anew.
    await click("reveal");
    expect(get(place).textContent).not.toContain("s3cret");
    await click("reveal");
    await vi.advanceTimersByTimeAsync(29_900);
    flushSync();
    expect(get(place).textContent).toBe("s3cret");
    await vi.advanceTimersByTimeAsync(100);
    flushSync();
    expect(get(place).textContent).not.toContain("s3cret");
    expect(document.body.textContent).not.toContain("s3cret");
  });

  it("does not come when it was locked while it was on its way", async () => {
    let answer: (told: { text: string }) => void = () => undefined;
    answers.reveal_secret = () => new Promise((done) => (answer = done));
    await show(open());
    await click("reveal");
    view = { ...open(), state: "locked" };
    tell(["vault"]);
    await settle();
    answer({ text: "s3cret" });
    await settle();
    expect(document.body.textContent).not.toContain("s3cret");
  });

  it("goes with the lock", async () => {
    await show(open());
    await click("reveal");
    view = { ...open(), state: "locked" };
    tell(["vault"]);
    await settle();
    expect(get("secret").textContent).not.toContain("s3cret");
    await click("reveal");
    expect(calls("reveal_secret"), "and is not asked for while it is locked").toHaveLength(1);
  });
});
