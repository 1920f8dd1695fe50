/** The seven days in which Talkdesk waits, counted down in words. */
import type { DeliveryOutcome, ListedInstallation } from "$ipc/types.ts";
import { t } from "$texts";
import type { State } from "../parts/states.ts";
import type { Tone } from "../parts/tone.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
export const SEVEN_DAYS = 7 * DAY;

/** 1 d 4 h left; 3 h 20 min left; over for 2 d. */
export function leftText(until: number, now: number): string {
  const left = until - now;
  if (left <= -DAY) return t("installations.over", { d: Math.floor(-left / DAY) });
  if (left <= 0) return t("installations.over_today");
  if (left >= DAY) return t("installations.left_days", { d: Math.floor(left / DAY), h: Math.floor((left % DAY) / HOUR) });
  return t("installations.left_hours", { h: Math.floor(left / HOUR), m: Math.floor((left % HOUR) / MINUTE) });
}

/** The nearest date that somebody has to act by. */
export function dueOf({ deadlines, rotation }: Pick<ListedInstallation, "deadlines" | "rotation">): number | undefined {
  const dates = [deadlines[0]?.until, rotation ?? undefined].filter((at) => at !== undefined);
  return dates.length > 0 ? Math.min(...dates) : undefined;
}

/** That date is the one of a set of credentials that is known to others: it counts nothing down. */
export const isAtOnce = (of: Pick<ListedInstallation, "deadlines" | "rotation" | "compromised">): boolean => of.compromised && dueOf(of) === of.rotation;

/** Red in the last two days and after, amber in the last four. */
export function leftTone(until: number, now: number): Extract<Tone, "bad" | "warn" | "idle"> {
  const left = until - now;
  return left < 2 * DAY ? "bad" : left < 4 * DAY ? "warn" : "idle";
}

/** How much of the seven days is over, from 0 to 1. */
export const spent = (until: number, now: number): number => Math.min(1, Math.max(0, 1 - (until - now) / SEVEN_DAYS));

/** What the answer is to: an install, an update, an uninstall. */
export const answerTo = (kind: string): "install" | "update" | "uninstall" =>
  kind === "app.updated" ? "update" : kind === "app.uninstalled" ? "uninstall" : "install";

/** Talkdesk's words for a state as they are drawn; another word is drawn as one to look at. */
const drawn = {
  installing: "pending",
  pending: "pending",
  completed: "done",
  timeout: "warning",
  failed: "rejected",
  rejected: "rejected",
  suspended: "suspended",
  revoked: "revoked",
} as const satisfies Readonly<Record<string, State>>;
const isDrawn = (state: string): state is keyof typeof drawn => state in drawn;

/** Whether a state says that somebody answered; others say only that Talkdesk does not wait any more. */
export const isAnswer = (state: string): boolean => state === "completed" || state === "rejected" || state === "revoked";

/** Talkdesk's word for a state in the person's language; one that is not known stands as it came. */
export const stateWord = (state: string): string => (isDrawn(state) ? t(`installations.state.${state}`) : state);

/** The glyph and the word of an installation: Talkdesk's own where it was looked at, else what the events tell. */
export function standing({ life, state, deadlines }: Pick<ListedInstallation, "life" | "state" | "deadlines">): { glyph: State; word: string } {
  if (life === "uninstalled") return { glyph: "revoked", word: t("installations.life.uninstalled") };
  if (state) return { glyph: isDrawn(state) ? drawn[state] : "warning", word: stateWord(state) };
  if (deadlines.length > 0) return { glyph: "pending", word: t(`installations.life.${life}`) };
  return { glyph: life === "installed" ? "valid" : "todo", word: t(`installations.life.${life}`) };
}

export const outcomeTones: Readonly<Record<DeliveryOutcome, Extract<Tone, "ok" | "warn" | "bad">>> = {
  taken: "ok",
  duplicate: "ok",
  about: "ok",
  refused: "bad",
  unknown: "warn",
};
