/** Where the sidebar, the palette and the pairs beginning with `G` lead. */
import type { LucideIcon } from "@lucide/svelte";
import House from "@lucide/svelte/icons/house";
import type { Key } from "$texts";
import type { Route, RouteName } from "./routes.ts";

export interface NavEntry {
  to: Route;
  /** A key of a text without parameters. */
  label: Extract<Key, `${string}.title`>;
  icon: LucideIcon;
  place: "main" | "foot";
  /** The pair that leads there: `G H`. */
  keys?: string;
  /** The routes that belong to it, besides its own: a project belongs to *Projects*. */
  with?: readonly RouteName[];
}

export const nav: readonly NavEntry[] = [
  { to: { name: "home" }, label: "home.title", icon: House, place: "main", keys: "G H" },
];
