/** Changes of the three aggregates. Each resolves when the change is durable on this computer. */
import { write } from "$ipc/call.ts";
import { change } from "$ipc/client.ts";
import type { Body, Changed, ProjectId, RunId } from "$ipc/types.ts";
import { session } from "./session.svelte.ts";

/** A change of a project: its versions, fields, reviews, findings, links. */
export const changeProject = (id: ProjectId, body: Body): Promise<Changed> =>
  change({ aggregate: { kind: "project", id }, body });

/** A change of a checklist run. */
export const changeRun = (id: RunId, body: Body): Promise<Changed> => change({ aggregate: { kind: "run", id }, body });

/** The same for a change that names the outcome of earlier ones: `body` is made when it goes out. */
export const changeRunInTurn = (id: RunId, body: () => Body): Promise<Changed> =>
  write("change", () => ({ aggregate: { kind: "run", id }, body: body() })) as Promise<Changed>;

/** A change of the open workspace: accounts, customers, addresses, policies, steps. */
export function changeWorkspace(body: Body): Promise<Changed> {
  const id = session.frame?.workspace;
  if (!id) throw new Error("no workspace is open");
  return change({ aggregate: { kind: "workspace", id }, body });
}
