/** What may be edited now, and by whom; the shell holds the same rules and has the last word. */
import type { Part, Role, TrackName, VersionView } from "$ipc/types.ts";

/** The track whose review looks at a part. */
export const trackOf = (part: Part): TrackName => (part === "technical" ? "technical" : "marketplace");

/** A version can be edited while it is a draft or rejected (Talkdesk), in a project that is not put away. */
export const isOpen = ({ project, version }: VersionView): boolean =>
  !project.archived && (version.status === "draft" || version.status === "rejected");

/** A developer has the technical part, a partner manager all. */
export const mayEdit = (roles: readonly Role[], part: Part): boolean =>
  roles.includes("partner_manager") || (part === "technical" && roles.includes("developer"));
