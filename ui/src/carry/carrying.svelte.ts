/** A person carrying a version field by field: where they are, what they copied, what counts as entered. */
import { SvelteMap } from "svelte/reactivity";
import { copyText, saveFiles, setCarryPlace } from "$ipc/client.ts";
import type { CarryField, CarryView, FieldKey, FieldValue, FileRef, ProjectId, VersionId } from "$ipc/types.ts";
import { attempt } from "$lib/attempt.svelte.ts";
import { changeProject } from "$lib/change.ts";
import { filesOf, filled, piecesOf, type Piece } from "./pieces.ts";

export type Which = "open" | "differs" | "all";

export const isOpen = ({ state }: CarryField): boolean => state === "differs" || state === "never";

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/** What was copied of a field: the value as it stood then, and which of its pieces. */
interface Copied {
  value: FieldValue | null;
  pieces: readonly string[];
}

export class Carrying {
  which = $state<Which>("open");
  /** *Next* ticks the field as entered. */
  ticks = $state(true);
  #view = $state.raw<CarryView>();
  #at = $state<FieldKey>();
  readonly #copied = new SvelteMap<FieldKey, Copied>();
  /** Where *back* leads. */
  #path: FieldKey[] = [];
  #busy = false;

  constructor(
    private readonly project: ProjectId,
    private readonly version: VersionId,
  ) {}

  get view(): CarryView | undefined {
    return this.#view;
  }

  /** A newer answer of the shell. The first one says where the person was. */
  take(view: CarryView): void {
    const first = this.#view === undefined;
    this.#view = view;
    if (!first) return;
    const left = view.fields.find(({ key }) => key === view.place);
    this.#at = left && (isOpen(left) || !view.fields.some(isOpen)) ? left.key : this.#after(view.place)?.key;
  }

  get fields(): readonly CarryField[] {
    return this.#view?.fields ?? [];
  }

  get at(): FieldKey | undefined {
    return this.#at;
  }

  get field(): CarryField | undefined {
    return this.fields.find(({ key }) => key === this.#at);
  }

  /** The rows of the list: what was asked for, and the field that the person is at. */
  get rows(): readonly CarryField[] {
    return this.fields.filter(
      (field) => field.key === this.#at || this.which === "all" || (this.which === "open" ? isOpen(field) : field.state === "differs"),
    );
  }

  count(...states: CarryField["state"][]): number {
    return this.fields.filter(({ state }) => states.includes(state)).length;
  }

  /** The version's images and videos whose files are here, each under the name of its place: they go into one folder. */
  get files(): FileRef[] {
    return this.fields.flatMap(({ key, here }) => filesOf(key, here));
  }

  /** Save them all where the person finds them, and show the folder; `saved` is told once they are there. */
  async saveFiles(saved: (folder: string) => void): Promise<void> {
    const { view, files } = this;
    if (!view || files.length === 0) return;
    const folder = `${view.project.name} ${view.version.number}`;
    const there = await attempt(async () => saved((await saveFiles({ files, folder, show: false })).folder));
    if (there) await attempt(() => saveFiles({ files, folder, show: true }));
  }

  /** The pieces of the present field that can be copied. */
  get pieces(): Piece[] {
    return this.field ? filled(piecesOf(this.field.key, this.field.here)) : [];
  }

  /** What was copied of the present field. */
  get #here(): Copied | undefined {
    return this.#at && this.#copied.get(this.#at);
  }

  isCopied(piece: Piece): boolean {
    return this.#here?.pieces.includes(piece.what) ?? false;
  }

  /** A piece that was entered there before needs no copying, unless it is the whole field. */
  isThere(piece: Piece): boolean {
    const { field } = this;
    if (!field?.there) return false;
    return piecesOf(field.key, field.there.value).some(({ what, text }) => what === piece.what && text === piece.text);
  }

  /** What the key copies: the first piece that was not copied yet, then from the first again. */
  get upcoming(): Piece | undefined {
    return this.pieces.find((piece) => !this.isCopied(piece) && !this.isThere(piece)) ?? this.pieces[0];
  }

  /** The field changed after something of it was copied. */
  get isStale(): boolean {
    return this.#here !== undefined && !same(this.#here.value, this.field?.here ?? null);
  }

  async copy(piece: Piece): Promise<void> {
    const { field } = this;
    if (!field) return;
    await copyText({ text: piece.text });
    const before = this.#copied.get(field.key);
    const pieces = before && same(before.value, field.here) ? before.pieces : [];
    this.#copied.set(field.key, { value: field.here, pieces: [...pieces, piece.what] });
  }

  /** Tick the field as entered, where it is open, and go on. Answers the field that was ticked. */
  async next(): Promise<FieldKey | undefined> {
    const { field } = this;
    if (!field || this.#busy) return undefined;
    if (!this.ticks || !isOpen(field)) {
      this.skip();
      return undefined;
    }
    this.#busy = true;
    // What was pasted counts, even where the field changed here in the meantime.
    const value = this.#copied.get(field.key)?.value ?? field.here;
    const args = { version: this.version, fields: [field.key], entered: { [field.key]: value } };
    const ticked = await attempt(() => changeProject(this.project, { kind: "version.mark_carried", args }));
    this.#busy = false;
    if (!ticked) return undefined;
    this.#copied.delete(field.key);
    this.skip();
    return field.key;
  }

  /** Go on to the next field that is open, and round to those that were skipped. */
  skip(): void {
    const next = this.#after(this.#at);
    if (next) this.go(next.key);
  }

  back(): void {
    const before = this.#path.pop();
    if (before) this.#move(before);
  }

  /** To a row beside the present one. */
  step(by: 1 | -1): void {
    const at = this.rows.findIndex(({ key }) => key === this.#at);
    const next = this.rows[at + by];
    if (next) this.go(next.key);
  }

  go(key: FieldKey): void {
    if (key === this.#at) return;
    if (this.#at) this.#path = [...this.#path.slice(-99), this.#at];
    this.#move(key);
  }

  /** It was not entered there after all. */
  async untick(): Promise<void> {
    const { field } = this;
    if (!field?.there) return;
    const args = { version: this.version, fields: [field.key] };
    await attempt(() => changeProject(this.project, { kind: "version.unmark_carried", args }));
  }

  /** The next open field behind one, else the first; that one itself only where no other is open. */
  #after(key: FieldKey | null | undefined): CarryField | undefined {
    const at = this.fields.findIndex((field) => field.key === key);
    const round = [...this.fields.slice(at + 1), ...this.fields.slice(0, Math.max(at, 0))];
    return round.find(isOpen) ?? this.fields.find((field) => field.key === key) ?? this.fields[0];
  }

  #move(key: FieldKey): void {
    this.#at = key;
    void attempt(() => setCarryPlace({ version: this.version, field: key }));
  }
}
