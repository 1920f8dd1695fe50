/** Redacting: what is chosen and why goes out as one command; what is refused stays with its reason; who may not sees no way to it. */
import { flushSync, mount, unmount, type Component } from "svelte";
import { afterEach, beforeEach, expect, it } from "vitest";
import { setTransport } from "../src/ipc/transport.ts";
import type { AggregateRef, Boot, ChangeArgs, Role, Words } from "../src/ipc/types.ts";
import { redact } from "../src/lib/redact.svelte.ts";
import { session } from "../src/lib/session.svelte.ts";
import RedactButton from "../src/views/RedactButton.svelte";
import RedactDialog from "../src/views/RedactDialog.svelte";

const of: AggregateRef = { kind: "workspace", id: "w" };
const notes: Words = { of: "customer_notes", customer: "c" };
const person: Words = { of: "contact", customer: "c", contact: "p" };

let sent: ChangeArgs[];
let refused: unknown;
let closed: number;
let shown: Record<string, unknown> | undefined;

const settle = async () => {
  for (let i = 0; i < 4; i++) {
    await new Promise((done) => setTimeout(done));
    flushSync();
  }
};
const by = (testid: string) => document.querySelector<HTMLElement>(`[data-testid="${testid}"]`);
const show = async (component: unknown, props: Record<string, unknown>) => {
  shown = mount(component as Component<Record<string, unknown>>, { target: document.body, props });
  await settle();
};
const dialog = (words: Words[]) =>
  show(RedactDialog, { of, title: "Blue Harbor", choices: words.map((words) => ({ label: words.of, words })), onclose: () => (closed += 1) });
const submit = async (reason: string) => {
  const input = by("redact-reason") as HTMLInputElement;
  input.value = reason;
  input.dispatchEvent(new Event("input", { bubbles: true }));
  by("redact-go")?.click();
  await settle();
};

beforeEach(() => {
  [sent, refused, closed] = [[], undefined, 0];
  setTransport({
    call: ({ name, args }) => {
      if (name === "change") sent.push(args as ChangeArgs);
      return refused ? Promise.reject(refused) : Promise.resolve({ command: "x" });
    },
    closing: () => () => undefined,
    listen: () => () => undefined,
  });
});

afterEach(async () => {
  if (shown) await unmount(shown);
  shown = undefined;
  session.boot = undefined;
  redact.close();
  document.body.replaceChildren();
});

it("says what it means before it is done, and sends the words with the reason", async () => {
  await dialog([notes]);
  expect(by("redact-which")).toBeNull();
  expect(by("redact-dialog")?.textContent).toContain("Backups and exported files of before still hold the words.");
  await submit("She asked for it");
  expect(sent).toEqual([{ aggregate: of, body: { kind: "words.redact", args: { words: notes, reason: "She asked for it" } } }]);
  expect(closed).toBe(1);
});

it("asks which of several, the first to begin with", async () => {
  await dialog([person, notes]);
  expect(by("redact-which")).not.toBeNull();
  await submit("Left the company");
  expect(sent.map(({ body }) => body)).toEqual([{ kind: "words.redact", args: { words: person, reason: "Left the company" } }]);
});

it("stays with what is refused", async () => {
  refused = { code: "refused", refusal: { code: "no_reason", rule: "ours", params: {}, places: [{ input: "reason" }] }, params: {}, place: { input: "reason" } };
  await dialog([notes]);
  await submit("");
  expect(closed).toBe(0);
  expect(by("error-reason")?.textContent?.trim()).not.toBe("");
});

it.each<[Role[], number, boolean]>([
  [["partner_manager"], 1, true],
  [["partner_manager"], 0, false],
  [["admin", "developer", "qa"], 1, false],
])("the way to it for %j with %i to blank", async (roles, n, there) => {
  session.boot = { phase: { phase: "open", workspace: "w", me: { id: "m", name: "Sample", roles }, members: [] }, settings: {} } as unknown as Boot;
  await show(RedactButton, { of, title: "Blue Harbor", choices: n ? [{ label: "notes", words: notes }] : [] });
  expect(by("redact") !== null).toBe(there);
  by("redact")?.click();
  expect(redact.at?.choices[0]?.words).toEqual(there ? notes : undefined);
});
