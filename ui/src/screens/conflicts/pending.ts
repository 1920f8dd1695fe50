/** What a change that is not settled is about, in words, and where it is mended. */
import type { ActivityView, Body, FieldKey, FieldValue, PendingState, PendingView, VersionId } from "$ipc/types.ts";
import type { State } from "../../parts/states.ts";
import type { Route } from "../routes.ts";
import { activityPlace, activityText } from "../../views/activity.ts";
import { t } from "$texts";

export const pendingStates: Readonly<Record<PendingState, State>> = {
  conflicted: "disputed",
  refused: "rejected",
  in_flight: "in_progress",
  queued: "todo",
};

/** Whether a person has to decide. */
export const isStuck = ({ state }: PendingView): boolean => state === "conflicted" || state === "refused";

/** As the activity tells it once it is taken. */
const asActivity = ({ command, project, made_at }: PendingView): ActivityView => ({
  id: command.id,
  number: null,
  by: { id: "", name: "", me: true, at: made_at },
  command,
  known: true,
  project,
  version: null,
});

export const pendingText = (pending: PendingView): string =>
  // A command that a newer version left behind has no words here.
  (activityText(asActivity(pending)) as string | undefined) ?? t("activity.unknown", { kind: pending.command.kind });

/** An edit of a field: what stood before, what it says, what stands now. */
export interface FieldEdit {
  project: string;
  version: VersionId;
  field: FieldKey;
  before: FieldValue | null;
  yours: FieldValue | null;
  theirs: FieldValue | null;
}

export function fieldEdit({ command, theirs }: PendingView): FieldEdit | undefined {
  const body = { kind: command.kind, args: command.args } as Body;
  if (body.kind !== "version.set_field" || command.aggregate.kind !== "project") return undefined;
  const { version, field, value, expects } = body.args;
  return { project: command.aggregate.id, version, field, before: expects, yours: value, theirs };
}

/** The words that a person typed into it, so that none are lost when it is discarded. */
export function wordsOf({ command }: PendingView): string | undefined {
  const body = { kind: command.kind, args: command.args } as Body;
  switch (body.kind) {
    case "finding.reply":
      return body.args.reply;
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
export function placeOf(pending: PendingView): Route {
  const edit = fieldEdit(pending);
  if (edit) return { name: "version", project: edit.project, version: edit.version, field: edit.field };
  return activityPlace(asActivity(pending));
}
