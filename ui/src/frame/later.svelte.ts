/**
 * What the first look does without, in pieces of their own: the process beside home's list, read as soon as the list is
 * on the screen; what opens over all screens, and then the other screens, read when somebody comes to the window. Until
 * then it holds no memory for them; by the time somebody goes anywhere nothing has to be waited for.
 */
import type { Component } from "svelte";
import { screens, type ApartName } from "../screens/index.ts";
import type { Route } from "../screens/routes.ts";

type Rest = typeof import("./rest.ts");
/** The table of screens is typed by name; that a route meets the screen of its own name holds by the lookup. */
type AnyScreen = Component<{ route: Route }>;

type ProcessMap = typeof import("../screens/home/ProcessMap.svelte").default;

class Later {
  ProcessMap = $state.raw<ProcessMap>();
  rest = $state.raw<Rest>();
  #reading?: Promise<void>;
  #screens = $state.raw<Partial<Record<ApartName, AnyScreen>>>({});

  /** Reads the process beside home's list. */
  async readProcess(): Promise<void> {
    this.ProcessMap ??= (await import("../screens/home/ProcessMap.svelte")).default;
  }

  /** Reads what opens over all screens, once; resolves when it is there. The screens follow, one after another. */
  read(): Promise<void> {
    this.#reading ??= import("./rest.ts").then((rest) => {
      this.rest = rest;
      void this.#readScreens();
    });
    return this.#reading;
  }

  /** A screen that was read. */
  screen(name: ApartName): AnyScreen | undefined {
    return this.#screens[name];
  }

  /** What a place waits for, where it is not all there. */
  coming({ name }: Route): Promise<void> | undefined {
    if (name === "home" || (this.rest && this.#screens[name])) return undefined;
    return Promise.all([this.read(), this.#readScreen(name)]).then(() => undefined);
  }

  async #readScreens(): Promise<void> {
    for (const name of Object.keys(screens) as ApartName[]) await this.#readScreen(name);
  }

  async #readScreen(name: ApartName): Promise<void> {
    if (this.#screens[name]) return;
    const { default: screen } = await screens[name]();
    this.#screens = { ...this.#screens, [name]: screen as unknown as AnyScreen };
  }
}

export const later = new Later();
