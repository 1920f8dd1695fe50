/** The run as it is durable, drawn in the form that was asked for. */
import { writesDone } from "$ipc/call.ts";
import * as client from "$ipc/client.ts";
import type { RunId } from "$ipc/types.ts";
import { pictures } from "$lib/files.ts";
import { locale, t } from "$texts";
import { htmlFile, print } from "../../reports/page.ts";
import { runCsv, runJson, runReport } from "../../reports/run.ts";
import RunPage from "../../reports/RunPage.svelte";
import { saveText } from "../../reports/save.ts";

export type ReportForm = "html" | "html_history" | "csv" | "json" | "print";

export async function reportOf(run: RunId, form: ReportForm): Promise<void> {
  // What was pressed last belongs into it.
  await writesDone();
  const view = await client.run({ run }).read();
  const report = runReport(view, { history: form === "html_history" || form === "json", at: Date.now() });
  const title = t("run.title", { name: view.name, project: view.project.name, number: view.version.number });
  // A page shows its pictures; of very many only the first, so that it can still be sent by mail.
  const page = form === "print" || form.startsWith("html");
  const files = view.sections.flatMap(({ items }) => items.flatMap(({ attached }) => attached.flatMap(({ what }) => (what.type === "file" ? [what] : []))));
  const small = page ? await pictures(files, 480, 60) : undefined;
  const name = `${view.project.name} ${view.version.number} ${view.name} ${report.made_at.slice(0, 10)}`;
  switch (form) {
    case "print":
      return print(RunPage, { report, pictures: small });
    case "csv":
      return saveText(`${name}.csv`, runCsv(report, locale()));
    case "json":
      return saveText(`${name}.json`, runJson(report));
    default:
      return saveText(`${name}.html`, htmlFile(title, RunPage, { report, pictures: small }));
  }
}
