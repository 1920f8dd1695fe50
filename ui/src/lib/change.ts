/** Changes of the aggregates. Each resolves when the change is durable on this computer. */
import { write } from "$ipc/call.ts";
import { change } from "$ipc/client.ts";
import type { AggregateRef, Body, Changed, InstallationId, ProjectId, RunId } from "$ipc/types.ts";
import { session } from "./session.svelte.ts";
import { history } from "./undo.svelte.ts";

/** Makes a change that *undo* takes back from anywhere, or says that it cannot. */
export async function changeIn(aggregate: AggregateRef, body: Body): Promise<Changed> {
  const done = await change({ aggregate, body });
  history.add({ aggregate, body, undo: done.undo });
  return done;
}

/** A change of a project: its versions, fields, reviews, findings, links. */
export const changeProject = (id: ProjectId, body: Body): Promise<Changed> => changeIn({ kind: "project", id }, body);

/** A field of a version, whose form takes it back by itself. */
export const changeField = (id: ProjectId, body: Extract<Body, { kind: "version.set_field" }>): Promise<Changed> =>
  change({ aggregate: { kind: "project", id }, body });

/** A change of a checklist run, which has a way back for each of its items. */
export const changeRun = (id: RunId, body: Body): Promise<Changed> => change({ aggregate: { kind: "run", id }, body });

/** The same for a change that names the outcome of earlier ones: `body` is made when it goes out. */
export const changeRunInTurn = (id: RunId, body: () => Body): Promise<Changed> =>
  write("change", () => ({ aggregate: { kind: "run", id }, body: body() })) as Promise<Changed>;

/** A change of an installation: whose it is, the steps of a rotation. */
export const changeInstallation = (id: InstallationId, body: Body): Promise<Changed> => changeIn({ kind: "installation", id }, body);

/** A change of the open workspace: accounts, customers, addresses, policies, steps. */
export async function changeWorkspace(body: Body): Promise<Changed> {
  const of = office();
  if (!of) throw new Error("no workspace is open");
  return changeIn(of, body);
}

/** The open workspace. */
export const office = (): AggregateRef | undefined => (session.frame ? { kind: "workspace", id: session.frame.workspace } : undefined);
