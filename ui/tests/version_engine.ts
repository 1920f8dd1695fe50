/**
 * A version behind the transport: it takes fields as the shell does, refuses what it refuses, and
 * says what is missing. `wait` holds an answer back, `by_other` is someone else at work.
 */
import type { Call, Transport } from "../src/ipc/transport.ts";
import type {
  Body,
  Boot,
  By,
  CompareBase,
  CompareView,
  Completeness,
  FieldKey,
  FieldKind,
  FieldSpec,
  FieldValue,
  Information,
  Part,
  PortView,
  PreflightView,
  Problem,
  ProblemCode,
  Refusal,
  Rule,
  RunHead,
  Status,
  TrackName,
  TrackState,
  VersionHead,
  VersionView,
  Warning,
} from "../src/ipc/types.ts";

export const PROJECT = "018f0000-0000-7000-8000-0000000000b0";
export const VERSION = "018f0000-0000-7000-8000-0000000000b3";
export const ME: By = { id: "018f0000-0000-7000-8000-000000000001", name: "Partner manager", me: true, at: 0 };
export const OTHER: By = { id: "018f0000-0000-7000-8000-000000000009", name: "Developer", me: false, at: 0 };

const spec = (key: FieldKey, part: Part, kind: FieldKind, required: boolean, listed: boolean): FieldSpec => ({
  key,
  name: key,
  part,
  kind,
  required,
  listed,
});

/** The catalogue as the shell has it. */
export const FIELDS: FieldSpec[] = [
  spec("display_name", "general", { type: "line" }, true, true),
  spec("slug", "general", { type: "slug" }, true, true),
  spec("listing_summary", "general", { type: "line" }, true, true),
  spec("description", "general", { type: "text" }, true, true),
  spec("app_type", "general", { type: "choice", of: ["standalone", "atlas"] }, true, false),
  spec("render", "general", { type: "choice", of: ["portal", "canvas"] }, true, false),
  spec("emails", "general", { type: "emails" }, true, true),
  spec("icon", "general", { type: "assets", of: 1 }, true, true),
  spec("screenshots", "general", { type: "assets", of: 20 }, true, true),
  spec("video", "general", { type: "assets", of: 1 }, false, true),
  spec("notes", "general", { type: "text" }, false, false),
  spec("events_callback_url", "technical", { type: "url" }, true, false),
  spec("standalone_url", "technical", { type: "url" }, true, false),
  spec("redirect_uris", "technical", { type: "urls" }, true, false),
  spec("scopes", "technical", { type: "scopes" }, true, true),
  spec("capabilities", "technical", { type: "names" }, false, false),
  spec("sandbox", "technical", { type: "flag" }, false, false),
  spec("plans", "marketplace", { type: "plans" }, true, true),
  spec("categories", "marketplace", { type: "names" }, true, true),
  spec("privacy_policy", "marketplace", { type: "url" }, true, true),
  spec("terms_of_service", "marketplace", { type: "url" }, true, true),
  spec("app_source", "marketplace", { type: "url" }, false, true),
];

const text = (value: string): FieldValue => ({ type: "text", value });
const page = (name: string) => text(`https://sample-apps.example/call-notes/${name}`);

