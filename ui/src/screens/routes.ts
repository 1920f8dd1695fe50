/**
 * Every place the window can be at. What a place is about stands in its route, and nothing else does.
 * The names are also what `data-screen` says, and what the window tests look for.
 */
import type { AccountId, CaseId, CommentId, CustomerDetails, CustomerId, DocumentId, FieldKey, FindingId, InstallationId, LinkId, Part, ProjectId, RunId, TemplateId, TicketId, VersionId } from "$ipc/types.ts";

/** What can be set, by the key of its label; the palette finds each. */
export const SETTINGS = [
  "settings.theme",
  "settings.language",
  "settings.zoom",
  "settings.keys",
  "settings.advance",
  "settings.notify",
  "vault.title",
  "settings.port_how",
  "settings.shortcuts",
  "storage.backup",
  "settings.folder",
  "storage.logs_folder",
] as const;
export type SettingsRow = (typeof SETTINGS)[number];

export type ProjectTab = "versions" | "information" | "checklists" | "links" | "installations" | "activity";

export type Route =
  | { name: "home" }
  | { name: "projects" }
  | { name: "project"; project: ProjectId; tab?: ProjectTab; link?: LinkId; comment?: CommentId }
  | { name: "version"; project: ProjectId; version: VersionId; part?: Part; field?: FieldKey | "release_notes"; compare?: true; comment?: CommentId }
  /** `start` opens the form of a new run against that version. */
  | { name: "checklists"; start?: { project: ProjectId; version: VersionId } }
  /** `compare` is the version that the shown one is compared with, `item` the one with the cursor on it. */
  | { name: "template"; template: TemplateId; version?: number; compare?: number; item?: string; edit?: true }
  /** `note`: with the focus in the item's note. */
  | { name: "run"; run: RunId; item?: string; note?: true; comment?: CommentId }
  | { name: "reviews" }
  /** `finding` has the cursor, or the focus in its reply; `answers` are Talkdesk's. */
  | { name: "review"; project: ProjectId; version: VersionId; finding?: FindingId; reply?: true; answers?: true; comment?: CommentId }
  | { name: "dossier"; project: ProjectId; version: VersionId }
  /** `field` opens the customer's form with the focus in it. */
  | { name: "customers"; customer?: CustomerId; field?: keyof CustomerDetails; comment?: CommentId }
  /** `case` is an install that was announced and did not come. */
  | { name: "installations"; installation?: InstallationId; case?: CaseId }
  /** `arriving` shows how events of that project arrive. */
  | { name: "events"; arriving?: ProjectId }
  | { name: "conflicts" }
  | { name: "connections" }
  | { name: "members" }
  | { name: "activity" }
  | { name: "workspace"; account?: AccountId; ticket?: TicketId; document?: DocumentId }
  /** `row` is the setting that has the focus. */
  | { name: "settings"; row?: SettingsRow };

export type RouteName = Route["name"];
export type RouteOf<Name extends RouteName> = Extract<Route, { name: Name }>;
