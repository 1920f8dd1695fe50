/**
 * The rest of the window, in a piece of its own: read once the first look is on the screen, so that the window comes
 * up without it, and nothing has to be waited for by the time somebody goes anywhere.
 */
type Rest = typeof import("./rest.ts");

class Later {
  rest = $state.raw<Rest>();
  #reading?: Promise<void>;

  /** Reads it, once; resolves when it is there. */
  read(): Promise<void> {
    this.#reading ??= import("./rest.ts").then((rest) => {
      this.rest = rest;
    });
    return this.#reading;
  }
}

export const later = new Later();