/** Version 1.2.0, from which this one was made. */
export const BEFORE: Information = {
  display_name: text("Call Notes"),
  slug: text("call-notes"),
  listing_summary: text("Notes beside every call, found again at the next one."),
  description: text("Agents write while they talk.\n\nThe note stays with the contact and is shown at the next call."),
  app_type: text("standalone"),
  render: text("portal"),
  emails: { type: "emails", value: [{ type: "support", email: "support@sample-apps.example" }] },
  icon: { type: "assets", value: [{ url: "https://sample-apps.example/call-notes/icon.png", description: "A note" }] },
  screenshots: {
    type: "assets",
    value: [
      { url: "https://sample-apps.example/call-notes/1.png", description: "A note beside a call" },
      { url: "https://sample-apps.example/call-notes/2.png", description: "All notes of a contact" },
    ],
  },
  events_callback_url: text("https://hooks.sample-apps.example/talkdesk/events"),
  standalone_url: text("https://app.sample-apps.example/call-notes"),
  redirect_uris: {
    type: "list",
    value: ["https://app.sample-apps.example/auth/callback", "https://eu.sample-apps.example/auth/callback"],
  },
  scopes: {
    type: "scopes",
    value: [
      { scope: "openid", reason: "Sign-in with Talkdesk ID" },
      { scope: "contacts:read", reason: "Finds the contact of a call" },
      { scope: "users:read", reason: "Shows who wrote a note" },
    ],
  },
  capabilities: { type: "list", value: ["notes"] },
  plans: {
    type: "plans",
    value: [
      {
        type: "paid",
        license_type: "individual",
        name: "Team",
        price: "12",
        description: "All notes of a team",
        listing_summary: "For teams",
        min_licenses: 5,
        max_licenses: null,
      },
    ],
  },
  categories: { type: "list", value: ["Productivity"] },
  terms_of_service: page("terms"),
};

/** Version 1.3.0 as the sample has it: an address without https, a scope without a reason, a trial missing. */
export const CONTENT: Information = {
  ...BEFORE,
  standalone_url: text("http://app.sample-apps.example/call-notes"),
  scopes: {
    type: "scopes",
    value: [...(BEFORE.scopes?.type === "scopes" ? BEFORE.scopes.value : []), { scope: "recordings:read", reason: "" }],
  },
  capabilities: { type: "list", value: ["notes", ""] },
};

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
const LINE = 500;
const LONG = 20_000;

export class VersionEngine implements Transport {
  information: Information;
  number = "1.3.0";
  notes = "Saves notes while offline. Asks for one scope more.";
  status: Status = "draft";
  archived = false;
  states: Record<TrackName, TrackState> = { technical: "not_submitted", marketplace: "not_submitted" };
  rounds: Record<TrackName, number> = { technical: 0, marketplace: 0 };
  locks: Partial<Record<Part, Rule>> = {};
  runs: RunHead[] = [];
  warnings: Warning[] = [];
  gate = false;
  preflight: PreflightView = { counts: { pass: 20, warn: 1, fail: 0, waived: 0, not_run: 2 }, ran: null, changed: [] };
  carried: VersionView["carried"] = { last: null, differ: [] };
  port: PortView = { port: "manual" };
  edits: VersionView["edits"] = {};
  now: number;
  /** Every change that was taken, and every call that was made. */
  readonly taken: Body[] = [];
  readonly calls: Call[] = [];
  /** Holds an answer back. */
  wait: (call: Call) => Promise<void> = () => Promise.resolve();
  #heard: (tags: readonly string[]) => void = () => undefined;

  constructor(information: Information = CONTENT, now = 1_764_000_000_000) {
    this.information = structuredClone(information);
    this.now = now;
  }

  closing(): () => void {
    return () => undefined;
  }

  listen(heard: (tags: readonly string[]) => void): () => void {
    this.#heard = heard;
    return () => undefined;
  }

  /** What the window is told after each change. */
  tell(): void {
    this.#heard(["projects"]);
  }

  /** Someone else sets a field. */
  by_other(key: FieldKey, value: FieldValue): void {
    this.information = { ...this.information, [key]: value };
    this.edits = { ...this.edits, [key]: { ...OTHER, at: this.now } };
    this.tell();
  }

  async call(call: Call): Promise<unknown> {
    this.calls.push(call);
    if (call.name === "boot") return this.boot();
    if (call.name === "beside") return { comments: [], links: [], open: true };
    if (call.name === "version") {
      const answer = structuredClone(this.view());
      await this.wait(call);
      return answer;
    }
    if (call.name === "compare") return structuredClone(this.compare());
    if (call.name === "submit") {
      await this.wait(call);
      return {};
    }
    if (call.name !== "change") throw { code: "not_found", params: {} };
    const { body } = structuredClone(call.args) as { body: Body };
    this.#apply(body);
    this.taken.push(body);
    this.tell();
    await this.wait(call);
    return { command: crypto.randomUUID() };
  }

