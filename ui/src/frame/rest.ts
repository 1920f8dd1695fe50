/** What opens over all screens, and what the window is before there is a workspace: the first look does without it. */
export { default as InstallDialog } from "../screens/install/InstallDialog.svelte";
export { default as RedactDialog } from "../views/RedactDialog.svelte";
export { default as ThreadDialog } from "../views/ThreadDialog.svelte";
export { default as ProjectDialog } from "../views/ProjectDialog.svelte";
export { default as Menu } from "../parts/Menu.svelte";
export { default as Recovery } from "../screens/recovery/Recovery.svelte";
export { default as Start } from "../screens/start/Start.svelte";
export { default as Confirmation } from "./Confirmation.svelte";
export { default as KeyList } from "./KeyList.svelte";
export { default as Palette } from "./Palette.svelte";
export { default as Tip } from "./Tip.svelte";
