/** The activity as a file: what the filter leaves, read page by page. */
import { writesDone } from "$ipc/call.ts";
import { activity } from "$ipc/client.ts";
import type { ActivityView, ActivityWanted } from "$ipc/types.ts";
import { locale, t } from "$texts";
import { csv } from "../../reports/csv.ts";
import { saveText } from "../../reports/save.ts";
import { activityText } from "../../views/activity.ts";

export type Form = "csv" | "json";

const PAGE = 1_000;
/** Most entries of a file: a file is held to 32 MB. What is more goes into the next one. */
export const A_FILE = 20_000;

const iso = (at: number): string => new Date(at).toISOString();

export const activityCsv = (entries: readonly ActivityView[]): string =>
  csv(
    [
      [t("activity.number"), t("activity.at"), t("activity.person"), t("activity.done"), t("activity.project"), t("activity.version"), t("activity.kind")],
      ...entries.map((entry) => [
        entry.number === null ? t("activity.waits") : String(entry.number),
        iso(entry.by.at),
        entry.by.name,
        activityText(entry),
        entry.project ?? "",
        entry.version ?? "",
        entry.command.kind,
      ]),
    ],
    locale(),
  );

export const activityJson = (entries: readonly ActivityView[], at: number): string =>
  `${JSON.stringify({
    format: "partner-console/activity",
    version: 1,
    made_at: iso(at),
    entries: entries.map((entry) => ({
      number: entry.number,
      at: iso(entry.by.at),
      by: entry.by.name,
      what: activityText(entry),
      project: entry.project,
      app_version: entry.version,
      command: entry.command,
    })),
  })}\n`;

/** Reads and saves; `going` is told how far it is, and answers whether to go on. */
export async function exportActivity(wanted: ActivityWanted, form: Form, going: (done: number, total: number) => boolean): Promise<void> {
  await writesDone();
  const at = Date.now();
  const known = new Set<string>();
  let entries: ActivityView[] = [];
  let part = 0;
  const save = async (last: boolean) => {
    part += 1;
    const name = [t("activity.file"), iso(at).slice(0, 10), last && part === 1 ? "" : String(part)].filter(Boolean).join(" ");
    await saveText(`${name}.${form}`, form === "csv" ? activityCsv(entries) : activityJson(entries, at));
    entries = [];
  };
  for (let offset = 0; ; offset += PAGE) {
    const { rows, total } = await activity({ wanted, offset, limit: PAGE }).read();
    for (const entry of rows) {
      // What is done meanwhile comes on top and moves the rest down: nothing is missed, and nothing told twice.
      if (known.has(entry.id)) continue;
      known.add(entry.id);
      entries.push(entry);
    }
    if (!going(Math.min(offset + rows.length, total), total)) return;
    if (rows.length < PAGE) break;
    if (entries.length > A_FILE - PAGE) await save(false);
  }
  if (entries.length > 0 || part === 0) await save(true);
}
