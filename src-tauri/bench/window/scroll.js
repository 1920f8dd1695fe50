// Scrolls a list by STEP pixels in each of FRAMES frames, and counts the frames that showed a row with nothing in it.
// What a frame shows is looked at once it is done: in a message that is posted from its callback.
const [selector, step, frames, done] = arguments;
const list = document.querySelector(selector);
const height = list.querySelector(".vrow").offsetHeight;
const frame = new MessageChannel();
let blank = 0;
let n = 0;
const isBlank = () => {
  const full = new Set();
  for (const row of list.querySelectorAll(".vrow")) if (row.textContent.trim()) full.add(Number(row.dataset.index));
  const last = Math.min(Math.ceil((list.scrollTop + list.clientHeight) / height), Math.round(list.scrollHeight / height));
  for (let at = Math.floor(list.scrollTop / height); at < last; at += 1) if (!full.has(at)) return true;
  return false;
};
frame.port1.onmessage = () => {
  if (isBlank()) blank += 1;
  n += 1;
  if (n === frames) done([blank, Math.round(list.scrollTop / height)]);
};
const go = () => {
  list.scrollTop += step;
  frame.port2.postMessage(0);
  if (n < frames) requestAnimationFrame(go);
};
requestAnimationFrame(go);
