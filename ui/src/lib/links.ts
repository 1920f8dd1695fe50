/** Deep links: a place of the window as an address that mails, tickets and chats can carry. */
import { copyDeepLink, takeLink } from "$ipc/client.ts";
import { onChanged } from "$ipc/events.ts";
import type { DeepLink, Spot } from "$ipc/types.ts";
import { t } from "$texts";
import type { Route } from "../screens/routes.ts";
import { attempt } from "./attempt.svelte.ts";
import { go } from "./router.svelte.ts";
import { start } from "./start.ts";
import { toast } from "./toasts.svelte.ts";

/** The link to a place; most places are everybody's own and have none. */
export function linkOf(route: Route): DeepLink | undefined {
  switch (route.name) {
    case "project":
      return { kind: "project", project: route.project };
    case "version":
    case "dossier":
      return { kind: route.name, project: route.project, version: route.version };
    case "review":
      return { ...(route.finding ? { kind: "finding", finding: route.finding } : { kind: "review" }), project: route.project, version: route.version };
    case "run":
      return { kind: "run", run: route.run, item: route.item ?? null };
    case "template":
      return { kind: "template", template: route.template };
    case "installations":
      return route.installation ? { kind: "installation", installation: route.installation } : undefined;
    case "customers":
      return route.customer ? { kind: "customer", customer: route.customer } : undefined;
    case "workspace":
      if (route.ticket) return { kind: "ticket", ticket: route.ticket };
      return route.document ? { kind: "document", document: route.document } : undefined;
    default:
      return undefined;
  }
}

/** The place of a comment: where its thread stands, open. */
export function commentPlace({ of, subject, version, comment }: Spot): Route {
  if (of.kind === "run") return { name: "run", run: of.id, comment, ...(subject.on === "item" ? { item: subject.item } : {}) };
  if (of.kind === "workspace") return { name: "customers", comment, ...(subject.on === "customer" ? { customer: subject.customer } : {}) };
  if (of.kind === "installation") return { name: "installations", installation: of.id };
  const project = of.id;
  if (subject.on === "finding" && version) return { name: "review", project, version, finding: subject.finding, comment };
  if (subject.on === "field") return { name: "version", project, version: subject.version, field: subject.field, comment };
  if (subject.on === "version") return { name: "version", project, version: subject.version, comment };
  return { name: "project", project, comment };
}

/** The place of a link; that of a comment is not told by the link alone. */
export function placeOf(link: DeepLink): Route {
  switch (link.kind) {
    case "project":
      return { name: "project", project: link.project };
    case "version":
    case "review":
    case "dossier":
      return { name: link.kind, project: link.project, version: link.version };
    case "finding":
      return { name: "review", project: link.project, version: link.version, finding: link.finding };
    case "run":
      return link.item === null ? { name: "run", run: link.run } : { name: "run", run: link.run, item: link.item };
    case "template":
      return { name: "template", template: link.template };
    case "installation":
      return { name: "installations", installation: link.installation };
    case "customer":
      return { name: "customers", customer: link.customer };
    case "ticket":
      return { name: "workspace", ticket: link.ticket };
    case "document":
      return { name: "workspace", document: link.document };
    case "comment":
      return { name: "home" };
  }
}

export async function copyLink(link: DeepLink): Promise<void> {
  if (await attempt(() => copyDeepLink({ link }))) toast(t("link.copied"));
}

async function follow(): Promise<void> {
  await attempt(async () => {
    const { link, spot, problem } = await takeLink();
    if (spot) await go(commentPlace(spot));
    else if (link) await go(placeOf(link));
    if (problem) toast(t(`link.${problem}`), { tone: "warn" });
  });
}

/** Follow the link that the app was started with, and those that come. Call it once a workspace is open. */
export function followLinks(): () => void {
  if (start.link) void follow();
  return onChanged((tags) => {
    if (tags.includes("link")) void follow();
  });
}
