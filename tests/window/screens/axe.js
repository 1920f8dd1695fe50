// What axe-core finds wrong with the page, WCAG 2.2 AA and best practices: a line for each element. The argument says
// whether only the colours are looked at: nothing else differs from one theme to the other.
const [colours, done] = arguments;
axe
  .run(document, {
    runOnly: colours
      ? { type: "rule", values: ["color-contrast"] }
      : ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    resultTypes: ["violations"],
    // Experimental, and wrong about keys: what a button shows of its key is no part of its name.
    ...(!colours && { rules: { "label-content-name-mismatch": { enabled: false } } }),
  })
  .then(
    ({ violations }) =>
      done(
        violations.flatMap(({ id, help, nodes }) =>
          // What a button opens over the page belongs to that button, not to a landmark.
          nodes.filter(() => id !== "region" || !document.querySelector(".pop")).map(({ target, any, all, none }) => {
            const why = [...any, ...all, ...none].map(({ message }) => message).join("; ");
            return `${id} (${help}) at ${target.join(" ")}: ${why}`;
          }),
        ),
      ),
    (error) => done([`axe failed: ${error}`]),
  );
