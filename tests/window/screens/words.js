// Words in the window of the pseudo-language that come from no catalogue: a line each. What the catalogue says stands in
// brackets; `window.__entered` holds what people entered, `window.__given` the texts of the templates that come along.
const faults = new Set();
const entered = window.__entered;
const given = new Set(window.__given);
// What a field holds was typed a moment ago.
const typed = [...document.querySelectorAll("input, textarea")].map(({ value }) => value).filter(Boolean);
// Words of the language’s own rules: days, months, sizes; kinds of images and files, named alike everywhere; and each language's own name.
const spoken = new Set(["at", "byte", "bytes", "kB", "MB", "GB", "PNG", "JPEG", "GIF", "WebP", "PEM", "JSON"]);
for (let n = 0; n < 12; n += 1) {
  for (const form of ["long", "short"]) {
    spoken.add(new Date(2026, n, 1).toLocaleDateString("en-GB", { month: form }));
    spoken.add(new Date(2026, 0, n + 1).toLocaleDateString("en-GB", { weekday: form }));
  }
}
for (const tag of ["en", "pt", "es"]) spoken.add(new Intl.DisplayNames([tag], { type: "language" }).of(tag).replace(/^./, (letter) => letter.toUpperCase()));
const dated = (part) => part.split(/[^\p{L}]+/u).every((word) => word === "" || spoken.has(word));
const own = (part) => given.has(part) || dated(part) || [...entered, ...typed].some((one) => one === part || (part.length > 1 && one.includes(part)));
// Moments are the language's own; keys are named as they stand on the keyboard, folders as the system does; what a
// server sent stands as it came.
const UNSPOKEN = "time, kbd, code, pre, svg, script, style";

/** Whether a text that stands in no brackets says something of its own. */
function speaks(text) {
  // A name often stands with the number of a version behind it.
  const parts = text.replace(/\s+\d[\w.+-]*(?=[\s:,]|$)/g, ",").split(/[\s]*[·,:()–…\n\u2002]+[\s]*/).map((part) => part.trim()).filter(Boolean);
  const whole = text.trim();
  // An address of mail is somebody's own.
  if (!/\p{L}{2,}/u.test(whole) || own(whole) || /^\S+@\S+$/.test(whole)) return false;
  return parts.some((part) => /\p{L}{2,}/u.test(part) && !own(part) && !/^\p{Lu}{1,2}$/u.test(part) && !/^v?[\d.]+[\w.+-]*$/.test(part));
}

/** What of a text stands in no brackets, from a depth on. */
function outside(text, depth) {
  let rest = "";
  for (const letter of text) {
    if (letter === "⟦") depth += 1;
    else if (letter === "⟧") depth -= 1;
    else if (depth === 0) rest += letter;
  }
  return [rest, depth];
}

const shown = (element) => {
  const box = element.getBoundingClientRect();
  return box.width > 0 && box.height > 0 && getComputedStyle(element).visibility === "visible";
};
const what = (element) => element.outerHTML.replace(/\s+/g, " ").slice(0, 140);

// A text may be drawn by several elements: a bold word, a mark.
let depth = 0;
const nodes = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
for (let node = nodes.nextNode(); node; node = nodes.nextNode()) {
  let rest;
  [rest, depth] = outside(node.data, depth);
  const parent = node.parentElement;
  if (parent.closest(UNSPOKEN) || !shown(parent)) continue;
  if (speaks(rest)) faults.add(`“${rest.trim().slice(0, 80)}” comes from no catalogue: ${what(parent)}`);
}
for (const name of ["aria-label", "title", "placeholder", "alt", "aria-roledescription", "aria-valuetext"]) {
  for (const element of document.querySelectorAll(`[${name}]`)) {
    const text = element.getAttribute(name);
    if (element.closest(UNSPOKEN) || !shown(element)) continue;
    if (speaks(outside(text, 0)[0])) faults.add(`${name} “${text.slice(0, 80)}” comes from no catalogue: ${what(element)}`);
  }
}
return [...faults];
