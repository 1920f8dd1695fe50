/** What the engine's search found, as rows of the palette. */
import { search } from "$ipc/client.ts";
import type { Hit, Piece } from "$ipc/types.ts";
import type { Found } from "$lib/actions.svelte.ts";
import { go } from "$lib/router.svelte.ts";
import { t } from "$texts";
import { hitIcons, hitId, hitPart, hitPlace, isNamed } from "../views/hits.ts";

/** A palette is read at a glance: the first of many is enough. */
const MOST = 12;

const joined = (pieces: readonly Piece[]): string => pieces.map(({ text }) => text).join("");

const row = (hit: Hit): Found => ({
  id: hitId(hit),
  group: t(isNamed(hit) ? "palette.names" : "palette.elsewhere"),
  label: joined(hit.title),
  note: joined(hit.snippet) || undefined,
  detail: hitPart(hit) || undefined,
  marked: { label: hit.title, note: hit.snippet },
  icon: hitIcons[hit.target.kind],
  open: () => void go(hitPlace(hit)),
});

/** Search in everything; names first, so that each heading stands once. */
export async function find(text: string): Promise<Found[]> {
  const rows = (await search({ text, limit: MOST }).read()).map(row);
  const names = t("palette.names");
  return [...rows.filter(({ group }) => group === names), ...rows.filter(({ group }) => group !== names)];
}