  #apply(body: Body): void {
    switch (body.kind) {
      case "version.set_field": {
        const { field, value, expects } = body.args;
        const { kind, part } = FIELDS.find(({ key }) => key === field) ?? {};
        const max = kind?.type === "text" ? LONG : LINE;
        if (value?.type === "text" && value.value.length > max) refuse({ code: "too_long", params: { max: String(max) }, places: [{ field }] });
        if (part && this.locks[part]) refuse({ code: "part_locked", params: {}, places: [{ field }] });
        const current = this.information[field] ?? null;
        if (!same(current, expects) && !same(current, value)) refuse({ code: "changed", params: {}, places: [{ field }] }, "conflict");
        const { [field]: _, ...rest } = this.information;
        this.information = value ? { ...rest, [field]: value } : rest;
        this.edits = { ...this.edits, [field]: { ...ME, at: this.now } };
        break;
      }
      case "version.edit":
        if (body.args.number === "1.2.0") refuse({ code: "number_taken", params: { number: "1.2.0" }, places: [{ input: "number" }] });
        this.number = body.args.number;
        this.notes = body.args.notes;
        break;
      case "version.unlock":
        if (!body.args.reason.trim()) refuse({ code: "no_reason", params: {}, places: [{ input: "reason" }] });
        this.locks = { ...this.locks, [body.args.part]: undefined };
        break;
      case "version.mark_carried":
        this.carried = { last: this.now, differ: [] };
        break;
      case "version.discard":
        this.status = "discarded";
        break;
      case "version.restore":
        this.status = "draft";
        break;
      case "review.mark_submitted":
        if (this.gate && !body.args.override_reason) refuse({ code: "gate", params: {}, places: [{ input: "override_reason" }] });
        for (const track of body.args.tracks) {
          this.states[track] = "in_review";
          this.rounds[track] += 1;
        }
        this.status = "in_review";
        break;
      default:
        throw { code: "invalid", params: {} };
    }
  }

  /** The predecessor, and the last round of the technical track where there is one: it was sent as the predecessor stands. */
  compare(): CompareView {
    const keys = (part?: Part) => FIELDS.filter((field) => !part || field.part === part).map(({ key }) => key);
    const base = (of: CompareBase["of"], fields: FieldKey[]): CompareBase => ({
      of,
      information: BEFORE,
      fields,
      changed: fields.filter((key) => !same(BEFORE[key] ?? null, this.information[key] ?? null)),
    });
    return {
      number: this.number,
      information: this.information,
      bases: [
        base({ kind: "predecessor", number: "1.2.0" }, keys()),
        ...(this.rounds.technical > 0 ? [base({ kind: "round", track: "technical", n: this.rounds.technical, at: this.now }, keys("technical"))] : []),
      ],
    };
  }

  boot(): Boot {
    return {
      phase: {
        phase: "open",
        workspace: "018f0000-0000-7000-8000-000000000002",
        name: "Sample Apps",
        sample: false,
        me: { id: ME.id, name: ME.name, roles: ["partner_manager"], absence: null, left: false },
        members: [],
        sync: { state: "idle", embedded: true, since: null, until: null, sent: 0, queued: 0 },
        needs: 6,
        reviews: 3,
        conflicts: 0,
      },
      settings: { theme: "light", language: "en", advance: true, show_keys: true, zoom: 100, pinned: null, pins: [], notify: false, lock_after: 0, installations_by: "deadline", installations_in: "none" },
      app_version: "0.1.0",
      data_folder: "/data",
      fields: FIELDS,
      port: this.port,
    };
  }

  view(): VersionView {
    return {
      project: { id: PROJECT, name: "Call Notes", slug: "call-notes", owner: "", archived: this.archived },
      version: this.head(),
      siblings: [{ id: VERSION, number: this.number, status: this.status }],
      information: this.information,
      before: BEFORE,
      changed: FIELDS.map(({ key }) => key).filter((key) => !same(this.information[key], BEFORE[key])),
      problems: this.problems(),
      edits: this.edits,
      carried: this.carried,
      runs: this.runs,
      warnings: this.warnings,
      preflight: this.preflight,
      gate: this.gate,
      rebase: null,
    };
  }

  head(): VersionHead {
    const parts: Part[] = ["general", "technical", "marketplace"];
    const tracks: TrackName[] = ["technical", "marketplace"];
    const of = (part: Part) => this.problems().filter(({ place }) => FIELDS.find(({ key }) => key === place.field)?.part === part);
    return {
      id: VERSION,
      number: this.number,
      status: this.status,
      since: this.now,
      acts_next: "partner",
      predecessor: "1.2.0",
      notes: this.notes,
      parts: parts.map((part) => ({
        part,
        completeness: this.completeness([part]),
        missing: of(part).length,
        lock: this.status === "draft" || this.status === "rejected" ? (this.locks[part] ?? null) : "talkdesk",
      })),
      tracks: tracks.map((track) => ({
        track,
        state: this.states[track],
        since: this.rounds[track] > 0 ? this.now : null,
        rounds: this.rounds[track],
        missing: track === "technical" ? of("technical") : [...of("general"), ...of("marketplace")],
      })),
      completeness: this.completeness(parts),
      installable: false,
      has_link: false, carried: { last: this.carried.last, open: this.carried.differ.length },
      changed: this.now,
    };
  }

  completeness(parts: readonly Part[]): Completeness {
    const wrong = this.problems().map(({ place }) => place.field);
    const counted = FIELDS.filter(({ key, part, required }) => parts.includes(part) && (required || wrong.includes(key)));
    const filled = counted.filter(({ key }) => !wrong.includes(key)).length;
    return { filled, of: counted.length, percent: Math.floor((filled * 100) / counted.length) };
  }

  problems(): Problem[] {
    return FIELDS.flatMap((field) => wrongWith(field, this.information[field.key]));
  }
}

