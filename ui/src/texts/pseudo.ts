/** A language that nobody speaks: accented, a third longer, in brackets. What is shown without brackets is in no catalogue. */
import type { Message } from "./format.ts";

const ACCENTED: Readonly<Record<string, string>> = { a: "á", c: "ç", e: "é", i: "í", n: "ñ", o: "ó", s: "š", u: "ú", A: "Á", E: "É", I: "Í", O: "Ó", S: "Š", U: "Ú" };

function stretch(text: string): string {
  // Parameters stay as they are, and so do the marks that draw words bold.
  const accented = text.replace(/\{\w+\}|[^{]+/g, (part) =>
    part.startsWith("{") ? part : Array.from(part, (letter) => ACCENTED[letter] ?? letter).join(""),
  );
  // What is added breaks as words do: a line that holds no word of any language would show faults that no language has.
  const added = Array.from({ length: Math.ceil(text.length * 0.35) }, (_, at) => (at % 8 === 7 ? " " : "~")).join("");
  return `⟦${accented}${added}⟧`;
}

export const pseudo = <K extends string>(texts: Readonly<Record<K, Message>>): Record<K, Message> =>
  Object.fromEntries(
    Object.entries<Message>(texts).map(([key, text]) => [
      key,
      typeof text === "string"
        ? stretch(text)
        : Object.fromEntries(Object.entries(text).map(([form, each]) => [form, stretch(each)])),
    ]),
  ) as Record<K, Message>;
