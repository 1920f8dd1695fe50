/** What the engine's search found, as rows of the palette. */
import Building2 from "@lucide/svelte/icons/building-2";
import LayoutGrid from "@lucide/svelte/icons/layout-grid";
import Link from "@lucide/svelte/icons/link";
import ListChecks from "@lucide/svelte/icons/list-checks";
import ListTodo from "@lucide/svelte/icons/list-todo";
import MessageSquareQuote from "@lucide/svelte/icons/message-square-quote";
import Tag from "@lucide/svelte/icons/tag";
import type { LucideIcon } from "@lucide/svelte";
import { search } from "$ipc/client.ts";
import type { Hit, Piece, Target } from "$ipc/types.ts";
import type { Found } from "$lib/actions.svelte.ts";
import { go } from "$lib/router.svelte.ts";
import { t } from "$texts";
import type { Route } from "../screens/routes.ts";

/** A palette is read at a glance: the first of many is enough. */
const MOST = 12;

const icons: Readonly<Record<Target["kind"], LucideIcon>> = {
  project: LayoutGrid,
  version: Tag,
  run: ListChecks,
  item: ListTodo,
  template: ListChecks,
  finding: MessageSquareQuote,
  link: Link,
  customer: Building2,
};

function place(target: Target): Route {
  switch (target.kind) {
    case "project":
      return { name: "project", project: target.project };
    case "version":
      return { name: "version", project: target.project, version: target.version };
    case "run":
      return { name: "run", run: target.run };
    case "item":
      return { name: "run", run: target.run, item: target.item };
    case "finding":
      return { name: "review", project: target.project, version: target.version };
    case "link":
      return { name: "project", project: target.project, tab: "links" };
    case "customer":
      return { name: "customers", customer: target.customer };
    case "template":
      return { name: "template", template: target.template };
  }
}

/** The palette marks what was typed by itself. */
const joined = (pieces: readonly Piece[]): string => pieces.map(({ text }) => text).join("");

const row = (hit: Hit): Found => {
  const named = hit.target.kind === "project" || hit.target.kind === "version";
  const [title, snippet] = [joined(hit.title), joined(hit.snippet)];
  return {
    id: JSON.stringify(hit.target),
    group: t(named ? "palette.names" : "palette.elsewhere"),
    label: title,
    note: snippet === title ? undefined : snippet || undefined,
    icon: icons[hit.target.kind],
    open: () => void go(place(hit.target)),
  };
};

/** Search in everything; names first, so that each heading stands once. */
export async function find(text: string): Promise<Found[]> {
  const rows = (await search({ text, limit: MOST }).read()).map(row);
  const names = t("palette.names");
  return [...rows.filter(({ group }) => group === names), ...rows.filter(({ group }) => group !== names)];
}
