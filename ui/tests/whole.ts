/**
 * Import it for the window with every piece of it read, as it is for somebody who has been everywhere. Here rather than
 * in a test: reading it takes long.
 */
import { later } from "../src/frame/later.svelte.ts";
import { screens, type ApartName } from "../src/screens/index.ts";
import type { Route } from "../src/screens/routes.ts";

const names = Object.keys(screens) as ApartName[];
await Promise.all([later.readProcess(), ...names.map((name) => later.coming({ name } as Route))]);
