/**
 * Talkdesk's answer while a person copies it in: the text word for word, what it decided for which
 * track, and the findings split out of it. Kept by version until it is recorded, so that closing
 * the dialog loses nothing.
 */
import { SvelteMap } from "svelte/reactivity";
import { faultAt, type IpcError } from "$ipc/error.ts";
import { newId } from "$ipc/id.ts";
import type { FieldKey, FileRef, NewFinding, ReviewView, RoundId, TrackName, TrackView, Verdict, VersionId } from "$ipc/types.ts";
import { Attempt } from "$lib/attempt.svelte.ts";
import { changeProject } from "$lib/change.ts";
import { errorText, t } from "$texts";

/** A finding of the form. */
export interface Split {
  id: string;
  text: string;
  severity: string;
  field: FieldKey | undefined;
}

const isAsked = ({ head }: TrackView) => head.state === "in_review";

export class AnswerDraft {
  tracks = $state<TrackName[]>([]);
  outcome = $state<Verdict>();
  text = $state("");
  findings = $state<Split[]>([]);
  /** What came with it. */
  files = $state.raw<FileRef[]>([]);
  /** The last finding that was taken out, until another one is or the answer is recorded. */
  removed = $state.raw<{ at: number; finding: Split }>();
  /** What is missing is told once a person tried to record it. */
  #tried = $state(false);
  /** The rounds that were in review when a person began: what they read then answers no later one. */
  #rounds: Partial<Record<TrackName, RoundId>> = {};
  readonly saving = new Attempt();

  get empty(): boolean {
    return !this.text.trim() && this.findings.length === 0 && this.files.length === 0;
  }

  /** A person begins, or goes on with what they began. */
  begin(view: ReviewView): void {
    if (this.empty) {
      this.#rounds = {};
      this.saving.error = undefined;
    }
    this.follow(view);
  }

  /** Only a track in review can be answered; where there is but one, it is the one. */
  follow(view: ReviewView): void {
    const inReview = view.tracks.filter(isAsked);
    for (const { head, rounds } of inReview) {
      const [newest] = rounds;
      if (newest) this.#rounds[head.track] ??= newest.id;
    }
    const asked = inReview.map(({ head }) => head.track);
    this.tracks = asked.length === 1 ? asked : this.tracks.filter((track) => asked.includes(track));
  }

  toggle(track: TrackName, on: boolean): void {
    this.tracks = on ? [...this.tracks.filter((other) => other !== track), track] : this.tracks.filter((other) => other !== track);
  }

  /** A finding of these words, where they are not one yet; tells its place in the list. */
  add(text: string): number {
    const words = text.trim();
    const known = words ? this.findings.findIndex((finding) => finding.text.trim() === words) : -1;
    if (known >= 0) return known;
    this.findings.push({ id: newId(), text: words, severity: "", field: undefined });
    return this.findings.length - 1;
  }

  /** One finding for each paragraph of the text. */
  split(): void {
    for (const words of paragraphs(this.text)) this.add(words);
  }

  remove(at: number): void {
    const [finding] = this.findings.splice(at, 1);
    if (finding) this.removed = { at, finding };
  }

  restore(): void {
    if (this.removed) this.findings.splice(this.removed.at, 0, this.removed.finding);
    this.removed = undefined;
  }

  /** The message at an input. */
  fault(input: "tracks" | "outcome" | "text"): string | undefined {
    if (this.#tried && input === "tracks" && this.tracks.length === 0) return t("answer.no_track");
    if (this.#tried && input === "outcome" && !this.outcome) return t("answer.no_outcome");
    return this.#refused(input);
  }

  /** The message at a finding; the engine refuses them as a whole, so an empty one is found here. */
  faultOf({ text }: Split): string | undefined {
    return this.#tried && !text.trim() ? t("refusal.empty") : undefined;
  }

  get failure(): string | undefined {
    const { error } = this.saving;
    const shown = error && ["tracks", "text"].some((input) => faultAt(error, { input }));
    return error && !shown ? errorText(error) : undefined;
  }

  #refused(input: string): string | undefined {
    const error: IpcError | undefined = this.saving.error;
    return error && faultAt(error, { input }) ? errorText(error) : undefined;
  }

  /** Record it; tells whether it is durable here. */
  async record({ project, version }: ReviewView): Promise<boolean> {
    this.#tried = true;
    const { files, outcome, text, tracks } = this;
    if (!outcome || tracks.length === 0 || this.findings.some(({ text }) => !text.trim())) return false;
    const findings = this.findings.map(
      ({ id, text, severity, field }): NewFinding => ({ id, text: text.trim(), severity: severity.trim(), field: field ?? null, item: null }),
    );
    const rounds = tracks.flatMap((track) => this.#rounds[track] ?? []);
    const recorded = await this.saving.run(() =>
      changeProject(project.id, {
        kind: "review.record_answer",
        args: { version: version.id, tracks: [...tracks], rounds, outcome, text, findings, files },
      }),
    );
    if (recorded) drafts.delete(version.id);
    return recorded;
  }
}

/** Blocks of text with an empty line between; a list's points each stand for themselves. */
export const paragraphs = (text: string): string[] =>
  text
    .split(/\n\s*\n|\n(?=\s*(?:[-*•–]|\d+[.)])\s)/)
    .map((words) => words.trim())
    .filter(Boolean);

const drafts = new SvelteMap<VersionId, AnswerDraft>();

/** The answer to this version that someone began to copy in. */
export function draftOf(version: VersionId): AnswerDraft {
  const known = drafts.get(version) ?? new AnswerDraft();
  drafts.set(version, known);
  return known;
}
