import { expect, test } from "vitest";
import { sweptBy } from "./delivery.ts";

const DAY = 24 * 60 * 60 * 1_000;

test.each([
  ["user.logout", 32, 30, 30],
  ["user.logout", 30, 30, undefined],
  ["user.logout", 9_999, undefined, undefined],
  ["app.installed", 32, 30, undefined],
  ["app.credentials_rotated", 32, 30, undefined],
  ["app.something_new", 32, 30, undefined],
])("whether %s is no longer kept as it came after %s days by a rule of %s", (kind, age, days, wanted) => {
  expect(sweptBy(kind, 0, days, age * DAY)).toBe(wanted);
});
