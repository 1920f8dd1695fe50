/** A checklist run. */
export const run = {
  "run.derived": "Derived, not official",
  "run.result": "Result",
  "run.pass": "Pass",
  "run.fail": "Fail",
  "run.blocked": "Blocked",
  "run.not_applicable": "N/A",
} as const;
