import { expect, test } from "vitest";
import type { ListedView } from "$ipc/types.ts";
import { messageOf, refusedFor, saidOf, sweptBy } from "./delivery.ts";

const DAY = 24 * 60 * 60 * 1_000;

test.each([
  ["user.logout", 32, 30, 30],
  ["user.logout", 30, 30, undefined],
  ["user.logout", 9_999, undefined, undefined],
  ["app.installed", 32, 30, undefined],
  ["app.credentials_rotated", 32, 30, undefined],
  ["app.something_new", 32, 30, undefined],
  [undefined, 32, 30, 30],
])("whether %s is no longer kept as it came after %s days by a rule of %s", (kind, age, days, wanted) => {
  expect(sweptBy(kind, 0, days, age * DAY)).toBe(wanted);
});

test.each([
  [200, "took"],
  [204, "took"],
  [401, "refused"],
  [422, "refused"],
  [302, undefined],
  [404, undefined],
  [429, undefined],
  [500, undefined],
  [null, undefined],
])("an answer of %s to a delivery that has to be refused says %s", (status, said) => {
  expect(saidOf(status)).toBe(said);
});

const delivery = (reason: string | null, outcome = "failed") => ({ row: "delivery", delivery: { steps: [{ step: "key", outcome, reason, detail: "" }] } }) as unknown as ListedView;
const event = (received: string) => ({ row: "event", event: { received } }) as unknown as ListedView;

test.each([
  ["an event of the relay", event("relay"), undefined],
  ["an event that was fetched", event("fetched"), "unsigned"],
  ["a forged one", delivery("mismatch"), "unverified"],
  ["one whose key could not be had", delivery("key_unavailable"), "unknown"],
  ["one about no installation", delivery(null, "passed"), undefined],
])("why a receiver has to refuse %s", (_, row, why) => {
  expect(refusedFor(row)).toBe(why);
});

test("a copy holds headers and body, and where one is hidden", () => {
  const headers = [{ name: "a", value: "1" }, { name: "cookie", value: null }];
  expect(messageOf({ headers, body: "{\r\n}", hidden: 0, left_out: 0 })).toBe("a: 1\ncookie: [sealed]\n\n{\r\n}");
});
