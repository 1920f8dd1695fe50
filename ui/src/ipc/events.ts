/** Changes, told by tags. One listener on the shell for the whole window. */
import { currentTransport } from "./transport.ts";

type Heard = (tags: readonly string[]) => void;

const listeners = new Set<Heard>();

/** Hear of changes until the returned function is called. */
export function onChanged(heard: Heard): () => void {
  listeners.add(heard);
  return () => listeners.delete(heard);
}

/** Whether a change is about one of these tags. One that ends with a colon stands for every id behind it. */
export const names = (tags: readonly string[], heard: readonly string[]): boolean =>
  tags.some((tag) => heard.some((one) => (tag.endsWith(":") ? one.startsWith(tag) : one === tag)));

/** Begin to listen; once, before the first read, so that no change falls between the two. */
export const listenForChanges = (): (() => void) =>
  currentTransport().listen((tags) => {
    for (const heard of [...listeners]) heard(tags);
  });
