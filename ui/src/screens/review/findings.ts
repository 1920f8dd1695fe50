/** What is done with findings from the row, by key and all at once. */
import type { Changed, FindingStatus, FindingView, ProjectId } from "$ipc/types.ts";
import { changeProject } from "$lib/change.ts";
import { t } from "$texts";
import type { State } from "../../parts/states.ts";

/** How a finding is drawn: an open one waits, a fixed one is done, an accepted one Talkdesk took. */
export const findingStates: Readonly<Record<FindingStatus, State>> = { open: "fail", fixed: "pass", accepted: "approved" };

export const setStatus = (project: ProjectId, { id }: FindingView, status: FindingStatus): Promise<Changed> =>
  changeProject(project, { kind: "finding.set_status", args: { finding: id, status } });

/** All replies as one text, for the next submission or a mail: the finding quoted, the reply below it. */
export const repliesText = (findings: readonly FindingView[]): string =>
  findings
    .filter(({ reply }) => reply.trim())
    .map(({ said, reply }) => t("review.reply_line", { finding: quoted(said.text), reply: reply.trim() }))
    .join("\n\n");

const quoted = (text: string): string =>
  text
    .trim()
    .split("\n")
    .map((line) => `> ${line}`)
    .join("\n");
