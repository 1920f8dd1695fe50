/**
 * A template under the hand: the draft, the row at the cursor, and the way back. What stands here is kept on this
 * computer a moment after the last key; it becomes a version of the list only when it is saved.
 */
import { keepTemplateDraft, dropTemplateDraft } from "$ipc/client.ts";
import { asIpcError, type IpcError } from "$ipc/error.ts";
import type { Item, Section, Template, TemplateDraft } from "$ipc/types.ts";
import * as edit from "./edit.ts";
import { keyOf, rowsOf, type Row } from "./edit.ts";

const WAIT_MS = 400;
const MOST_STEPS = 200;

interface Step {
  template: Template;
  at: string;
}

export class Editor {
  #draft = $state.raw() as TemplateDraft;
  #at = $state("list");
  #steps = $state.raw<readonly Step[]>([]);
  #undone = $state.raw<readonly Step[]>([]);
  /** Keys into one field are one step. */
  #typing?: string;
  /** Why the draft could not be kept. */
  error = $state.raw<IpcError>();
  kept = $state(true);
  /** What was saved, which the draft began from. */
  readonly #base?: Template;
  #timer?: ReturnType<typeof setTimeout>;
  #gone = false;

  readonly rows = $derived(rowsOf(this.#draft.template));

  constructor(draft: TemplateDraft, base?: Template) {
    this.#draft = draft;
    this.#base = base;
    const first = this.rows[2] ?? this.rows[1];
    if (first) this.#at = keyOf(first);
  }

  get draft(): TemplateDraft {
    return this.#draft;
  }

  get template(): Template {
    return this.#draft.template;
  }

  /** Nothing differs from what was saved. */
  get unchanged(): boolean {
    return this.#base !== undefined && content(this.#base) === content(this.template);
  }

  /** Whether the item was saved before: its id stays, so that runs know it again. */
  isSaved(id: string): boolean {
    return this.#base?.sections.some(({ items }) => items.some((item) => item.id === id)) ?? false;
  }

  get index(): number {
    const found = this.rows.findIndex((row) => keyOf(row) === this.#at);
    return found < 0 ? Math.min(1, this.rows.length - 1) : found;
  }

  set index(index: number) {
    const row = this.rows[Math.max(0, Math.min(index, this.rows.length - 1))];
    if (!row) return;
    this.#at = keyOf(row);
    this.#typing = undefined;
  }

  get row(): Row | undefined {
    return this.rows[this.index];
  }

  go(by: number): void {
    this.index = this.index + by;
  }

  setName(name: string): void {
    this.#change({ ...this.template, name }, { typing: "name" });
  }

  setKind(kind: Template["kind"]): void {
    this.#change({ ...this.template, kind });
  }

  setItem(id: string, part: keyof Item, value: Item[keyof Item]): void {
    const at = part === "id" ? `i ${value as string}` : this.#at;
    this.#change(edit.setItem(this.template, id, { [part]: value }), { typing: `${id} ${part}`, at });
  }

  setSection(id: string, name: string): void {
    this.#change(edit.setSection(this.template, id, name), { typing: `section ${id}` });
  }

  addItem(): void {
    const [template, at] = edit.addItem(this.template, this.row);
    this.#change(template, { at });
  }

  addSection(shown?: { name: string; items: Item[] }): void {
    const [template, at] = edit.addSection(this.template, this.row, shown);
    this.#change(template, { at });
  }

  /** Takes the row away; the cursor stays near. */
  remove(): void {
    const { row, index } = this;
    if (!row || "list" in row) return;
    this.#change(edit.remove(this.template, row));
    this.index = Math.min(index, this.rows.length - 1);
  }

  /** Tells whether it moved. */
  move(by: 1 | -1): boolean {
    const { row } = this;
    if (!row) return false;
    const before = this.template;
    const after = edit.move(before, row, by);
    if (after === before) return false;
    this.#change(after);
    return true;
  }

  drop(row: Row, before: number): void {
    const at = keyOf(row);
    const after = edit.drop(this.template, row, before);
    if (content(after) !== content(this.template)) this.#change(after, { at });
  }

  /** Into another section, behind what stands there. */
  into(id: string, section: Section): void {
    const at = this.template.sections.findIndex((one) => one.id === section.id);
    this.#change(edit.placeItem(this.template, id, at, section.items.length));
  }

  get canUndo(): boolean {
    return this.#steps.length > 0;
  }

  get canRedo(): boolean {
    return this.#undone.length > 0;
  }

  undo(): void {
    const step = this.#steps.at(-1);
    if (!step) return;
    this.#undone = [...this.#undone, { template: this.template, at: this.#at }];
    this.#steps = this.#steps.slice(0, -1);
    this.#show(step);
  }

  redo(): void {
    const step = this.#undone.at(-1);
    if (!step) return;
    this.#steps = [...this.#steps, { template: this.template, at: this.#at }];
    this.#undone = this.#undone.slice(0, -1);
    this.#show(step);
  }

  /** Someone saved a version meanwhile: what stands here shall come after that one. */
  follow(version: number): void {
    this.#draft = { ...this.#draft, based_on: version };
    this.#keepSoon();
  }

  /** Keep it now. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.kept || this.#gone) return;
    const draft = this.#draft;
    try {
      await (this.unchanged ? dropTemplateDraft({ template: draft.template.id }) : keepTemplateDraft(draft));
      this.error = undefined;
      if (draft === this.#draft) this.kept = true;
    } catch (thrown) {
      this.error = asIpcError(thrown);
    }
  }

  /** It was saved, or let go: nothing of it is kept any more. */
  end(): void {
    clearTimeout(this.#timer);
    this.#gone = true;
  }

  #show({ template, at }: Step): void {
    this.#typing = undefined;
    this.#at = at;
    this.#draft = { ...this.#draft, template };
    this.#keepSoon();
  }

  #change(template: Template, { typing, at }: { typing?: string; at?: string } = {}): void {
    if (typing === undefined || typing !== this.#typing) {
      this.#steps = [...this.#steps, { template: this.template, at: this.#at }].slice(-MOST_STEPS);
    }
    this.#undone = [];
    this.#typing = typing;
    this.#draft = { ...this.#draft, template };
    if (at !== undefined) this.#at = at;
    this.#keepSoon();
  }

  #keepSoon(): void {
    this.kept = false;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), WAIT_MS);
  }
}

const content = ({ name, kind, sections }: Template): string => JSON.stringify([name, kind, sections]);
