/** Every part in every state, under `npm run dev` at /gallery.html; never part of the build. */
import { mount } from "svelte";
import "../src/styles/index.css";
import { setTransport } from "../src/ipc/transport.ts";
import { theme } from "../src/lib/theme.svelte.ts";
import Gallery from "./Gallery.svelte";

setTransport({
  call: ({ name }) => Promise.reject(new Error(`the gallery answers no calls: ${name}`)),
  closing: () => () => undefined,
  listen: () => () => undefined,
});

const wanted = new URLSearchParams(location.search).get("theme");
if (wanted === "light" || wanted === "dark") theme.chosen = wanted;

const target = document.getElementById("app");
if (!target) throw new Error("gallery.html has no #app");
mount(Gallery, { target });
