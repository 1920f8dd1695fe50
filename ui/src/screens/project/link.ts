/** The installation link of a version at one key: copied where there is one, else the dialog that leads to it. */
import { copyLink } from "$ipc/client.ts";
import type { ProjectLink, ProjectView, VersionHead } from "$ipc/types.ts";
import { attempt } from "$lib/attempt.svelte.ts";
import { openInstall } from "$lib/install.svelte.ts";
import { toast } from "$lib/toasts.svelte.ts";
import { t } from "$texts";

/** The link in force. */
export const linkOf = (view: Pick<ProjectView, "links">, version: Pick<VersionHead, "id">): ProjectLink | undefined =>
  view.links.find((link) => link.version === version.id && !link.superseded);

export async function copyLinkOf(view: ProjectView, version: VersionHead): Promise<void> {
  const known = linkOf(view, version);
  if (!known) return openInstall({ project: view.project.id, version: version.id });
  if (!(await attempt(() => copyLink({ project: view.project.id, link: known.link.id })))) return;
  toast(t("card.copied", { number: version.number }));
}
