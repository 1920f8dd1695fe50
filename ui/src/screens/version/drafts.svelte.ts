/**
 * All that is being edited in one version: a draft for each field, one for number and notes, and the
 * way back. What could not be saved stays here while the person is elsewhere in the window.
 */
import { asIpcError } from "$ipc/error.ts";
import type { FieldKey, FieldValue, ProjectId, VersionId, VersionView } from "$ipc/types.ts";
import { changeField, changeProject } from "$lib/change.ts";
import { session } from "$lib/session.svelte.ts";
import { Draft, type Keeper } from "./draft.svelte.ts";
import { same } from "./same.ts";

export type Value = FieldValue | null;

/** Number and release notes, which are changed together. */
export interface Label {
  number: string;
  notes: string;
}

/** What a read brought, and how many reads had begun by then. */
export interface Answer {
  view: VersionView;
  began: number;
}

/** A save that can be undone. */
interface Step {
  key: FieldKey;
  from: Value;
  to: Value;
  /** One stay in a field is one step, however often it was saved meanwhile. */
  stay: number;
}

export class Drafts {
  readonly project: ProjectId;
  readonly version: VersionId;
  readonly label: Draft<Label>;
  readonly #fields: Readonly<Partial<Record<FieldKey, Draft<Value>>>>;
  /** The first read has arrived. */
  ready = $state(false);
  /** When something was saved last, in milliseconds since 1970. */
  savedAt = $state<number>();
  #steps = $state.raw<readonly Step[]>([]);
  #reads = 0;
  #stay = 0;
  /** Reads again; set by the screen while it is there. */
  refresh: () => void = () => undefined;

  constructor(project: ProjectId, version: VersionId) {
    this.project = project;
    this.version = version;
    const keeper = <T>(save: Keeper<T>["save"], saved?: Keeper<T>["saved"]): Keeper<T> => ({
      save,
      saved: (from, to) => {
        this.savedAt = Date.now();
        saved?.(from, to);
      },
      reads: () => this.#reads,
      refresh: () => this.refresh(),
    });
    this.label = new Draft<Label>(
      { number: "", notes: "" },
      keeper((label) => changeProject(project, { kind: "version.edit", args: { version, ...label } })),
    );
    this.#fields = Object.fromEntries(
      (session.boot?.fields ?? []).map(({ key }) => [
        key,
        new Draft<Value>(
          null,
          keeper(
            (value, expects) => changeField(project, { kind: "version.set_field", args: { version, field: key, value, expects } }),
            (from, to) => this.#remember(key, from, to),
          ),
        ),
      ]),
    );
  }

  of(key: FieldKey): Draft<Value> | undefined {
    return this.#fields[key];
  }

  /** A read begins; its number goes into its answer. */
  begin(): number {
    return ++this.#reads;
  }

  /** Show what a read brought, except where someone is typing. */
  take({ view, began }: Answer): void {
    let old = this.label.take({ number: view.version.number, notes: view.version.notes }, began);
    for (const [key, draft] of Object.entries(this.#fields)) {
      old = draft.take(view.information[key as FieldKey] ?? null, began) || old;
    }
    this.ready = true;
    if (old) this.refresh();
  }

  get saving(): boolean {
    return this.#all.some((draft) => draft.dirty && !draft.stuck);
  }

  /** Drafts that a person has to do something about. */
  get stuck(): number {
    return this.#all.filter((draft) => draft.stuck).length;
  }

  /** Save everything that is typed. Tells whether nothing is left to save. */
  async flush(): Promise<boolean> {
    const saved = await Promise.all(this.#all.map((draft) => draft.flush()));
    return saved.every(Boolean);
  }

  /** The focus came into a field, or went to another: a new step begins. */
  stay(): void {
    this.#stay += 1;
  }

  get canUndo(): boolean {
    return this.#steps.length > 0;
  }

  /** Take the last save back by a new one. Names its field; throws what stood in the way. */
  async undo(): Promise<FieldKey | undefined> {
    await this.flush();
    const step = this.#steps.at(-1);
    if (!step) return undefined;
    this.#steps = this.#steps.slice(0, -1);
    try {
      await this.of(step.key)?.undo(step.from, step.to);
    } catch (thrown) {
      throw asIpcError(thrown);
    }
    this.savedAt = Date.now();
    this.#stay += 1;
    return step.key;
  }

  #remember(key: FieldKey, from: Value, to: Value): void {
    const last = this.#steps.at(-1);
    const stay = this.#stay;
    if (last?.key !== key || last.stay !== stay) this.#steps = [...this.#steps, { key, from, to, stay }];
    else if (same(last.from, to)) this.#steps = this.#steps.slice(0, -1);
    else this.#steps = [...this.#steps.slice(0, -1), { ...last, to }];
  }

  get #all(): Draft<unknown>[] {
    return [this.label as Draft<unknown>, ...(Object.values(this.#fields) as Draft<unknown>[])];
  }
}

/** What is not saved yet, or could not be, waits here for the person to come back. */
let left: readonly Drafts[] = [];

/** The drafts of a version: those that were left unsaved, else new ones. */
export const draftsOf = (project: ProjectId, version: VersionId): Drafts =>
  left.find((drafts) => drafts.version === version) ?? new Drafts(project, version);

/** The person goes elsewhere, and nobody waits: save, and keep what cannot be. Tells whether all was saved. */
export async function leave(drafts: Drafts): Promise<boolean> {
  const others = () => left.filter((other) => other !== drafts);
  left = [...others(), drafts];
  const saved = await drafts.flush();
  if (saved) left = others();
  return saved;
}
