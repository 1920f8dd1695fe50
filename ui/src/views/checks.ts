/** How a check stands: what is waived is neither open nor passed. */
import type { CheckState, CheckView } from "$ipc/types.ts";
import type { State } from "../parts/states.ts";

export type Standing = CheckState | "waived";

/** In the order in which they want to be seen. */
export const STANDINGS: readonly Standing[] = ["fail", "warn", "waived", "not_run", "pass"];

export const checkGlyphs: Readonly<Record<Standing, State>> = { pass: "pass", warn: "warning", fail: "fail", waived: "waived", not_run: "untested" };

type Checked = Pick<CheckView, "state" | "waiver">;

/** A waiver of what has been mended since says nothing any more. */
export const standing = ({ state, waiver }: Checked): Standing => (waiver && (state === "warn" || state === "fail") ? "waived" : state);

/** How many stand how; none of what there is none of. */
export const talliesOf = (checks: readonly Checked[]): { of: Standing; n: number }[] =>
  (["pass", "warn", "fail", "waived", "not_run"] as const)
    .map((of) => ({ of, n: checks.filter((check) => standing(check) === of).length }))
    .filter(({ n }) => n > 0);

/** Neither passed nor waived. */
export const openOf = (checks: readonly Checked[]): number => checks.filter((check) => ["fail", "warn"].includes(standing(check))).length;
export const waivedOf = (checks: readonly Checked[]): number => checks.filter((check) => standing(check) === "waived").length;
