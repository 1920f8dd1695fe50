/** One action on an item, from the key that made it to the read that shows it. */
import { newId } from "$ipc/id.ts";
import type { By, CommandId, EntryView, Happening, ItemView } from "$ipc/types.ts";
import { heads } from "./log.ts";

export type Doing =
  /** Something new happens to the item. */
  | { adds: Happening }
  /** One's own last entry is taken back: one that was told of, or an action that still is on its way. */
  | { undoes: CommandId | Action };

export class Action {
  /** Stands for the command's id until the answer names it. */
  readonly local = newId();
  readonly by: By;
  readonly doing: Doing;
  command?: CommandId;
  refused = false;
  /** The number of its answer: a read that began later shows what became of it. */
  answered?: number;
  /** The last redaction of the item's words that its author knew. */
  readonly redaction: CommandId | null;
  /** What the person saw when they acted: the result names what stood then, and nothing that came in between. */
  #seen?: { item: ItemView; before: readonly Action[] };
  #knew: readonly (CommandId | Action)[] = [];

  constructor(doing: Doing, by: By, item: ItemView, before: readonly Action[], redaction = item.redaction) {
    this.redaction = redaction;
    this.doing = doing;
    this.by = by;
    this.#seen = { item, before };
    this.reckon();
  }

  get id(): string {
    return this.command ?? this.local;
  }

  get waiting(): boolean {
    return this.answered === undefined;
  }

  /** What its author knew: the entries that stood, and the last redaction. */
  get knew(): CommandId[] {
    return [...this.#knew.map(idOf), ...(this.redaction ? [this.redaction] : [])];
  }

  /** Reckon again what stood: an action that its author saw was refused. */
  reckon(): void {
    if (!this.#seen) return;
    const { item, before } = this.#seen;
    this.#knew = heads(entriesOf(item, before)).map((id) => before.find((action) => action.id === id) ?? id);
  }

  /** What it knew went out with it; what came before need not be kept. */
  sent(): void {
    this.#seen = undefined;
  }
}

/** Whether what the engine told of the item shows the action already. */
export function told(item: ItemView, { command, doing }: Action): boolean {
  if (command === undefined) return false;
  if ("undoes" in doing) return item.history.some(({ id, undone }) => undone && id === idOf(doing.undoes));
  return item.history.some(({ id }) => id === command);
}

/** What an action adds, with the ids that are known by now. */
function named(adds: Happening, knew: CommandId[], actions: readonly Action[]): Happening {
  if (adds.type === "result") return { ...adds, knew };
  if (adds.type === "detached") return { ...adds, entry: actions.find(({ local }) => local === adds.entry)?.id ?? adds.entry };
  return adds;
}

const idOf = (entry: CommandId | Action): CommandId => (typeof entry === "string" ? entry : entry.id);

/** All entries of an item, oldest first: those the engine told of, then the actions on top. */
export function entriesOf(item: ItemView, actions: readonly Action[]): EntryView[] {
  const entries = item.history.toReversed();
  const told = new Set(entries.map(({ id }) => id));
  for (const { id, doing, by, refused, knew } of actions) {
    if (refused) continue;
    if ("undoes" in doing) {
      const target = idOf(doing.undoes);
      const at = entries.findIndex((entry) => entry.id === target);
      const entry = entries[at];
      if (entry) entries[at] = { ...entry, undone: true };
    } else if (!told.has(id)) {
      const what = named(doing.adds, knew, actions);
      entries.push({ id, what, by, undone: false, redacted: null });
    }
  }
  return entries;
}
