// What the page has before anything of it runs: what it must know for its first paint, and an ear for what the shell
// tells. What comes before the page listens waits for it: nothing that changes while it is read is missed.
(() => {
  const ears = new Map();
  const waiting = [];
  const tell = (event, payload) => {
    const ear = ears.get(event);
    if (ear) ear(payload);
    else waiting.push([event, payload]);
  };
  const hear = (event, ear) => {
    ears.set(event, ear);
    for (const told of waiting.splice(0)) tell(...told);
  };
  globalThis.__PARTNER_CONSOLE__ = Object.freeze({ ...VALUES, tell, hear });
})();
