/** The screens by the name of their route. Each gets its route as the prop `route`. */
import type { Component } from "svelte";
import Activity from "./activity/Activity.svelte";
import Checklists from "./checklists/Checklists.svelte";
import Conflicts from "./conflicts/Conflicts.svelte";
import Connections from "./connections/Connections.svelte";
import Customers from "./customers/Customers.svelte";
import Dossier from "./dossier/Dossier.svelte";
import Events from "./events/Events.svelte";
import Home from "./home/Home.svelte";
import Installations from "./installations/Installations.svelte";
import Members from "./members/Members.svelte";
import Project from "./project/Project.svelte";
import Projects from "./projects/Projects.svelte";
import Review from "./review/Review.svelte";
import Reviews from "./reviews/Reviews.svelte";
import Run from "./run/Run.svelte";
import Settings from "./settings/Settings.svelte";
import Template from "./template/Template.svelte";
import Version from "./version/Version.svelte";
import Workspace from "./workspace/Workspace.svelte";
import type { RouteName, RouteOf } from "./routes.ts";

/** A screen whose route says nothing more than its name may leave the prop out. */
type Screen<Name extends RouteName> = Component<{ route: RouteOf<Name> }> | Component<Record<string, never>>;

export const screens: { readonly [Name in RouteName]: Screen<Name> } = {
  activity: Activity,
  checklists: Checklists,
  conflicts: Conflicts,
  connections: Connections,
  customers: Customers,
  dossier: Dossier,
  events: Events,
  home: Home,
  installations: Installations,
  members: Members,
  project: Project,
  projects: Projects,
  review: Review,
  reviews: Reviews,
  run: Run,
  settings: Settings,
  template: Template,
  version: Version,
  workspace: Workspace,
};
