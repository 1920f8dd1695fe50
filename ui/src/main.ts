/** The window's own page. */
import { carries } from "./ahead.ts";
import "./styles/index.css";
import { keepDropsOut } from "./lib/drop.ts";
import { show } from "./window.ts";

const target = document.getElementById("app");
if (!target) throw new Error("index.html has no #app");

keepDropsOut();
// The first answers are on their way: what the engine's first word for a moment takes is done meanwhile.
new Intl.DateTimeFormat().format();
void show(target, carries);
