/**
 * A checklist run behind the transport, with the domain's own rules written a second time: what the
 * window foretells is held against it. Writes are answered after as long as `wait` says.
 */
import type { Body, By, Changed, CommandId, EntryView, Happening, ItemStatus, ItemView, RefusalCode, RunId, RunView, Was } from "../src/ipc/types.ts";
import type { Call, Transport } from "../src/ipc/transport.ts";

export const ME: By = { id: "018f0000-0000-7000-8000-000000000001", name: "QA 1", me: true, at: 0 };
export const OTHER: By = { id: "018f0000-0000-7000-8000-000000000009", name: "QA 2", me: false, at: 0 };
export const RUN = "018f0000-0000-7000-8000-0000000000a0";

interface Log {
  id: string;
  text: string;
  entries: EntryView[];
  was: Was | null;
  /** Who blanked its words last. */
  redaction: CommandId | null;
}

export class RunEngine implements Transport {
  readonly id: RunId;
  readonly logs: Log[];
  /** Every command that was taken, in order. */
  readonly taken: { id: CommandId; body: Body }[] = [];
  /** Writes in the order they came, and how many were under way at once. */
  readonly counters: number[] = [];
  mostAtOnce = 0;
  wait: () => Promise<void> = () => Promise.resolve();
  /** Refuse some write, whatever the rules say. */
  refuse: (body: Body) => RefusalCode | undefined = () => undefined;
  signed = false;
  tested = { build: "1.3.0+412", account: "Sample Apps, US", browser: "Chromium 131" };
  #heard: (tags: readonly string[]) => void = () => undefined;
  #last = 0;
  #now = 0;
  #under = 0;

  constructor(count: number, id: RunId = RUN) {
    this.id = id;
    this.logs = Array.from({ length: count }, (_, n) => ({
      id: `TE-${String(n + 1).padStart(4, "0")}`,
      text: `What has to be true, number ${n + 1}`,
      entries: [],
      was: null,
      redaction: null,
    }));
  }

  log(id: string): Log {
    const log = this.logs.find((log) => log.id === id);
    if (!log) throw new Error(`no item ${id}`);
    return log;
  }

  async call({ name, args, n }: Call): Promise<unknown> {
    if (name === "run") {
      await this.wait();
      return structuredClone(this.view());
    }
    if (name === "beside") return { comments: [], links: [], open: true };
    if (name !== "change") throw { code: "not_found", params: {} };
    this.counters.push(n ?? 0);
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.#under);
    const { body } = structuredClone(args) as { body: Body };
    await this.wait();
    try {
      return this.take(body, ME);
    } finally {
      // The answer itself takes its time, and changes are told meanwhile.
      this.#heard(["runs"]);
      await this.wait();
      this.#under -= 1;
    }
  }

  closing(): () => void {
    return () => undefined;
  }

  listen(heard: (tags: readonly string[]) => void): () => void {
    this.#heard = heard;
    return () => undefined;
  }

  /** Say that something changed. */
  tell(): void {
    this.#heard(["runs"]);
  }

  /** Someone else at another computer. */
  other(body: Body): void {
    this.take(body, OTHER);
    this.#heard(["runs"]);
  }

  /** Someone else blanks every word of an item. */
  redact(item: string): void {
    const log = this.log(item);
    log.redaction = `r${++this.#last}`;
    const redacted = { command: log.redaction, by: OTHER, reason: "Personal." };
    log.entries = log.entries.map((entry) => {
      if (entry.what.type === "note") return { ...entry, what: { ...entry.what, text: "" }, redacted };
      return entry.what.type === "result" ? { ...entry, what: { ...entry.what, reason: "" }, redacted } : entry;
    });
    this.#heard(["runs"]);
  }

