import type { MemberId, MemberView, Role, TeamView } from "$ipc/types.ts";

/** Somebody of the workspace: as its history knows them, and as the team's service does. */
export interface Person {
  id: MemberId;
  name: string;
  roles: readonly Role[];
  email?: string | null;
  absence?: { until: string; cover: MemberId | null };
  /** Gone: the name stays on what they did. */
  gone: boolean;
  /** The service knows them and the workspace does not yet: they never opened it. */
  unseen: boolean;
}

/**
 * Everybody once, those who are here before those who are gone, by name. The service has the last word on who belongs
 * to the team; offline, or alone on a computer, the workspace's own list is all there is.
 */
export function people(members: readonly MemberView[], team: TeamView | undefined, order: (a: string, b: string) => number): Person[] {
  const known = new Map<MemberId, Person>();
  for (const { id, name, roles, absence, left } of members) {
    known.set(id, { id, name, roles, absence: absence ? { until: absence.until, cover: absence.cover ?? null } : undefined, gone: left, unseen: false });
  }
  for (const { id, name, roles, email, removed_at } of team?.members ?? []) {
    const gone = (removed_at ?? undefined) !== undefined;
    const here = known.get(id);
    known.set(id, here ? { ...here, roles, email, gone } : { id, name, roles, email, gone, unseen: !gone });
  }
  return [...known.values()].toSorted((a, b) => Number(a.gone) - Number(b.gone) || order(a.name, b.name));
}
