/** What of the activity is wanted: words in what is told, a person, a project. */
import type { ActivityView } from "$ipc/types.ts";
import { fold } from "$lib/match.ts";
import { activityText, activityWhere } from "../../views/activity.ts";

export interface Wanted {
  text: string;
  /** A member's id. */
  person?: string;
  /** A project's name. */
  project?: string;
}

/** Every word has to stand somewhere: in the sentence, its place, or the person's name. */
export function filtered(entries: readonly ActivityView[], { text, person, project }: Wanted): readonly ActivityView[] {
  const words = fold(text).split(/\s+/).filter(Boolean);
  if (words.length === 0 && !person && !project) return entries;
  return entries.filter((entry) => {
    if (person && entry.by.id !== person) return false;
    if (project && entry.project !== project) return false;
    if (words.length === 0) return true;
    const told = fold(`${activityText(entry)} ${activityWhere(entry)} ${entry.by.name}`);
    return words.every((word) => told.includes(word));
  });
}

/** The people and projects that there is anything of. */
export function choicesOf(entries: readonly ActivityView[]): { people: { value: string; label: string }[]; projects: string[] } {
  const people = Object.fromEntries(entries.filter(({ by }) => by.name).map(({ by }) => [by.id, by.name]));
  const projects = [...new Set(entries.flatMap(({ project }) => project ?? []))];
  return {
    people: Object.entries(people).map(([value, label]) => ({ value, label })).sort((a, b) => a.label.localeCompare(b.label)),
    projects: projects.sort((a, b) => a.localeCompare(b)),
  };
}
