/** The activity's filter: words anywhere in the sentence, its place or its person; person and project exactly. */
import { expect, it } from "vitest";
import type { ActivityView } from "$ipc/types.ts";
import { choicesOf, filtered } from "./filter.ts";

const entry = (id: string, person: [string, string], project: string | null, name: string): ActivityView => ({
  id,
  number: 1,
  by: { id: person[0], name: person[1], me: false, at: 0 },
  command: { id, kind: "workspace.rename", v: 1, aggregate: { kind: "workspace", id: "w" }, made_at: 0, needs: [], args: { name } },
  known: true,
  project,
  version: null,
});

const ANA: [string, string] = ["m1", "Ana Conceição"];
const entries = [entry("a", ANA, "Call Notes", "Alpha"), entry("b", ["m2", "QA 1"], "Queue Lens", "Beta"), entry("c", ["m3", ""], null, "Gamma")];
const ids = (found: readonly ActivityView[]) => found.map(({ id }) => id).join("");

it.each([
  [{ text: "" }, "abc"],
  [{ text: "renamed" }, "abc"],
  [{ text: "conceicao" }, "a"],
  [{ text: "LENS renamed" }, "b"],
  [{ text: "lens alpha" }, ""],
  [{ text: "", person: "m2" }, "b"],
  [{ text: "", project: "Call Notes" }, "a"],
  [{ text: "beta", project: "Call Notes" }, ""],
])("%j leaves %j", (wanted, left) => expect(ids(filtered(entries, wanted))).toBe(left));

it("offers the people and projects that there is anything of, each once", () => {
  expect(choicesOf([...entries, ...entries])).toEqual({
    people: [
      { value: "m1", label: "Ana Conceição" },
      { value: "m2", label: "QA 1" },
    ],
    projects: ["Call Notes", "Queue Lens"],
  });
});
