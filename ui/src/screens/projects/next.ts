/** Who acts next on a project, as far as its row in the list tells. */
import type { Part, ProjectRow } from "$ipc/types.ts";

export type Next =
  | { key: "next.first_version" | "next.submit" | "next.resubmit" | "next.go_live" | "next.answer" }
  | { key: "next.part"; part: Part }
  | { key: "next.findings"; n: number };

const PARTS: readonly Part[] = ["general", "technical", "marketplace"];

/** Nothing where nobody has to act. */
export function nextOf({ version, open_findings: n }: Pick<ProjectRow, "version" | "open_findings">): Next | undefined {
  if (!version) return { key: "next.first_version" };
  switch (version.status) {
    case "draft": {
      const part = PARTS.find((_, at) => (version.percents[at] ?? 100) < 100);
      return part ? { key: "next.part", part } : { key: "next.submit" };
    }
    case "in_review":
      return { key: "next.answer" };
    case "rejected":
      return n > 0 ? { key: "next.findings", n } : { key: "next.resubmit" };
    case "approved":
      return { key: "next.go_live" };
    default:
      return undefined;
  }
}
