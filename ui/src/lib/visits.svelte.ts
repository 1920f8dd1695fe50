/** Places that a person was at lately, by the names that their screens gave them. */
import { router } from "./router.svelte.ts";
import type { Route } from "../screens/routes.ts";

export interface Visit {
  route: Route;
  label: string;
}

const MOST = 8;

/** What makes a place one of its own: not the row or field that one was at there. */
function idOf(route: Route): string | undefined {
  switch (route.name) {
    case "project":
      return `project ${route.project}`;
    case "version":
    case "review":
    case "dossier":
      return `${route.name} ${route.version}`;
    case "run":
      return `run ${route.run}`;
    case "template":
      return `template ${route.template}`;
    default:
      // Every other place stands in the palette by itself.
      return undefined;
  }
}

class Visits {
  #all = $state.raw<readonly Visit[]>([]);

  /** The screen of the present place says what it is called. */
  name(label: string): void {
    const { route } = router;
    const id = idOf(route);
    if (id === undefined || label === "") return;
    this.#all = [{ route, label }, ...this.#all.filter((visit) => idOf(visit.route) !== id)].slice(0, MOST);
  }

  /** Newest first, without the present one. */
  get before(): readonly Visit[] {
    const here = idOf(router.route);
    return this.#all.filter(({ route }) => idOf(route) !== here);
  }

  /** Another workspace is another life. */
  clear(): void {
    this.#all = [];
  }
}

export const visits = new Visits();
