/** The map of the partner process: every step of the engine has its words, stands under its scope, and leads somewhere known. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ProcessView, StepGroup, StepScope, StepView } from "$ipc/types.ts";
import { en } from "../../texts/en/index.ts";
import { INSTALLATION_STEPS } from "../installations/case.ts";
import { nextStep, openAtFirst, scopesOf, stepPlace } from "./process.ts";

const step = (id: string, scope: StepScope, group: StepGroup, done = false): StepView => ({
  step: { id, scope, group, proof: null, tickable: true, screen: "review", page: "", source: "" },
  done,
  by_evidence: done,
  ticked: null,
});

describe("the words", () => {
  it("stand for every step and heading of the engine, and for no other", () => {
    const rust = readFileSync(join(import.meta.dirname, "../../../../src-tauri/domain/src/process/steps.rs"), "utf8");
    const ids = [...rust.matchAll(/"([a-z_]+\.[a-z_]+)"/g)].map(([, id]) => id);
    expect(ids.length).toBeGreaterThan(20);
    const worded = Object.keys(en).flatMap((key) => /^process\.step\.(.+)$/.exec(key)?.[1] ?? []);
    expect(worded.sort()).toEqual(ids.sort());
  });

  it("tell in place what each step is, and each thing that is done with an installation", () => {
    const rust = (file: string) => readFileSync(join(import.meta.dirname, `../../../../src-tauri/domain/src/process/${file}.rs`), "utf8");
    const steps = [...rust("steps").matchAll(/"([a-z_]+\.[a-z_]+)"/g)].map(([, id]) => id);
    const ofInstallation = [...rust("help").matchAll(/\("(installation\.[a-z_]+)"/g)].map(([, id]) => id);
    expect(ofInstallation).toEqual(INSTALLATION_STEPS.map((step) => `installation.${step}`));
    const helped = Object.keys(en).flatMap((key) => /^help\.step\.(.+)$/.exec(key)?.[1] ?? []);
    expect(helped.sort()).toEqual([...steps, ...ofInstallation].sort());
  });
});

describe("the map", () => {
  // The page's order mixes the scopes; the map does not.
  const steps = [
    step("a", "workspace", "partners", true),
    step("b", "version", "getting_ready", true),
    step("c", "version", "register"),
    step("d", "project", "integrating", true),
    step("e", "project", "integrating"),
    step("f", "project", "integrating"),
  ];
  const scopes = scopesOf(steps);

  it("shows workspace, project and version, each with its headings and what of them is done", () => {
    expect(scopes.map(({ scope, stages }) => [scope, stages.map(({ group, done, percent }) => [group, done, percent])])).toEqual([
      ["workspace", [["partners", 1, 100]]],
      ["project", [["integrating", 1, 33]]],
      ["version", [["getting_ready", 1, 100], ["register", 0, 0]]],
    ]);
  });

  it("says what comes next, and opens the first unfinished heading of each scope", () => {
    expect(nextStep(scopes)?.step.id).toBe("e");
    expect(openAtFirst(scopes)).toEqual(["integrating", "register"]);
    expect(nextStep(scopesOf([step("a", "workspace", "partners", true)]))).toBeUndefined();
  });

  it("leads to places of this version, of its project, or of everybody", () => {
    const view = { project: { id: "p1" }, version: { id: "v1" } } as ProcessView;
    expect(stepPlace("technical", view)).toEqual({ name: "version", project: "p1", version: "v1", part: "technical" });
    expect(stepPlace("review", view)).toEqual({ name: "review", project: "p1", version: "v1" });
    expect(stepPlace("install", view)).toBe("install");
    expect(stepPlace("installations", view)).toEqual({ name: "project", project: "p1", tab: "installations" });
    expect(stepPlace("events", view)).toEqual({ name: "events" });
    expect(stepPlace("connections", view)).toEqual({ name: "connections" });
  });
});
