/** One door to the shell. Reads go at once; writes go one after another, in the order of the keys. */
import { asIpcError } from "./error.ts";
import { names, onChanged } from "./events.ts";
import { currentTransport, type Call } from "./transport.ts";

/** A read that was not made yet: useQuery makes it, and again when a change names one of its tags. */
export interface Ask<T> {
  readonly tags: readonly string[];
  readonly read: () => Promise<T>;
}

async function send(call: Call): Promise<unknown> {
  try {
    return await currentTransport().call(call);
  } catch (thrown) {
    throw asIpcError(thrown);
  }
}

/** Read. Reads never wait for writes: they show what is durable. */
export function call(name: string, args: unknown = {}): Promise<unknown> {
  const answer = ahead.get(name);
  ahead.delete(name);
  return answer ?? send({ name, args });
}

/** Reads without arguments that were begun before there was anybody to ask: the first who does gets the answer. */
const ahead = new Map<string, Promise<unknown>>();

/** Begin to read what will be asked first. Once one listens for changes: what changes meanwhile is let go of and read again. */
export function readAhead(name: string, { tags, read }: Ask<unknown>): void {
  const answer = read();
  const drop = () => void (ahead.get(name) === answer && ahead.delete(name));
  ahead.set(name, answer);
  // An error is nobody's answer: on a first start there is no workspace yet, and a moment later there is one.
  answer.catch(drop);
  onChanged((heard) => {
    if (names(tags, heard)) drop();
  });
}

/** A file goes in, past the writes: it may take its time. */
export const upload = (name: string, args: unknown, bytes: ArrayBuffer): Promise<unknown> => send({ name, args, bytes });

/** A file comes out. */
export const download = (name: string, args: unknown): Promise<ArrayBuffer> => send({ name, args }) as Promise<ArrayBuffer>;

let counter = 0;
let last: Promise<unknown> = Promise.resolve();

/**
 * Write. Each write waits for the answer to the one before, refused or not, and carries a counter
 * that only grows, so that neither the window nor the shell can turn two of them round.
 *
 * Arguments that name the outcome of an earlier write are given as a function: it is called when the
 * write goes out, when that outcome is known. If it throws, nothing is sent and the next one goes.
 */
export function write(name: string, args: unknown = {}): Promise<unknown> {
  const go = () => send({ name, args: typeof args === "function" ? (args as () => unknown)() : args, n: ++counter });
  const sent = last.then(go, go);
  last = sent;
  return sent;
}

/** Resolves when every write was answered, those that the answers led to as well: before the window closes. */
export async function writesDone(): Promise<void> {
  let seen: unknown;
  while (seen !== last) {
    seen = last;
    await last.catch(() => undefined);
    // Who waits for an answer may write again because of it.
    await new Promise((turn) => setTimeout(turn));
  }
}
