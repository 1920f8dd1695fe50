// What is wrong with the page for whoever cannot see it: a line each.
const faults = [];
const shown = (element) => {
  const box = element.getBoundingClientRect();
  return box.width > 0 && box.height > 0 && getComputedStyle(element).visibility === "visible";
};
const all = (selector) => [...document.querySelectorAll(selector)].filter(shown);
const what = (element) => element.outerHTML.replace(/\s+/g, " ").slice(0, 140);
const text = (ids) => ids.split(/\s+/).map((id) => document.getElementById(id)?.textContent ?? "").join(" ");

const headings = all("h1").filter((heading) => !heading.closest("[inert]"));
if (headings.length !== 1 || headings[0].innerText.trim() === "") faults.push(`${headings.length} h1: ${headings.map(what)}`);
if (all("main").length !== 1) faults.push(`${all("main").length} main`);
if (!document.documentElement.lang) faults.push("the page has no language");
if (!document.title) faults.push("the page has no title");
if (document.scrollingElement.scrollWidth > innerWidth) faults.push("the page scrolls sideways");

for (const landmark of all("nav, [role=navigation], [role=region], [role=dialog]")) {
  const name = landmark.getAttribute("aria-label") || text(landmark.getAttribute("aria-labelledby") ?? "");
  if (!name.trim()) faults.push(`no name: ${what(landmark)}`);
}
const CONTROLS = "button, a[href], input, select, textarea, [role=button], [role=switch], [role=checkbox], [role=radio], [role=tab], [role=combobox], [role=listbox], [role=grid], [role=option], [role=menuitem], [tabindex='0']";
for (const control of all(CONTROLS)) {
  if (control.closest("[aria-hidden=true]")) {
    if (control.tabIndex >= 0) faults.push(`hidden, but takes the focus: ${what(control)}`);
    continue;
  }
  const name =
    control.getAttribute("aria-label") ||
    text(control.getAttribute("aria-labelledby") ?? "").trim() ||
    [...(control.labels ?? [])].map((label) => label.innerText).join(" ").trim() ||
    (control.matches("input, textarea, select") ? "" : control.innerText.trim()) ||
    control.title;
  if (!name) faults.push(`no name: ${what(control)}`);
}
for (const picture of all("img")) if (!picture.hasAttribute("alt")) faults.push(`no alt: ${what(picture)}`);
for (const element of all("[tabindex]")) if (element.tabIndex > 0) faults.push(`tabindex over 0: ${what(element)}`);

const seen = new Set();
for (const { id } of document.querySelectorAll("[id]")) {
  if (seen.has(id)) faults.push(`id twice: ${id}`);
  seen.add(id);
}
for (const attribute of ["aria-labelledby", "aria-describedby", "aria-controls", "aria-activedescendant", "for"]) {
  for (const element of all(`[${attribute}]`)) {
    for (const id of element.getAttribute(attribute).split(/\s+/).filter(Boolean)) {
      // A list that is closed is not there yet.
      const closed = attribute === "aria-controls" && element.getAttribute("aria-expanded") === "false";
      if (!closed && !document.getElementById(id)) faults.push(`${attribute} names ${id}, which is not there: ${what(element)}`);
    }
  }
}
return faults;
