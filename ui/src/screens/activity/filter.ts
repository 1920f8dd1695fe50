/** What of the activity is wanted, as the engine is asked for it. */
import type { ActivityWanted, MemberId, ProjectId, WordWanted } from "$ipc/types.ts";
import { fold } from "$lib/match.ts";
import { session } from "$lib/session.svelte.ts";
import { keysWhere } from "$texts";
import { EVERYTHING } from "../../views/activity.ts";
import { midnight } from "../../views/days.ts";

export const WHAT = {
  all: [],
  answers: ["review.record_answer", "review.correct_answer"],
  reviews: [
    "review.mark_submitted",
    "review.withdraw",
    "review.record_answer",
    "review.correct_answer",
    "review.record_go_live",
    "review.approve_go_live",
    "review.confirm_live",
    "review.set_listed",
    "finding.add",
    "finding.reply",
    "finding.set_status",
    "finding.attach",
    "finding.detach",
    "check.record",
    "test.record",
    "sso.record",
    "check.waive",
    "check.unwaive",
  ],
  overrides: ["version.unlock", "check.waive", "check.unwaive", "review.correct_answer"],
  information: ["version.create", "version.edit", "version.set_field", "version.unlock", "version.mark_carried", "version.unmark_carried"],
  checklists: ["run.start", "run.set_tested", "run.set_result", "run.fixed", "run.retest", "run.note", "run.assign", "run.attach", "run.detach", "run.undo", "run.sign", "template.add"],
  links: ["link.record", "link.note_use"],
  workspace: ["workspace.create", "workspace.rename", "workspace.set_addresses", "workspace.set_policies", "account.set", "account.remove", "member.rename", "member.enter", "member.set_absence", "member.leave", "customer.set", "customer.remove", "secret.note_reveal"],
} as const satisfies Record<string, readonly string[]>;
export type What = keyof typeof WHAT;

/** Days back from today's beginning. */
export const WHEN = { all: undefined, today: 0, week: 6, month: 29, year: 364 } as const;
export type When = keyof typeof WHEN;

export interface Filter {
  text: string;
  what: What;
  when: When;
  person?: MemberId;
  project?: ProjectId;
}

/** The sentences that several of a kind are told with, by the kind; the others are called like their kind. */
const SENTENCES: Readonly<Record<string, string>> = {
  field_set: "version.set_field",
  field_clear: "version.set_field",
  step_done: "step.set",
  step_open: "step.set",
  project_archive: "project.set_archived",
  project_restore: "project.set_archived",
  project_unset_app: "project.set_app",
  version_unassign: "version.assign",
  alert_unassign: "alert.assign",
  alert_back: "alert.snooze",
  alert_seen: "alert.mark",
  alert_unseen: "alert.mark",
  review_listed: "review.set_listed",
  review_delisted: "review.set_listed",
  finding_open: "finding.set_status",
  finding_fixed: "finding.set_status",
  finding_accepted: "finding.set_status",
  link_copied: "link.note_use",
  link_mail_draft: "link.note_use",
  link_message_copied: "link.note_use",
  link_opened: "link.note_use",
  run_not_applicable: "run.set_result",
};

const kindOf = (key: string): string => {
  const name = key.slice("activity.".length);
  return SENTENCES[name] ?? name.replace("_", ".");
};

/** A word, and everything that the window may have told with it. */
function word(typed: string): WordWanted {
  const holds = (text: string) => fold(text.replace(/\{\w+\}/g, "")).includes(fold(typed));
  const fields = keysWhere("field.", holds).flatMap((key) => /^field\.(\w+)\.label$/.exec(key)?.[1] ?? []);
  return {
    texts: [typed.toLowerCase(), ...fields],
    kinds: [...new Set(keysWhere("activity.", holds).map(kindOf))],
    people: (session.frame?.members ?? []).filter(({ name }) => holds(name)).map(({ id }) => id),
  };
}

export function wantedOf({ text, what, when, person, project }: Filter, now: number): ActivityWanted {
  const back = WHEN[when];
  const from = new Date(midnight(now));
  if (back) from.setDate(from.getDate() - back);
  return {
    ...EVERYTHING,
    project: project ?? null,
    person: person ?? null,
    kinds: [...WHAT[what]],
    from: back === undefined ? null : from.getTime(),
    words: text.split(/\s+/).filter(Boolean).map(word),
  };
}
