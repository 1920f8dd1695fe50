/** The partner process as the map shows it: steps under their headings, headings under how often they are done. */
import type { ProcessView, Screen, StepGroup, StepScope, StepView } from "$ipc/types.ts";
import type { Route } from "../routes.ts";

export interface Stage {
  group: StepGroup;
  steps: StepView[];
  done: number;
  /** 0 to 100, rounded down, so that 100 means all. */
  percent: number;
}

export interface Scope {
  scope: StepScope;
  stages: Stage[];
}

const SCOPES: readonly StepScope[] = ["workspace", "project", "version"];

/** The headings of the page, in its order, under their three scopes. */
export function scopesOf(steps: readonly StepView[]): Scope[] {
  const stages = new Map<StepGroup, StepView[]>();
  for (const view of steps) stages.set(view.step.group, [...(stages.get(view.step.group) ?? []), view]);
  return SCOPES.map((scope) => ({
    scope,
    stages: [...stages]
      .filter(([, inside]) => inside[0]?.step.scope === scope)
      .map(([group, inside]) => {
        const done = inside.filter((view) => view.done).length;
        return { group, steps: inside, done, percent: Math.floor((100 * done) / inside.length) };
      }),
  })).filter(({ stages }) => stages.length > 0);
}

/** The first step that is not done, in the order of the map. */
export const nextStep = (scopes: readonly Scope[]): StepView | undefined =>
  scopes.flatMap(({ stages }) => stages.flatMap(({ steps }) => steps)).find(({ done }) => !done);

/** At first each scope shows the steps of its first unfinished heading. */
export const openAtFirst = (scopes: readonly Scope[]): StepGroup[] =>
  scopes.flatMap(({ stages }) => stages.find(({ done, steps }) => done < steps.length)?.group ?? []);

/** Where a step is done: a screen, or the install dialog. */
export function stepPlace(screen: Screen, { project, version }: ProcessView): Route | "install" {
  const at = { project: project.id, version: version.id };
  switch (screen) {
    case "partner_documents":
    case "documentation":
    case "own_accounts":
      return { name: "workspace" };
    case "certification":
    case "technical_ux":
    case "qa":
      return { name: "project", project: project.id, tab: "checklists" };
    case "project":
      return { name: "project", project: project.id };
    case "information":
      return { name: "version", ...at, part: "general" };
    case "technical":
      return { name: "version", ...at, part: "technical" };
    case "review":
      return { name: "review", ...at };
    case "install":
      return "install";
    case "connections":
      return { name: "connections" };
    case "installations":
      return { name: "project", project: project.id, tab: "installations" };
    case "events":
      return { name: "events" };
  }
}
