/** Comments and external links open from many places: a field, a finding, an item, a link from outside. Drawn once, by the frame. */
import type { AggregateRef, CommentId, Subject } from "$ipc/types.ts";

export interface Talked {
  /** The project, the run or the workspace that holds it. */
  of: AggregateRef;
  subject: Subject;
  /** What it is called: the field, the item, the customer. */
  title: string;
  /** The comment that a person came for. */
  comment?: CommentId;
}

class Thread {
  /** What is open. */
  at = $state.raw<Talked>();

  close(): void {
    this.at = undefined;
  }
}

export const thread = new Thread();

export const openThread = (at: Talked): void => {
  thread.at = at;
};
