// Measures from a key press to the frame that shows what it did; `globalThis.__paint` holds the times in milliseconds.
// Before it stand two functions: `asked()`, what a key is pressed on, and `answered(on)`, whether that shows the answer.
// A mutation is painted by the frame that follows it: a message that is posted from that frame's callback is handled
// once the frame is done.
const times = (globalThis.__paint = []);
const frame = new MessageChannel();
let waiting = [];
let drawn = [];
frame.port1.onmessage = () => {
  const now = performance.now();
  for (const { at } of drawn.splice(0)) times.push(now - at);
};
addEventListener("keydown", ({ timeStamp }) => waiting.push({ at: timeStamp, on: asked() }), true);
new MutationObserver(() => {
  const ready = waiting.filter(({ on }) => answered(on));
  if (ready.length === 0) return;
  waiting = waiting.filter((one) => !ready.includes(one));
  requestAnimationFrame(() => {
    drawn.push(...ready);
    frame.port2.postMessage(0);
  });
}).observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
