/** What the list says of a run and who has what is left of it, and how somebody takes what nobody has. */
import * as client from "$ipc/client.ts";
import type { MemberId, RunHead, RunId } from "$ipc/types.ts";
import { attempt } from "$lib/attempt.svelte.ts";
import { changeRun } from "$lib/change.ts";
import { session } from "$lib/session.svelte.ts";
import { toast } from "$lib/toasts.svelte.ts";
import { t } from "$texts";
import { isDone } from "../../views/tally.ts";

/** Who looks after items that are not settled, who has most of them first. */
export const peopleOf = (assigned: RunHead["assigned"]): string[] =>
  Object.entries(assigned)
    .sort(([, one = 0], [, other = 0]) => other - one)
    .map(([member]) => session.nameOf(member))
    .filter(Boolean);

/** How many items are not settled and nobody has. */
export const free = ({ summary, done, assigned }: RunHead): number =>
  summary.signed ? 0 : Math.max(0, summary.total - done - Object.values(assigned).reduce((sum, n) => sum + (n ?? 0), 0));

const assign = (run: RunId, items: string[], to: MemberId | null) => changeRun(run, { kind: "run.assign", args: { items, to } });

/** Looks after all that nobody has; it can be given back at once. */
export const take = ({ id }: RunHead): Promise<boolean> =>
  attempt(async () => {
    const { me } = session;
    const { sections } = await client.run({ run: id }).read();
    const left = sections.flatMap(({ items }) => items).filter(({ status, assignee }) => !isDone(status) && assignee === null);
    const items = left.map((item) => item.id);
    if (!me || items.length === 0) return;
    await assign(id, items, me);
    toast(t("checklists.taken", { n: items.length }), { action: { label: t("project.undo"), run: () => void attempt(() => assign(id, items, null)) } });
  });
