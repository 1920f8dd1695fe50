// Tells the shell of the second animation frame in which there is a list to work with. A hidden window has no
// frames, so they are counted from when it is shown. Runs before the page does, in the app and in the blank window.
(() => {
  const look = () => {
    if (!document.querySelector("[data-testid=recent], [data-usable]")) requestAnimationFrame(look);
    else requestAnimationFrame(() => void globalThis.__TAURI_INTERNALS__.invoke("call", { name: "bench_usable", args: {} }));
  };
  requestAnimationFrame(look);
})();
