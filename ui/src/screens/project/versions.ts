/** Which version the page's keys mean, which can be edited, and what can be done with one. */
import type { RunHead, Status, VersionHead } from "$ipc/types.ts";

/** Talkdesk (D/creating-managing-app-versions): only a draft or a rejected version can be edited. */
export const editable = ({ status }: Pick<VersionHead, "status">): boolean => status === "draft" || status === "rejected";

const PAST: readonly Status[] = ["superseded", "discarded", "delisted"];

/** One line is enough for what is over. */
export const isPast = ({ status }: Pick<VersionHead, "status">): boolean => PAST.includes(status);

/** The version that the page's keys mean: the newest that was not put away. */
export const current = (versions: readonly VersionHead[]): VersionHead | undefined =>
  versions.find(({ status }) => status !== "discarded");

/** The version that is being worked on: neither live nor over. */
export const inWorks = (versions: readonly VersionHead[]): VersionHead | undefined =>
  versions.find((version) => !isPast(version) && version.status !== "published");

/** Rounded down, so that 100 means all. */
export const runPercent = ({ done, summary }: Pick<RunHead, "done" | "summary">): number =>
  summary.total === 0 ? 0 : Math.floor((100 * done) / summary.total);
