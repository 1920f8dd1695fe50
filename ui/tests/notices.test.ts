/** News through the system: worded here, few at once, and never lost where the system shows none. */
import { beforeEach, expect, it, vi } from "vitest";
import { listenForChanges } from "../src/ipc/events.ts";
import { setTransport, type Call } from "../src/ipc/transport.ts";
import type { DeepLink, Need } from "../src/ipc/types.ts";
import { tellings, tellNotices } from "../src/lib/notices.ts";
import { toasts } from "../src/lib/toasts.svelte.ts";

const need = (n: number): Need => ({
  kind: "overdue",
  project: "p1",
  name: "Call Notes",
  version: `v${n}`,
  number: `${n}.0.0`,
  run: null,
  track: null,
  document: null,
  ticket: null,
  installation: null,
  count: 0,
  since: 0,
  days: 12,
  due: 1,
  assignee: null,
  acting: null,
  key: `overdue:${n}`,
  snoozed: null,
  alert: null,
});

let sent: Call[];
let tell: (tags: readonly string[]) => void;
let news: Need[];
let works: boolean;

const come = async () => {
  tell(["notices"]);
  await new Promise((done) => setTimeout(done));
};
const shown = () => sent.filter(({ name }) => name === "notify").map(({ args }) => (args as { title: string; body: string }).title);

beforeEach(async () => {
  sent = [];
  works = true;
  news = [];
  toasts.shown = [];
  setTransport({
    call: (call) => {
      sent.push(call);
      if (call.name === "take_notices") return Promise.resolve(news);
      return works ? Promise.resolve({}) : Promise.reject({ code: "platform", params: {} });
    },
    listen: (heard) => {
      tell = heard;
      return () => undefined;
    },
    closing: () => () => undefined,
  });
  listenForChanges();
  return tellNotices();
});

it("tells a few each, and many as one", () => {
  expect(tellings([need(1), need(2)]).map(({ body, link }) => [body, link?.kind])).toEqual([
    ["Call Notes 1.0.0", "review"],
    ["Call Notes 2.0.0", "review"],
  ]);
  expect(tellings([1, 2, 3, 4].map(need)).map(({ title }) => title)).toEqual(["4 things became due"]);
});

it.each<[string, Partial<Need>, DeepLink]>([
  ["an installation", { kind: "answer_talkdesk", project: null, version: null, installation: "i1" }, { kind: "installation", installation: "i1" }],
  ["a ticket", { kind: "ticket", project: null, version: null, ticket: "k1" }, { kind: "ticket", ticket: "k1" }],
  ["a partner document", { kind: "document", project: null, version: null, document: "d1" }, { kind: "document", document: "d1" }],
])("leads to %s", (_, part, link) => expect(tellings([{ ...need(1), ...part }]).map((telling) => telling.link)).toEqual([link]));

it("shows them through the system, behind other windows", async () => {
  vi.spyOn(document, "hasFocus").mockReturnValue(false);
  news = [need(1)];
  await come();
  expect(shown()).toEqual(["Answer from Talkdesk overdue"]);
  expect(toasts.shown).toEqual([]);
});

it.each([
  ["in front", true, true],
  ["where the system shows none", false, false],
])("says them in the window %s", async (_, focus, system) => {
  vi.spyOn(document, "hasFocus").mockReturnValue(focus);
  works = system;
  news = [need(1)];
  await come();
  expect(toasts.shown.map(({ text }) => text)).toEqual(["Answer from Talkdesk overdue: Call Notes 1.0.0"]);
});