  take(body: Body, by: By): Changed {
    const no = (code: RefusalCode, item?: string) => ({
      code: "refused",
      params: {},
      refusal: { code, rule: "ours", params: {}, places: item ? [{ item }] : [] },
    });
    const planned = this.refuse(body);
    if (planned) throw no(planned);
    if (this.signed) throw no("signed");
    const id = `c${++this.#last}`;
    const push = (item: string, what: Happening) => this.log(item).entries.push({ id, what, by: { ...by, at: ++this.#now }, undone: false, redacted: null });
    switch (body.kind) {
      case "run.set_result": {
        const { item, outcome, reason, knew } = body.args;
        if (outcome === "not_applicable" && !reason.trim()) throw no("no_reason", item);
        const { redaction } = this.log(item);
        if (reason.trim() && redaction && !knew.includes(redaction)) throw no("redacted_since");
        const stands = standing(this.log(item).entries);
        const knewAll = stands.every((entry) => knew.includes(entry.id));
        if (statusOf(stands) === "fail" && knewAll && outcome !== "fail") throw no("fail_needs_fix", item);
        push(item, { type: "result", outcome, reason, knew, tested: { ...this.tested } });
        break;
      }
      case "run.fixed": {
        const { item, build } = body.args;
        if (!build.trim()) throw no("empty", item);
        if (!["fail", "blocked", "disputed"].includes(statusOf(standing(this.log(item).entries)))) throw no("not_failed", item);
        push(item, { type: "fixed", build });
        break;
      }
      case "run.retest":
        for (const item of body.args.items) push(item, { type: "retest", because: body.args.because });
        break;
      case "run.note": {
        const { redaction } = this.log(body.args.item);
        if (redaction && body.args.knew !== redaction) throw no("redacted_since");
        push(body.args.item, { type: "note", text: body.args.text });
        break;
      }
      case "run.assign":
        for (const item of body.args.items) push(item, { type: "assigned", to: body.args.to });
        break;
      case "run.undo": {
        const last = this.log(body.args.item).entries.findLast((entry) => !entry.undone);
        if (!last || last.id !== body.args.undoes || last.by.id !== by.id) throw no("not_your_last", body.args.item);
        last.undone = true;
        break;
      }
      case "run.set_tested":
        this.tested = body.args.tested;
        break;
      case "run.sign":
        this.signed = true;
        break;
      default:
        throw no("unknown_command");
    }
    this.taken.push({ id, body });
    return { command: id, undo: null };
  }

  view(): RunView {
    const size = 25;
    const items = this.logs.map(itemView);
    const counts: Partial<Record<ItemStatus, number>> = {};
    for (const { status } of items) counts[status] = (counts[status] ?? 0) + 1;
    const sections = Array.from({ length: Math.ceil(items.length / size) }, (_, n) => {
      const own = items.slice(n * size, (n + 1) * size);
      const done = own.filter(({ status }) => status === "pass" || status === "not_applicable").length;
      return { id: `s${n}`, name: `Section ${n + 1}`, done, items: own };
    });
    const none = { filled: 0, of: 0, percent: 0 };
    return {
      id: this.id,
      project: { id: "p", name: "Call Notes", slug: "call-notes", owner: "", archived: false },
      version: {
        id: "v", number: "1.3.0", status: "draft", since: 0, acts_next: "partner", predecessor: "1.2.0", notes: "", parts: [], tracks: [],
        completeness: none, installable: false, has_link: false, carried: { last: null, open: 0 }, changed: 0,
      },
      template: "t",
      template_version: 1,
      newer_template: null,
      removed: [],
      kind: "qa",
      name: "QA checklist",
      derived: true,
      tested: { ...this.tested },
      started: ME,
      signed: this.signed ? ME : null,
      summary: { run: this.id, kind: "qa", name: "QA checklist", template: "t", template_version: 1, total: items.length, counts, signed: this.signed },
      sections,
    };
  }
}

function standing(entries: readonly EntryView[]): EntryView[] {
  const stands = new Map<CommandId, EntryView>();
  for (const entry of entries) {
    if (entry.undone) continue;
    switch (entry.what.type) {
      case "result":
        for (const id of entry.what.knew) stands.delete(id);
        stands.set(entry.id, entry);
        break;
      case "fixed":
      case "retest":
        stands.clear();
        stands.set(entry.id, entry);
    }
  }
  return [...stands.values()];
}

function statusOf(stands: readonly EntryView[]): ItemStatus {
  let status: ItemStatus = "untested";
  for (const { what } of stands) {
    if (what.type !== "result") return "retest";
    if (status !== "untested" && status !== what.outcome) return "disputed";
    status = what.outcome;
  }
  return status;
}

function itemView({ id, text, entries, was, redaction }: Log): ItemView {
  const stands = standing(entries);
  const last = <Type extends Happening["type"]>(type: Type) =>
    entries.findLast((entry) => !entry.undone && entry.what.type === type)?.what as Extract<Happening, { type: Type }> | undefined;
  const top = entries.findLast((entry) => !entry.undone);
  return {
    id,
    text,
    help: "",
    required: true,
    evidence: null,
    source: null,
    shared: false,
    status: statusOf(stands),
    was,
    note: last("note")?.text ?? "",
    note_redacted: null,
    assignee: last("assigned")?.to ?? null,
    attached: attached(entries),
    standing: stands,
    heads: stands.map((entry) => entry.id),
    redaction,
    undoable: top?.by.me ? top.id : null,
    history: entries.toReversed(),
  };
}

function attached(entries: readonly EntryView[]): ItemView["attached"] {
  const stands = new Map<CommandId, ItemView["attached"][number]>();
  for (const { id, what, by, undone } of entries) {
    if (undone) continue;
    if (what.type === "attached") stands.set(id, { id, what: what.evidence, by });
  }
  for (const { what, undone } of entries) if (!undone && what.type === "detached") stands.delete(what.entry);
  return [...stands.values()];
}
