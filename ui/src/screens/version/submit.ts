/** Which tracks a submission names, as which round, and what bars it. */
import type { TrackName, VersionHead } from "$ipc/types.ts";
import { t } from "$texts";

export type Choice = TrackName | "both";

export const tracksOf = (choice: Choice): TrackName[] => (choice === "both" ? ["technical", "marketplace"] : [choice]);

const headOf = (version: VersionHead, track: TrackName) => version.tracks.find((head) => head.track === track);

/** Why these tracks cannot be submitted now, by a rule of Talkdesk; nothing where they can. */
export function barOf(version: VersionHead, tracks: readonly TrackName[]): string | undefined {
  if (version.status === "discarded") return t("submit.discarded");
  const heads = tracks.flatMap((track) => headOf(version, track) ?? []);
  const held = heads.find(({ state }) => state === "in_review" || state === "approved");
  if (held) return t(held.state === "approved" ? "submit.approved" : "submit.in_review", { track: t(`part.${held.track}`) });
  const unready = heads.filter(({ missing }) => missing.length > 0);
  if (unready.length === 0) return undefined;
  const counts = unready.map(({ track, missing }) => t("submit.fields_of", { n: missing.length, track: t(`part.${track}`) }));
  return t("submit.not_ready", { fields: counts.join(t("submit.and")) });
}

/** *round 1*, or the round of each where they differ. */
export function roundsText(version: VersionHead, tracks: readonly TrackName[]): string {
  const rounds = tracks.map((track) => ({ track, n: (headOf(version, track)?.rounds ?? 0) + 1 }));
  const [first] = rounds;
  if (first && rounds.every(({ n }) => n === first.n)) return t("submit.round", { n: first.n });
  return rounds.map(({ track, n }) => t("submit.round_of", { n, track: t(`part.${track}`) })).join(t("submit.and"));
}
