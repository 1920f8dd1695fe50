/** The window's own page. */
import { begun, carries } from "./ahead.ts";
import "./styles/index.css";
import { keepDropsOut } from "./lib/drop.ts";
import { show } from "./window.ts";

const target = document.getElementById("app");
if (!target) throw new Error("index.html has no #app");

keepDropsOut();
await begun;
await show(target, carries);
