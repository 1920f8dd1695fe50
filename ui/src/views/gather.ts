/** What stands beside each thing of an aggregate, counted. */
import type { BesideView, CommentView, ExternalLink, Subject } from "$ipc/types.ts";

/** A subject as a key: what is beside the same thing has the same. */
export const keyOf = (subject: Subject): string => JSON.stringify(Object.entries(subject).toSorted());

export interface At {
  /** Comments whose thread is open, answers included; those that are gone do not count. */
  open: number;
  /** A comment mentions the person here, who has not seen it. */
  unseen: boolean;
  links: readonly ExternalLink[];
}

export const NOTHING: At = { open: 0, unseen: false, links: [] };

const settled = (comment: CommentView, all: readonly CommentView[]): boolean =>
  Boolean(comment.reply_to ? all.find(({ id }) => id === comment.reply_to)?.resolved : comment.resolved);

export function gather(view: BesideView | undefined): ReadonlyMap<string, At> {
  const found = new Map<string, At>();
  const at = (subject: Subject, change: (at: At) => At) => found.set(keyOf(subject), change(found.get(keyOf(subject)) ?? NOTHING));
  for (const comment of view?.comments ?? []) {
    if (comment.deleted || comment.redacted || settled(comment, view?.comments ?? [])) continue;
    at(comment.subject, (was) => ({ ...was, open: was.open + 1, unseen: was.unseen || comment.unseen }));
  }
  for (const link of view?.links ?? []) at(link.subject, (was) => ({ ...was, links: [...was.links, link] }));
  return found;
}
