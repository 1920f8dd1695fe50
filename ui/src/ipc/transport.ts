/**
 * How the window reaches the shell: one command in, two events out. Nothing else in the window
 * imports `@tauri-apps/*`. Tests put their own transport in its place.
 */
import { invoke } from "@tauri-apps/api/core";
import { start } from "../lib/start.ts";

export interface Call {
  readonly name: string;
  readonly args: unknown;
  /** Writes only: the window's counter, so that the writer can keep their order. */
  readonly n?: number;
  /** A file that goes in. */
  readonly bytes?: ArrayBuffer;
}

export interface Transport {
  call(call: Call): Promise<unknown>;
  /** Hear of changes after they are durable, until the returned function is called. */
  listen(heard: (tags: readonly string[]) => void): () => void;
  /** Hear that the window is being closed: it stays until `quit` is called, or for a moment at most. */
  closing(heard: () => void): () => void;
}

/** With a file as the body, the call stands in a header, as a form has it: headers hold no other letters. */
const named = ({ name, args }: Call) => ({ "partner-call": new URLSearchParams({ name, args: JSON.stringify(args) }).toString() });

const hear = (event: string, ear: (payload: unknown) => void) => {
  start.hear?.(event, ear);
  return () => start.hear?.(event, () => undefined);
};

const tauri: Transport = {
  call: ({ bytes, ...call }) => (bytes ? invoke("call", bytes, { headers: named(call) }) : invoke("call", { ...call })),
  listen: (heard) => hear("changed", (tags) => heard(tags as readonly string[])),
  closing: (heard) => hear("closing", heard),
};

let transport: Transport = tauri;

export const currentTransport = (): Transport => transport;

/** For tests and the parts gallery: answer calls without the shell. */
export function setTransport(other: Transport): void {
  transport = other;
}
