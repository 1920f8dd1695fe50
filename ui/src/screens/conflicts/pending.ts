/** What a change that is not settled is about, in words, and where it is mended. */
import { applyPatch, structuredPatch } from "diff";
import type { ActivityView, Body, By, Envelope, PendingState, PendingView, ProjectDetails } from "$ipc/types.ts";
import { session } from "$lib/session.svelte.ts";
import type { State } from "../../parts/states.ts";
import type { Route } from "../routes.ts";
import { activityPlace, activityText } from "../../views/activity.ts";
import { told } from "../version/values.ts";
import { t } from "$texts";

export const pendingStates: Readonly<Record<PendingState, State>> = {
  conflicted: "disputed",
  refused: "rejected",
  in_flight: "in_progress",
  queued: "todo",
};

/** Whether a person has to decide. */
export const isStuck = ({ state }: PendingView): boolean => state === "conflicted" || state === "refused";

/** A change that was made here, settled or not. */
export type Made = Pick<PendingView, "command" | "project" | "made_at">;

/** As the activity tells it once it is taken. */
const asActivity = ({ command, project, made_at }: Made): ActivityView => ({
  id: command.id,
  number: null,
  by: { id: "", name: "", me: true, at: made_at },
  command,
  redacted: null,
  known: true,
  project,
  version: null,
});

export const pendingText = (pending: Made): string =>
  // A command that a newer version left behind has no words here.
  (activityText(asActivity(pending)) as string | undefined) ?? t("activity.unknown", { kind: pending.command.kind });

/** Whose a change is that was made elsewhere. */
export const whose = ({ me, name }: By): string => (me ? t("conflicts.other_of_yours") : name || t("conflicts.someone"));

/** Two changes that met: what stood before, what each says, and how a text of both takes the place of yours. */
export interface Meeting {
  before: string;
  yours: string;
  theirs: string;
  /** Only a text can be put together here; lists are mended in their form. */
  merged?: (text: string) => Body;
}

/** What met another change, as far as what stands now is known. */
export function meetingOf({ command, theirs }: PendingView): Meeting | undefined {
  const body = { kind: command.kind, args: command.args } as Body;
  if (body.kind === "version.set_field" && theirs?.of === "field") {
    const { version, field, value, expects } = body.args;
    const kind = session.fieldOf(field)?.kind.type;
    const merged = (text: string): Body => ({
      kind: "version.set_field",
      args: { version, field, value: text === "" ? null : { type: "text", value: text }, expects: theirs.value },
    });
    const sides = { before: told(expects), yours: told(value), theirs: told(theirs.value) };
    return kind === "text" || kind === "line" ? { ...sides, merged } : sides;
  }
  if (body.kind === "finding.reply" && theirs?.of === "reply") {
    const { reply, expects } = body.args;
    const merged = (text: string): Body => ({ kind: "finding.reply", args: { ...body.args, reply: text, expects: theirs.value } });
    return { before: expects, yours: reply, theirs: theirs.value, merged };
  }
  if (body.kind === "project.edit" && theirs?.of === "details") {
    const { details, expects } = body.args;
    return { before: detailsText(expects), yours: detailsText(details), theirs: detailsText(theirs.value) };
  }
  return undefined;
}

const detailsText = ({ name, slug, owner }: ProjectDetails): string => [name, slug, owner].filter(Boolean).join("\n");

/** Words and the spaces between them, a line each for the comparison of lines. */
const asLines = (text: string): string => (text.match(/\s+|[^\s]+/gu) ?? []).map((piece) => piece.replaceAll("\n", LINE_END)).join("\n") + "\n";
const LINE_END = "\u2028";

/** Both changes in one text; nothing where they touch the same words. */
export function bothOf({ before, yours, theirs }: Meeting): string | undefined {
  const patch = structuredPatch("", "", asLines(before), asLines(yours), undefined, undefined, { context: 2 });
  const both = applyPatch(asLines(theirs), patch);
  if (both === false) return undefined;
  return both.replaceAll("\n", "").replaceAll(LINE_END, "\n");
}

/** The words that a person typed into it, so that none are lost when it is discarded. */
export function wordsOf(command: Envelope): string | undefined {
  const body = { kind: command.kind, args: command.args } as Body;
  switch (body.kind) {
    case "version.set_field":
      return told(body.args.value);
    case "finding.reply":
      return body.args.reply;
    case "run.set_result":
      return body.args.reason || undefined;
    case "finding.add":
      return body.args.finding.text;
    case "review.record_answer":
    case "review.correct_answer":
    case "run.note":
    case "comment.add":
    case "comment.edit":
      return body.args.text;
    case "message.set":
      return [body.args.details.subject, body.args.details.body].join("\n");
    case "ticket.set":
      return [body.args.details.number, body.args.details.subject, body.args.details.notes].join("\n");
    case "version.edit":
      return [body.args.number, body.args.notes].join("\n");
    case "link.record":
      return body.args.url;
    case "project.create":
    case "project.edit":
      return [body.args.details.name, body.args.details.slug, body.args.details.owner].join("\n");
    default:
      return undefined;
  }
}

/** Where it is mended: the field, the form, the run. */
export function placeOf(pending: Made): Route {
  const { command } = pending;
  const body = { kind: command.kind, args: command.args } as Body;
  if (body.kind === "version.set_field") return { name: "version", project: command.aggregate.id, version: body.args.version, field: body.args.field };
  return activityPlace(asActivity(pending));
}
