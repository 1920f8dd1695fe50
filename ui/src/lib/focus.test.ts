import { afterEach, describe, expect, it } from "vitest";
import { keepFocus, wayBack } from "./focus.ts";

afterEach(() => document.body.replaceChildren());

const at = (id: string) => document.getElementById(id) as HTMLElement;
const PAGE = `
  <button id="elsewhere">elsewhere</button>
  <main data-screen="workspace">
    <button id="first">first</button>
    <section>
      <button id="add">add</button>
      <table><tbody>
        <tr id="row"><td><button id="open">open</button></td></tr>
        <tr><td><button id="next">next</button></td></tr>
      </tbody></table>
    </section>
  </main>`;

/** What had the focus goes with what it stood in, as it does when a row is removed. */
function take(selectors: readonly string[]) {
  at("open").blur();
  for (const selector of selectors) document.querySelector(selector)?.remove();
}

const CASES: [name: string, gone: string[], expected: string | undefined][] = [
  ["in the next row", ["#row"], "next"],
  ["beside the list", ["tbody"], "add"],
  ["at the top of the screen", ["section"], "first"],
  ["nowhere, where the whole screen is gone", ["main"], undefined],
];

describe("the way back", () => {
  it.each([["where it was", [], "open"], ...CASES] as typeof CASES)("is %s", (_, gone, expected) => {
    document.body.innerHTML = PAGE;
    at("open").focus();
    const back = wayBack();
    take(gone);
    back();
    expect(document.activeElement?.id || undefined).toBe(expected);
  });

  it("is not gone where somebody went on", () => {
    document.body.innerHTML = PAGE;
    at("open").focus();
    const back = wayBack();
    take(["#row"]);
    at("elsewhere").focus();
    back();
    expect(document.activeElement?.id).toBe("elsewhere");
  });
});

describe("the focus that is kept", () => {
  it.each(CASES)("is %s", async (_, gone, expected) => {
    document.body.innerHTML = PAGE;
    const stop = keepFocus();
    at("open").focus();
    take(gone);
    await new Promise((done) => setTimeout(done));
    await new Promise((done) => setTimeout(done));
    expect(document.activeElement?.id || undefined).toBe(expected);
    stop();
  });

  it("leaves alone what a person left, whatever else changes", async () => {
    document.body.innerHTML = PAGE;
    const stop = keepFocus();
    at("open").focus();
    at("open").blur();
    at("next").remove();
    await new Promise((done) => setTimeout(done));
    await new Promise((done) => setTimeout(done));
    expect(document.activeElement).toBe(document.body);
    stop();
  });
});
