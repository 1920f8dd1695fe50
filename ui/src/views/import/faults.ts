/** What is wrong with a pasted list, in words. */
import type { IpcError } from "$ipc/error.ts";
import type { RowProblem } from "$ipc/types.ts";
import { errorText, fill, t, type Key } from "$texts";
import { en } from "../../texts/en/index.ts";

/** Why the text is no table: the engine's reason, with the place in it. */
export function tableText(error: IpcError): string {
  const key = `import.table_${error.params.reason}`;
  return key in en ? fill(key as Key, numbers(error.params)) : errorText(error);
}

/** What is wrong with one row. */
export function rowText({ problem }: RowProblem): string {
  switch (problem.code) {
    case "too_many":
    case "too_long":
      return t(`fault.${problem.code}`, { max: problem.max });
    case "id_taken":
      return t("fault.id_taken", { id: problem.id, first: problem.first });
    case "text_taken":
      return t("fault.text_taken", { first: problem.first });
    case "section_taken":
      return t("fault.section_taken", { id: problem.id });
    case "required_unclear":
      return t("fault.required_unclear", { value: problem.value });
    default:
      return t(`fault.${problem.code}`);
  }
}

/** Numbers come as text. Columns are counted from 0 behind the door, and from 1 by people. */
function numbers(params: IpcError["params"]): Record<string, string | number> {
  const words = Object.entries(params as Record<string, string>);
  return Object.fromEntries(words.map(([name, text]) => [name, /^\d+$/.test(text) ? Number(text) + Number(name === "column") : text]));
}
