/** The host of an address, for a sentence; what is no address stays as it is. */
export function hostOf(url: string): string {
  try {
    return new URL(url).host || url;
  } catch {
    return url;
  }
}
