// Runs before the first paint, so that no window flashes in the wrong theme. The shell may have
// left a choice in `__PARTNER_CONSOLE__`; src/lib/theme.ts takes over from here.
(() => {
  const start = globalThis.__PARTNER_CONSOLE__;
  const chosen = start && start.theme;
  const dark = globalThis.matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.theme = chosen === "light" || chosen === "dark" ? chosen : dark ? "dark" : "light";
})();
