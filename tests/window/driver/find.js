// The first visible element by CSS selector, or by role and accessible name; null if there is none.
// A working part of the rules for names, enough for a page that labels its controls.
const [by, what, name] = arguments;

const implied = {
  alert: "[role=alert]",
  button: "button, input[type=button], input[type=submit], input[type=reset], summary",
  cell: "td",
  checkbox: "input[type=checkbox]",
  combobox: "select",
  dialog: "dialog[open]",
  form: "form",
  heading: "h1, h2, h3, h4, h5, h6",
  img: "img",
  link: "a[href]",
  list: "ul, ol",
  listitem: "li",
  main: "main",
  navigation: "nav",
  option: "option",
  radio: "input[type=radio]",
  row: "tr",
  searchbox: "input[type=search]",
  table: "table",
  textbox: "input:not([type]), input[type=text], input[type=email], input[type=url], input[type=tel], input[type=password], textarea",
};

const squeeze = (text) => (text ?? "").replace(/\s+/g, " ").trim();

function visible(element) {
  const style = getComputedStyle(element);
  if (style.visibility !== "visible" || style.display === "none") return false;
  const box = element.getBoundingClientRect();
  // A checkbox that a styled label stands for may be one pixel small.
  return box.width > 0 && box.height > 0;
}

function named(element) {
  const ids = squeeze(element.getAttribute("aria-labelledby"));
  if (ids) return squeeze(ids.split(" ").map((id) => document.getElementById(id)?.textContent).join(" "));
  const label = squeeze(element.getAttribute("aria-label"));
  if (label) return label;
  if (element.labels?.length) return squeeze([...element.labels].map((each) => each.innerText).join(" "));
  if (element.matches("input[type=button], input[type=submit], input[type=reset]")) return squeeze(element.value);
  if (element.matches("img")) return squeeze(element.alt);
  const text = element.matches("input, textarea, select") ? "" : squeeze(element.innerText);
  return text || squeeze(element.getAttribute("title")) || squeeze(element.getAttribute("placeholder"));
}

function hidden(element) {
  return element.closest("[inert], [aria-hidden=true]") !== null;
}

if (by === "css") return [...document.querySelectorAll(what)].find(visible) ?? null;

const selector = `[role="${what}"]` + (implied[what] ? `, :is(${implied[what]}):not([role])` : "");
return (
  [...document.querySelectorAll(selector)].find(
    (element) => visible(element) && !hidden(element) && named(element) === name,
  ) ?? null
);
