/** A file to the engine piece by piece: none is too large for what a window can hold. */
import { handOver as piece } from "$ipc/client.ts";

/** In bytes: large enough that the way to the engine does not count. */
const PIECE = 8 * 1024 * 1024;

/** The name that the engine knows the file by, until it is taken. */
export async function handOver(from: Blob): Promise<string> {
  let file: string | null = null;
  for (let at = 0; file === null || at < from.size; at += PIECE) {
    const bytes = await from.slice(at, at + PIECE).arrayBuffer();
    ({ file } = await piece({ file, at }, bytes));
  }
  return file;
}
