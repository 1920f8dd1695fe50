// Words that are cut where nobody can read the rest, and pages wider than the window: a line each.
const faults = [];
const what = (element) => element.outerHTML.replace(/\s+/g, " ").slice(0, 160);
// Enlarged so far that the frame has no room, it keeps its least width and the page is scrolled (`frame.css`).
if (document.scrollingElement.scrollWidth > Math.max(innerWidth, 880)) faults.push("the page scrolls sideways");
for (const element of document.querySelectorAll("body *")) {
  const own = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && /\S/.test(node.data));
  if (!own || element.closest("[inert], [aria-hidden=true], .visually-hidden, .sr-only")) continue;
  const box = element.getBoundingClientRect();
  // One pixel is how words for readers only are hidden.
  if (box.width <= 1 || box.height <= 1 || getComputedStyle(element).visibility !== "visible") continue;
  if (element.matches("input, textarea, select")) continue;
  // The nearest element that clips these words, if it does not scroll.
  const range = document.createRange();
  range.selectNodeContents(element);
  const words = range.getBoundingClientRect();
  for (let clip = element; clip && clip !== document.body; clip = clip.parentElement) {
    const style = getComputedStyle(clip);
    if (/auto|scroll/.test(style.overflowX)) break;
    if (!/hidden|clip/.test(style.overflowX)) continue;
    const edge = clip.getBoundingClientRect();
    const cut = words.right > edge.right + 1 || words.left < edge.left - 1 || (clip === element && element.scrollWidth > element.clientWidth + 1);
    if (cut) {
      if (!element.closest("[title]")) faults.push(`cut: “${element.innerText.trim().slice(0, 60)}” ${what(element)}`);
      break;
    }
  }
}
return [...new Set(faults)];
