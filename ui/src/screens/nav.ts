/** Where the sidebar, the palette and the pairs beginning with `G` lead. */
import type { LucideIcon } from "@lucide/svelte";
import Building2 from "@lucide/svelte/icons/building-2";
import Cable from "@lucide/svelte/icons/cable";
import Contact from "@lucide/svelte/icons/contact";
import GitCompareArrows from "@lucide/svelte/icons/git-compare-arrows";
import History from "@lucide/svelte/icons/history";
import House from "@lucide/svelte/icons/house";
import LayoutGrid from "@lucide/svelte/icons/layout-grid";
import ListChecks from "@lucide/svelte/icons/list-checks";
import MessageSquareQuote from "@lucide/svelte/icons/message-square-quote";
import PackageCheck from "@lucide/svelte/icons/package-check";
import RadioTower from "@lucide/svelte/icons/radio-tower";
import Settings2 from "@lucide/svelte/icons/settings-2";
import UsersRound from "@lucide/svelte/icons/users-round";
import type { Key } from "$texts";
import type { Route, RouteName } from "./routes.ts";

export interface NavEntry {
  to: Extract<Route, { name: RouteName }>;
  label: Extract<Key, `nav.${string}`>;
  icon: LucideIcon;
  /** In the palette alone: it is reached from the entry that it belongs to. */
  place: "main" | "foot" | "palette";
  /** The pair that leads there: `G H`. */
  keys?: string;
  /** The routes that belong to it, besides its own: a project belongs to *Projects*. */
  with?: readonly RouteName[];
}

export const nav: readonly NavEntry[] = [
  { to: { name: "home" }, label: "nav.home", icon: House, place: "main", keys: "G H" },
  { to: { name: "projects" }, label: "nav.projects", icon: LayoutGrid, place: "main", keys: "G P", with: ["project", "version"] },
  { to: { name: "checklists" }, label: "nav.checklists", icon: ListChecks, place: "main", keys: "G C", with: ["run", "template"] },
  { to: { name: "reviews" }, label: "nav.reviews", icon: MessageSquareQuote, place: "main", keys: "G R", with: ["review", "dossier"] },
  { to: { name: "customers" }, label: "nav.customers", icon: Contact, place: "main", keys: "G U" },
  { to: { name: "installations" }, label: "nav.installations", icon: PackageCheck, place: "main", keys: "G I" },
  { to: { name: "events" }, label: "nav.events", icon: RadioTower, place: "main", keys: "G E" },
  { to: { name: "conflicts" }, label: "nav.conflicts", icon: GitCompareArrows, place: "foot", keys: "G X" },
  { to: { name: "activity" }, label: "nav.activity", icon: History, place: "foot", keys: "G A" },
  { to: { name: "connections" }, label: "nav.connections", icon: Cable, place: "foot", keys: "G N" },
  { to: { name: "workspace" }, label: "nav.workspace", icon: Building2, place: "foot", keys: "G W", with: ["members"] },
  { to: { name: "members" }, label: "nav.members", icon: UsersRound, place: "palette", keys: "G M" },
  { to: { name: "settings" }, label: "nav.settings", icon: Settings2, place: "foot", keys: "G S" },
];
