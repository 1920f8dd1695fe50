/** The screens but home by the name of their route, each in a piece of its own. Each gets its route as the prop `route`. */
import type { Component } from "svelte";
import type { RouteName, RouteOf } from "./routes.ts";

/** A screen whose route says nothing more than its name may leave the prop out. */
type Screen<Name extends RouteName> = Component<{ route: RouteOf<Name> }> | Component<Record<string, never>>;

/** Home is the first look, and no piece of its own. */
export type ApartName = Exclude<RouteName, "home">;

/** In the order in which they are read: those first where keys are pressed fast. */
export const screens: { readonly [Name in ApartName]: () => Promise<{ default: Screen<Name> }> } = {
  run: () => import("./run/Run.svelte"),
  version: () => import("./version/Version.svelte"),
  project: () => import("./project/Project.svelte"),
  projects: () => import("./projects/Projects.svelte"),
  checklists: () => import("./checklists/Checklists.svelte"),
  activity: () => import("./activity/Activity.svelte"),
  conflicts: () => import("./conflicts/Conflicts.svelte"),
  connections: () => import("./connections/Connections.svelte"),
  customers: () => import("./customers/Customers.svelte"),
  dossier: () => import("./dossier/Dossier.svelte"),
  events: () => import("./events/Events.svelte"),
  installations: () => import("./installations/Installations.svelte"),
  members: () => import("./members/Members.svelte"),
  review: () => import("./review/Review.svelte"),
  reviews: () => import("./reviews/Reviews.svelte"),
  settings: () => import("./settings/Settings.svelte"),
  template: () => import("./template/Template.svelte"),
  workspace: () => import("./workspace/Workspace.svelte"),
};
