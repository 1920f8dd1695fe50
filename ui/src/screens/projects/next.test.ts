/** What comes next on a project, from what its row says and nothing more. */
import { expect, it } from "vitest";
import type { ProjectRow, Status } from "$ipc/types.ts";
import { nextOf, type Next } from "./next.ts";

const version = (status: Status, ...percents: [number, number, number]): ProjectRow["version"] => ({ id: "v", number: "1.0.0", status, since: 0, percents });

it.each<[ProjectRow["version"], number, Next | undefined]>([
  [null, 0, { key: "next.first_version" }],
  [version("draft", 100, 50, 20), 0, { key: "next.part", part: "technical" }],
  [version("draft", 99, 100, 100), 0, { key: "next.part", part: "general" }],
  [version("draft", 100, 100, 100), 0, { key: "next.submit" }],
  [version("in_review", 100, 100, 100), 3, { key: "next.answer" }],
  [version("rejected", 100, 100, 100), 2, { key: "next.findings", n: 2 }],
  [version("rejected", 100, 100, 100), 0, { key: "next.resubmit" }],
  [version("approved", 100, 100, 100), 0, { key: "next.go_live" }],
  [version("published", 100, 100, 100), 1, undefined],
  [version("delisted", 100, 100, 100), 0, undefined],
])("%j with %i findings", (of, open_findings, next) => expect(nextOf({ version: of, open_findings })).toEqual(next));
