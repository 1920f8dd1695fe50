/** A ticket in words: what it is about, and what Talkdesk has to know to look into it. */
import { projects, project as projectPage } from "$ipc/client.ts";
import type { AboutView, Customer, ProjectView, TicketAbout } from "$ipc/types.ts";
import { t } from "$texts";

/** Call Notes 1.3.0, a finding's words, a customer's name. */
export const aboutWords = ({ project, version, finding, customer }: AboutView): string =>
  [[project, version].filter(Boolean).join(" "), finding, customer].filter(Boolean).join(", ");

export const NOTHING: TicketAbout = { project: null, version: null, finding: null, customer: null };

/** More projects than a partner has; a list of that length is searched by typing. */
const MOST = 200;

export const projectOptions = async (): Promise<{ value: string; label: string }[]> => {
  const { rows } = await projects({ text: "", status: null, archived: false, offset: 0, limit: MOST }).read();
  return rows.map(({ id, name }) => ({ value: id, label: name }));
};

export const versionsOf = (project: string): Promise<ProjectView> => projectPage({ project }).read();

/** A moment as Talkdesk reads it, whichever zone either is in. */
export const moment = (at: number): string => new Date(at).toISOString();

/** A name and what it is; a row without the latter is left out. */
export type DiagnosisRow = readonly [name: string, value: string | undefined];

/** Ids, versions and times; no secret, no address with a token, nothing that a person typed into a field. */
export function diagnosis(about: TicketAbout, names: { project?: ProjectView; customer?: Customer; app: string; at: number }, more: readonly DiagnosisRow[] = []): string {
  const { project, customer } = names;
  const version = project?.versions.find(({ id }) => id === about.version);
  const rows: DiagnosisRow[] = [
    [t("diagnosis.app"), project && `${project.project.name} (${project.project.slug || project.project.id})`],
    [t("diagnosis.version"), version && `${version.number}, ${t(`state.${version.status}`)}, ${new Date(version.since).toISOString()}`],
    ...(version?.tracks ?? []).map(({ track, state, since, rounds }): DiagnosisRow => [
      t(`part.${track}`),
      [t(`state.${state}`), since && new Date(since).toISOString(), rounds > 0 && t("diagnosis.round", { n: rounds })].filter(Boolean).join(", "),
    ]),
    [t("diagnosis.customer"), customer && [customer.name, customer.account, customer.region].filter(Boolean).join(", ")],
    ...more,
    [t("diagnosis.at"), new Date(names.at).toISOString()],
    [t("diagnosis.console"), names.app],
  ];
  return rows.flatMap(([name, value]) => (value ? [`${name}: ${value}`] : [])).join("\n");
}
