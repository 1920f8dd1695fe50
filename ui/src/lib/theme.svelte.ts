/** The theme: a choice of light, dark or the system's, resolved onto `<html data-theme>`. */
import { start } from "./start.ts";

export type Theme = "light" | "dark" | "system";

const systemDark = globalThis.matchMedia("(prefers-color-scheme: dark)");

class ThemeChoice {
  #chosen = $state<Theme>(start.theme ?? "system");

  constructor() {
    systemDark.addEventListener("change", () => this.#apply());
  }

  get chosen(): Theme {
    return this.#chosen;
  }

  set chosen(theme: Theme) {
    this.#chosen = theme;
    this.#apply();
  }

  #apply() {
    const dark = this.#chosen === "dark" || (this.#chosen === "system" && systemDark.matches);
    document.documentElement.dataset.theme = dark ? "dark" : "light";
  }
}

export const theme = new ThemeChoice();
