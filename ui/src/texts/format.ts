/**
 * The message format: `{name}` is replaced, and a text that depends on a count is an object of
 * plural forms, chosen by the number `n`: `{ one: "{n} field missing", other: "{n} fields missing" }`.
 */
import { plurals, whole } from "../lib/intl.ts";

export type Plural = { readonly [form in Intl.LDMLPluralRule]?: string } & { readonly other: string };
export type Message = string | Plural;

type Names<S extends string> = S extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never;
type AnyForm<M> = M extends string ? M : M extends Plural ? Extract<M[keyof M], string> : never;

/** The parameters that a message needs; a plural always needs `n`. */
export type Params<M extends Message> = {
  [Name in Names<AnyForm<M>> | (M extends string ? never : "n")]: Name extends "n" ? number : string | number;
};

/** Nothing to pass where the message has no parameters. */
export type Args<M extends Message> = keyof Params<M> extends never ? [] : [params: Params<M>];

export function format(message: Message, params: Readonly<Record<string, string | number>>, locale: string): string {
  const text =
    typeof message === "string"
      ? message
      : (message[plurals(locale).select(Number(params.n))] ?? message.other);
  return text.replace(/\{(\w+)\}/g, (slot, name: string) => {
    const value = params[name];
    if (value === undefined) return slot;
    return typeof value === "number" ? whole(value, locale) : value;
  });
}
