/** What the window's first look does without: every screen but home, and what opens over all of them. */
export { screens } from "../screens/index.ts";
export { default as InstallDialog } from "../screens/install/InstallDialog.svelte";
export { default as ProcessMap } from "../screens/home/ProcessMap.svelte";
export { default as ThreadDialog } from "../views/ThreadDialog.svelte";
export { default as KeyList } from "./KeyList.svelte";
export { default as Palette } from "./Palette.svelte";
