/** Where the window is. The place lives in memory only: the app has no addresses of its own to bookmark. */
import { tick } from "svelte";
import type { Route } from "../screens/routes.ts";

/** How many places *back* remembers. */
const KEPT = 100;

const same = (a: Route, b: Route) => JSON.stringify(a) === JSON.stringify(b);

class Router {
  #places = $state.raw<Route[]>([{ name: "home" }]);
  #at = $state(0);
  #guard?: (next: Route) => boolean | Promise<boolean>;
  /** Counts the wishes to go somewhere: where one had to wait, the last holds. */
  #wishes = 0;
  /** What a screen waits for that is not there yet; set by whoever knows the screens. */
  coming?: (next: Route) => Promise<void> | undefined;
  /** There while one waits for a screen; resolves when it is here. */
  waiting?: Promise<void>;

  get route(): Route {
    return this.#places[this.#at] ?? { name: "home" };
  }

  get canGoBack(): boolean {
    return this.#at > 0;
  }

  get canGoForward(): boolean {
    return this.#at < this.#places.length - 1;
  }

  /** Go to a screen; `replace` swaps the present place instead of adding one. */
  async go(route: Route, { replace = false } = {}): Promise<void> {
    const mine = ++this.#wishes;
    if (same(route, this.route)) return;
    if (!(await this.#mayLeave(route))) return;
    const coming = this.coming?.(route);
    if (coming) {
      this.waiting = coming;
      await coming;
      if (this.waiting === coming) this.waiting = undefined;
      if (mine !== this.#wishes) return;
    }
    const before = this.#places.slice(0, replace ? this.#at : this.#at + 1);
    this.#places = [...before, route].slice(-KEPT);
    this.#at = this.#places.length - 1;
    await focusHeading();
  }

  async back(): Promise<void> {
    await this.#step(-1);
  }

  async forward(): Promise<void> {
    await this.#step(1);
  }

  /**
   * Change what the present place remembers (a tab, a chosen row) without leaving it: no new
   * step for *back*, and the focus stays.
   */
  amend(route: Route): void {
    this.#places = this.#places.with(this.#at, route);
  }

  /** Start again from one place: after the first start, or when the workspace changed. */
  async reset(route: Route = { name: "home" }): Promise<void> {
    this.#guard = undefined;
    this.#places = [route];
    this.#at = 0;
    await focusHeading();
  }

  /** A screen with something unsaved may hold the way out; returns how to let go again. */
  guard(may: (next: Route) => boolean | Promise<boolean>): () => void {
    this.#guard = may;
    return () => {
      if (this.#guard === may) this.#guard = undefined;
    };
  }

  async #step(by: -1 | 1): Promise<void> {
    const next = this.#places[this.#at + by];
    if (!next || !(await this.#mayLeave(next))) return;
    this.#at += by;
    await focusHeading();
  }

  async #mayLeave(next: Route): Promise<boolean> {
    return this.#guard ? await this.#guard(next) : true;
  }
}

/** A new screen is read from its heading on, and the keyboard starts there; unless the screen put it where its route leads. */
async function focusHeading(): Promise<void> {
  const before = document.activeElement;
  await tick();
  const { activeElement, body } = document;
  if (activeElement !== before && activeElement !== body) return;
  const heading = document.querySelector<HTMLElement>("[data-sheet] h1");
  if (!heading) return;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
}

export const router = new Router();

/** Go to a screen: `go({ name: "project", project: id })`. */
export const go = router.go.bind(router);
