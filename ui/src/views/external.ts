/** What a link to somewhere else is called unless a person says otherwise: the last part of its path, else its host. */
export function keyOf(url: string): string {
  try {
    const { pathname, hostname } = new URL(url.trim());
    return (pathname.split("/").findLast(Boolean) ?? hostname).slice(0, 60);
  } catch {
    return "";
  }
}
