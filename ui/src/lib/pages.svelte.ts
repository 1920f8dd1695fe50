/**
 * A long list that is read page by page, as far as someone looks. What is not read yet is a gap:
 * the list knows its length from the first answer on, so that its scroll bar never jumps.
 */
import { untrack } from "svelte";
import type { Ask } from "$ipc/call.ts";
import { asIpcError, type IpcError } from "$ipc/error.ts";
import { onChanged } from "$ipc/events.ts";

export interface Page<Row> {
  total: number;
  rows: readonly Row[];
}

export type ReadPage<Answer> = (offset: number, limit: number) => Ask<Answer>;

export class Pages<Row, Answer extends Page<Row>> {
  /** As long as the list; what was not read is empty. */
  rows = $state.raw<readonly (Row | undefined)[]>([]);
  /** The last answer, for what stands beside the rows. */
  answer = $state.raw<Answer>();
  error = $state.raw<IpcError>();
  readonly #size: number;
  #read?: ReadPage<Answer>;
  /** Answers to an older question, or from before a change, are dropped. */
  #age = 0;
  /** The first page of a question clears what the one before left. */
  #fresh = true;
  #asked: number[] = [];
  #seen: readonly [number, number] = [0, 0];

  /** A page is about what a large window shows at once: what a letter of a filter changes is one answer, and a small one. */
  constructor(size = 60) {
    this.#size = size;
  }

  get settled(): boolean {
    return this.answer !== undefined || this.error !== undefined;
  }

  /** Ask for another list. The old rows stay until the new ones are there. */
  async ask(read: ReadPage<Answer>): Promise<void> {
    this.#read = read;
    this.#seen = [0, 0];
    await this.refresh();
  }

  /** Rows `first` up to `last` are in sight: read what of them is missing, and what comes next on either side. */
  async see(first: number, last: number): Promise<void> {
    this.#seen = [first, last];
    if (this.#fresh) return;
    await Promise.all(this.#pages(2 * this.#size).map((page) => this.#load(page)));
  }

  /** Read again what is in sight; the rest when someone looks there. */
  async refresh(): Promise<void> {
    this.#age += 1;
    this.#asked = [];
    this.#fresh = true;
    await Promise.all(this.#pages().map((page) => this.#load(page)));
  }

  changed(tags: readonly string[]): void {
    if (this.#read?.(0, 1).tags.some((tag) => tags.includes(tag))) void this.refresh();
  }

  /** The pages of what is in sight, and of so many rows before and behind it. */
  #pages(beside = 0): number[] {
    const [first, last] = this.#seen;
    // Whoever asks must not ask again for what came: an effect would never come to rest.
    const length = untrack(() => this.rows.length);
    const end = Math.min(Math.max(first, last - 1) + beside, Math.max(last, length) - 1);
    const from = Math.floor(Math.max(0, first - beside) / this.#size);
    const to = Math.floor(Math.max(0, end) / this.#size);
    return Array.from({ length: to - from + 1 }, (_, i) => from + i);
  }

  async #load(page: number): Promise<void> {
    if (!this.#read || this.#asked.includes(page)) return;
    this.#asked.push(page);
    const age = this.#age;
    const offset = page * this.#size;
    try {
      const answer = await this.#read(offset, this.#size).read();
      if (age !== this.#age) return;
      const rows = this.#fresh ? new Array<Row | undefined>(answer.total).fill(undefined) : this.rows.slice(0, answer.total);
      while (rows.length < answer.total) rows.push(undefined);
      answer.rows.forEach((row, i) => (rows[offset + i] = row));
      this.#fresh = false;
      this.rows = rows;
      this.answer = answer;
      this.error = undefined;
    } catch (thrown) {
      if (age !== this.#age) return;
      this.#asked = this.#asked.filter((other) => other !== page);
      this.error = asIpcError(thrown);
    }
  }
}

/** Rows of the longest read. */
const LONGEST = 500;

/** All rows, read page by page, up to `most`. */
export async function allPages<Row>(read: ReadPage<Page<Row>>, most = 20_000): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (;;) {
    const answer = await read(rows.length, LONGEST).read();
    rows.push(...answer.rows);
    if (answer.rows.length === 0 || rows.length >= Math.min(answer.total, most)) return rows;
  }
}

/** Read while this component lives; `read` is reactive, as the question of `useQuery` is. */
export function usePages<Row, Answer extends Page<Row>>(read: () => ReadPage<Answer>, size?: number): Pages<Row, Answer> {
  const pages = new Pages<Row, Answer>(size);
  $effect.pre(() => void pages.ask(read()));
  $effect(() => onChanged((tags) => pages.changed(tags)));
  return pages;
}
