// Which element has the focus, and what is wrong with how it shows: its test id and a line, empty if nothing is.
const NOTHING = "nothing has the focus";
const element = document.activeElement;
if (!element || element === document.body) return ['', NOTHING];
// A new screen is read from its heading on; it is no stop of the Tab key.
if (element.matches('h1[tabindex="-1"]')) return ['', NOTHING];
const id = element.dataset.testid ?? '';
const box = element.getBoundingClientRect();
const seen = box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
const ring = (one) => {
  if (!one) return false;
  const style = getComputedStyle(one);
  return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none';
};
const what = element.outerHTML.slice(0, 160);
if (!seen) return [id, 'the focus is out of sight: ' + what];
if (!element.matches(':focus-visible')) return [id, 'not :focus-visible: ' + what];
// A field's frame may carry the ring of the input in it, and a list's row that of the list; the palette's field is alone, and its caret is enough.
if (!ring(element) && !ring(element.closest('.input')) && !ring(document.getElementById(element.getAttribute('aria-activedescendant'))) && id !== 'palette-input') return [id, 'no ring is drawn: ' + what];
return [id, ''];
