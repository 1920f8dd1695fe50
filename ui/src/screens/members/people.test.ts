import { describe, expect, it } from "vitest";
import type { MemberView } from "$ipc/types.ts";
import { people } from "./people.ts";

const order = (a: string, b: string) => a.localeCompare(b);
const member = (id: string, name: string, more: Partial<MemberView> = {}): MemberView => ({ id, name, roles: ["qa"], absence: null, left: false, ...more });

describe("people", () => {
  it("shows the workspace's own list where no service was asked, those who left last", () => {
    const rows = people([member("1", "Zoe", { left: true }), member("2", "QA 1"), member("3", "Developer")], undefined, order);
    expect(rows.map(({ name, gone }) => [name, gone])).toEqual([
      ["Developer", false],
      ["QA 1", false],
      ["Zoe", true],
    ]);
  });

  it("lets the service have the last word on roles and on who is gone, and keeps the name that the workspace knows", () => {
    const team = {
      members: [
        { id: "1", name: "qa.1@sample-apps.example", roles: ["qa" as const, "developer" as const], email: "qa.1@sample-apps.example" },
        { id: "2", name: "Gone", roles: [], removed_at: 5 },
        { id: "3", name: "Never came", roles: ["viewer" as const] },
      ],
      invitations: null,
    };
    const rows = people([member("1", "QA 1", { absence: { until: "2026-12-31", cover: "2" } }), member("2", "Two")], team, order);
    expect(rows.map(({ name, roles, gone, unseen }) => [name, roles.length, gone, unseen])).toEqual([
      ["Never came", 1, false, true],
      ["QA 1", 2, false, false],
      ["Two", 0, true, false],
    ]);
    expect(rows[1]?.absence).toEqual({ until: "2026-12-31", cover: "2" });
  });
});
