/** What the shell knows before the window paints; set by its initialisation script. */
export interface Start {
  theme?: "light" | "dark" | "system";
  locale?: string;
  /** It was started by a link, which waits to be followed. */
  link?: boolean;
  /** Hears what the shell tells; what it told before anybody heard comes at once. */
  hear?: (event: string, ear: (payload: unknown) => void) => void;
}

declare global {
  var __PARTNER_CONSOLE__: Start | undefined;
}

/** The shell's start values, empty where the window runs without it (tests, gallery). */
export const start: Start = globalThis.__PARTNER_CONSOLE__ ?? {};

/** Whether keys are worded and drawn for macOS. */
export const isMac = /Mac/.test(globalThis.navigator?.userAgent ?? "");
