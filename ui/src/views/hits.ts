/** What the engine's search found: where it leads, to the very field or item, and how it is shown. */
import Building2 from "@lucide/svelte/icons/building-2";
import Contact from "@lucide/svelte/icons/contact";
import FileText from "@lucide/svelte/icons/file-text";
import LayoutGrid from "@lucide/svelte/icons/layout-grid";
import Link from "@lucide/svelte/icons/link";
import ListChecks from "@lucide/svelte/icons/list-checks";
import ListTodo from "@lucide/svelte/icons/list-todo";
import MessageSquareQuote from "@lucide/svelte/icons/message-square-quote";
import MessageSquareText from "@lucide/svelte/icons/message-square-text";
import PackageCheck from "@lucide/svelte/icons/package-check";
import Tag from "@lucide/svelte/icons/tag";
import Ticket from "@lucide/svelte/icons/ticket";
import type { LucideIcon } from "@lucide/svelte";
import type { CustomerDetails, FieldKey, Hit, Target } from "$ipc/types.ts";
import { commentPlace } from "$lib/links.ts";
import { session } from "$lib/session.svelte.ts";
import { fieldLabel, t } from "$texts";
import type { Route } from "../screens/routes.ts";

export const hitIcons: Readonly<Record<Target["kind"], LucideIcon>> = {
  project: LayoutGrid,
  version: Tag,
  run: ListChecks,
  item: ListTodo,
  template: ListChecks,
  finding: MessageSquareQuote,
  answer: MessageSquareText,
  link: Link,
  customer: Contact,
  account: Building2,
  comment: MessageSquareText,
  ticket: Ticket,
  document: FileText,
  installation: PackageCheck,
};

/** A thing by name, the same in every search. */
export const hitId = ({ target }: Hit): string => JSON.stringify(target);

/** Named by itself: a project or a version. */
export const isNamed = ({ target }: Hit): boolean => target.kind === "project" || target.kind === "version";

/** The exact place of a hit. */
export function hitPlace({ target, part }: Hit): Route {
  switch (target.kind) {
    case "project":
      return { name: "project", project: target.project };
    case "version": {
      const { project, version } = target;
      if (part === "release_notes") return { name: "version", project, version, part: "general", field: part };
      const spec = session.boot?.fields.find(({ key }) => key === part);
      return spec ? { name: "version", project, version, part: spec.part, field: spec.key } : { name: "version", project, version };
    }
    case "run":
      return { name: "run", run: target.run };
    case "item":
      return { name: "run", run: target.run, item: target.item, ...(part === "note" ? { note: true as const } : {}) };
    case "finding":
      return { name: "review", project: target.project, version: target.version, finding: target.finding, ...(part === "reply" ? { reply: true as const } : {}) };
    case "answer":
      return { name: "review", project: target.project, version: target.version, answers: true };
    case "link":
      return { name: "project", project: target.project, tab: "links", link: target.link };
    case "customer":
      return { name: "customers", customer: target.customer, ...(part && part !== "link" ? { field: part as keyof CustomerDetails } : {}) };
    case "account":
      return { name: "workspace", account: target.account };
    case "comment":
      return commentPlace(target.spot);
    case "ticket":
      return { name: "workspace", ticket: target.ticket };
    case "document":
      return { name: "workspace", document: target.document };
    case "installation":
      return { name: "installations", installation: target.installation };
    case "template":
      return { name: "template", template: target.template, ...(part ? { item: part } : {}) };
  }
}

/** Which part of it matched, in words. */
export function hitPart({ target, part }: Hit): string {
  if (!part) return "";
  switch (target.kind) {
    case "version":
      return part === "release_notes" ? t("version.notes") : session.boot?.fields.some(({ key }) => key === part) ? fieldLabel(part as FieldKey) : "";
    case "item":
      return part === "note" ? t("run.note") : part === "help" ? t("import.as_help") : "";
    case "finding":
      return part === "reply" ? t("table.reply") : "";
    case "template":
      return part;
    default:
      return "";
  }
}
