/** What the first look at a workspace does without: every screen but home, and what opens over all of them. */
export { screens } from "../screens/index.ts";
export { default as InstallDialog } from "../screens/install/InstallDialog.svelte";
export { default as ProcessMap } from "../screens/home/ProcessMap.svelte";
export { default as ThreadDialog } from "../views/ThreadDialog.svelte";
export { default as ProjectDialog } from "../views/ProjectDialog.svelte";
export { default as Menu } from "../parts/Menu.svelte";
export { default as Recovery } from "../screens/recovery/Recovery.svelte";
export { default as Start } from "../screens/start/Start.svelte";
export { default as Confirmation } from "./Confirmation.svelte";
export { default as KeyList } from "./KeyList.svelte";
export { default as Palette } from "./Palette.svelte";
export { default as Tip } from "./Tip.svelte";