function wrongWith({ key, required }: FieldSpec, value: FieldValue | undefined): Problem[] {
  const problem = (code: ProblemCode, index?: number, params: Record<string, string> = {}): Problem => ({
    code,
    place: index === undefined ? { field: key } : { field: key, index },
    params,
  });
  const address = (url: string, index?: number): Problem[] =>
    url.startsWith("https://") ? [] : [problem(url === "" ? "empty" : url.startsWith("http://") ? "use_https" : "not_a_url", index)];
  if (!value) return required ? [problem("empty")] : [];
  switch (value.type) {
    case "text":
      return /_url$|_policy$|_service$|_source$/.test(key) ? address(value.value) : [];
    case "flag":
      return [];
    case "list":
      return value.value.flatMap((entry, at) => (key === "redirect_uris" ? address(entry, at) : entry === "" ? [problem("empty", at)] : []));
    case "emails":
      return value.value.flatMap(({ email }, at) => (email === "" ? [problem("empty", at)] : email.includes("@") ? [] : [problem("not_an_email", at)]));
    case "assets":
      return value.value.flatMap(({ url }, at) => address(url, at));
    case "scopes":
      return value.value.flatMap(({ scope, reason }, at) =>
        scope === "" ? [problem("empty", at)] : reason === "" ? [problem("no_reason", at, { scope })] : [],
      );
    case "plans":
      return [
        ...(value.value.some(({ type }) => type === "trial") ? [] : [problem("no_trial")]),
        ...value.value.flatMap((plan, at) => [
          ...(plan.name === "" ? [problem("no_name", at)] : []),
          ...(plan.type === "paid" && plan.price === "" ? [problem("no_price", at)] : []),
        ]),
      ];
  }
}

function refuse(refusal: Omit<Refusal, "rule">, code: "refused" | "conflict" = "refused"): never {
  throw { code, params: {}, refusal: { rule: "ours", ...refusal } };
}
