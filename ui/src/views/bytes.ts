/** Bytes on their way to the engine. */

/** In pieces: a call takes only so many arguments. */
const PIECE = 0x8000;

/** The bytes in base64. */
export function base64(bytes: Uint8Array): string {
  let binary = "";
  for (let at = 0; at < bytes.length; at += PIECE) binary += String.fromCharCode(...bytes.subarray(at, at + PIECE));
  return btoa(binary);
}
