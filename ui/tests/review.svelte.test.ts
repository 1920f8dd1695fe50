/** A review over a transport of the test's own: what a person copies in is recorded as it was typed, and nothing of it is lost on the way. */
import { flushSync, mount, unmount, type Component } from "svelte";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { listenForChanges } from "../src/ipc/events.ts";
import { setTransport } from "../src/ipc/transport.ts";
import type { ActivityView, AnswerView, Body, Boot, By, ChangeArgs, CheckView, DossierView, FileRef, FindingView, LookedView, PendingView, ReviewView, Seen, SettledView, Sight, TrackName, TrackState, TrackView } from "../src/ipc/types.ts";
import { confirmation } from "../src/lib/confirm.svelte.ts";
import { keys } from "../src/lib/keys.svelte.ts";
import { router } from "../src/lib/router.svelte.ts";
import { session } from "../src/lib/session.svelte.ts";
import DossierPage from "../src/reports/DossierPage.svelte";
import { htmlFile } from "../src/reports/page.ts";
import Conflicts from "../src/screens/conflicts/Conflicts.svelte";
import Review from "../src/screens/review/Review.svelte";
import { Whole } from "../src/screens/workspace/whole.svelte.ts";

const PROJECT = "018f0000-0000-7000-8000-0000000000b0";
const me: By = { id: "m1", name: "Partner manager", me: true, at: 1_764_000_000_000 };
/** A version of its own for each test: what someone began to copy in is kept by version. */
let VERSION = "";
let count = 0;

const track = (name: TrackName, state: TrackState): TrackView => ({
  head: { track: name, state, since: me.at, rounds: state === "not_submitted" ? 0 : 1, missing: [] },
  days: 3,
  overdue: false,
  changed: [],
  rounds:
    state === "not_submitted"
      ? []
      : [
          {
            id: `${name}-1`,
            n: 1,
            submitted: me,
            override_reason: null,
            items_done: 0,
            evidence: 0,
            items: 0,
            checks: [],
            answers: state === "in_review" ? [] : [{ id: `${name}-answer`, outcome: state, text: `${name} words`, correction: null, files: [], by: { ...me, at: me.at + (name === "marketplace" ? 2 : 1) }, redacted: null }],
            withdrawn: null,
          },
        ],
  redaction: null,
});

const finding = (id: string, some: Partial<FindingView> = {}): FindingView => ({
  id,
  number: "2.1.0",
  track: "marketplace",
  round: 1,
  source: "talkdesk",
  said: { text: `Finding ${id}`, severity: "", field: "privacy_policy", item: null },
  files: [],
  redacted: null,
  reply: "",
  reply_redacted: null,
  reply_redaction: null,
  status: "open",
  created: me,
  changed: null,
  ...some,
});

/** A file that is kept here; it is known by its bytes, here by its name. */
const kept = (name: string): FileRef => ({ sha256: name.padEnd(64, "0"), name, media_type: "application/pdf", bytes: 5 });

const review = (technical: TrackState, marketplace: TrackState, some: Partial<ReviewView> = {}): ReviewView => ({
  project: { id: PROJECT, name: "Survey Sense", slug: "survey-sense", owner: "", archived: false },
  version: {
    id: VERSION,
    number: "2.1.0",
    status: "in_review",
    since: me.at,
    acts_next: "talkdesk",
    predecessor: null,
    notes: "",
    parts: [],
    tracks: [],
    completeness: { filled: 1, of: 1, percent: 100 },
    installable: false,
    has_link: false, carried: { last: null, open: 0 },
    changed: me.at,
  },
  tracks: [track("technical", technical), track("marketplace", marketplace)],
  findings: [],
  go_live: { date: null, proposed: null, approved: null, confirmed: null, delisted: null },
  warnings: [],
  gate: false,
  overdue_days: 10,
  checks: [],
  preflight: { counts: { pass: 0, warn: 0, fail: 0, waived: 0, not_run: 0 }, ran: null, changed: [] },
  port: { port: "manual" },
  ...some,
});

let view: ReviewView;
let outbox: PendingView[];
let more: number;
/** What was settled without anybody. */
let over: SettledView[];
let sent: { name: string; args: unknown }[];
let answers: Record<string, (args: never) => unknown>;
let tell: (tags: readonly string[]) => void;
let screen: Record<string, unknown> | undefined;

const settle = async () => {
  for (let i = 0; i < 4; i++) {
    await new Promise((done) => setTimeout(done));
    flushSync();
  }
};
const by = (testid: string) => document.querySelector<HTMLElement>(`[data-testid="${testid}"]`);
const click = async (testid: string) => {
  by(testid)?.click();
  await settle();
};
const type = async (testid: string, text: string) => {
  const input = by(testid) as HTMLTextAreaElement;
  input.value = text;
  input.dispatchEvent(new Event("input", { bubbles: true }));
  await settle();
};
const press = async (key: string, init: KeyboardEventInit = {}) => {
  const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...init });
  (document.activeElement ?? document.body).dispatchEvent(event);
  if (!event.defaultPrevented) keys.handle(event);
  await settle();
};
const bodies = (): Body[] => sent.filter(({ name }) => name === "change").map(({ args }) => (args as ChangeArgs).body);
const refuse = (code: string, input: string) => () => {
  throw { code: code === "changed" ? "conflict" : "refused", params: {}, refusal: { code, rule: "ours", params: {}, places: [{ input }] } };
};

beforeEach(async () => {
  VERSION = `018f0000-0000-7000-8000-${String(++count).padStart(12, "0")}`;
  sent = [];
  over = [];
  outbox = [];
  more = 0;
  answers = {
    review: () => view,
    pending: () => ({ rows: outbox, more }),
    settled: () => over,
    change: () => ({ command: "x" }),
    retry_command: () => ({}),
    discard_command: () => ({}),
    amend_command: () => ({}),
    copy_text: () => ({}),
  };
  setTransport({
    call: async (call) => {
      sent.push({ name: call.name, args: call.args });
      const answer = answers[call.name];
      if (!answer) throw { code: "not_found", params: {} };
      return answer(call.args as never);
    },
    closing: () => () => undefined,
    listen: (heard) => {
      tell = heard;
      return () => undefined;
    },
  });
  listenForChanges();
});

afterEach(async () => {
  confirmation.reply(false);
  if (screen) await unmount(screen);
  screen = undefined;
  session.boot = undefined;
  document.body.replaceChildren();
  await router.reset();
});

const show = async (component: Component<Record<string, unknown>>, props: Record<string, unknown> = {}) => {
  screen = mount(component, { target: document.body, props });
  await settle();
};
const open = async (shown: ReviewView) => {
  view = shown;
  await show(Review as unknown as Component<Record<string, unknown>>, { route: { name: "review", project: PROJECT, version: VERSION } });
};

describe("Talkdesk's answer", () => {
  it("is recorded word for word, for the one track that is in review, with its findings", async () => {
    await open(review("in_review", "approved"));
    await click("record-answer");
    const text = "Hello,\n\n The page is gone. \n";
    await type("answer-text", text);
    const paper = by("answer-text") as HTMLTextAreaElement;
    paper.setSelectionRange(text.indexOf("The"), text.indexOf(" \n"));
    await press("Enter", { ctrlKey: true });
    await type("finding-0-severity", "Blocking");
    await click("answer-outcome-rejected");
    await click("answer-save");
    expect(bodies()).toEqual([
      {
        kind: "review.record_answer",
        args: {
          version: VERSION,
          tracks: ["technical"],
          rounds: ["technical-1"],
          outcome: "rejected",
          text,
          findings: [{ id: expect.stringMatching(/^[0-9a-f-]{36}$/), text: "The page is gone.", severity: "Blocking", field: null, item: null }],
          files: [],
        },
      },
    ]);
    expect(by("answer-dialog")).toBeNull();
  });

  it("names the round that was in review when a person began, whatever came since", async () => {
    await open(review("in_review", "approved"));
    await click("record-answer");
    await type("answer-text", "To the first round.");
    // A colleague recorded it, and submitted again.
    const later = review("in_review", "approved");
    const [technical] = later.tracks;
    const [first] = technical?.rounds ?? [];
    if (technical && first) technical.rounds = [{ ...first, id: "technical-2", n: 2 }, first];
    view = later;
    tell(["projects"]);
    await settle();
    await click("answer-outcome-rejected");
    answers.change = refuse("another_round", "tracks");
    await click("answer-save");
    expect(bodies().at(-1)?.args).toMatchObject({ tracks: ["technical"], rounds: ["technical-1"] });
    expect((by("answer-text") as HTMLTextAreaElement).value, "its words stay with their author").toBe("To the first round.");
    // Emptied and begun again, it is for the round that is in review.
    await type("answer-text", "");
    await press("Escape");
    await click("record-answer");
    await type("answer-text", "To the second round.");
    await click("answer-save");
    expect(bodies().at(-1)?.args).toMatchObject({ rounds: ["technical-2"] });
  });

  it("takes the files that came with it, chosen, dropped or pasted, each once", async () => {
    answers.add_file = ({ name }: { name: string }) => kept(name);
    await open(review("in_review", "approved"));
    await click("record-answer");
    const given = (name: string) => new File(["%PDF-"], name);
    const picker = by("files-picker") as HTMLInputElement;
    Object.defineProperty(picker, "files", { value: [given("answer.pdf")], configurable: true });
    picker.dispatchEvent(new Event("change", { bubbles: true }));
    const hand = async (target: string, kind: string, holder: string, name: string) => {
      const event = new Event(kind, { bubbles: true, cancelable: true });
      Object.defineProperty(event, holder, { value: { types: ["Files"], files: [given(name)] } });
      by(target)?.dispatchEvent(event);
      await settle();
    };
    await hand("answer-text", "drop", "dataTransfer", "screen.png");
    await hand("answer-text", "paste", "clipboardData", "mail.eml");
    await hand("answer-files", "paste", "clipboardData", "screen.png");
    // Handed to the place within, it is not taken once more by the one around it.
    expect(sent.filter(({ name }) => name === "add_file").map(({ args }) => (args as { name: string }).name)).toEqual(["answer.pdf", "screen.png", "mail.eml", "screen.png"]);
    expect(by("answer-files")?.querySelectorAll("[data-testid=file]")).toHaveLength(3);
    await click("answer-outcome-approved");
    await click("answer-save");
    expect(bodies()).toMatchObject([{ args: { outcome: "approved", files: [kept("answer.pdf"), kept("screen.png"), kept("mail.eml")] } }]);
  });

  it("cannot leave its only track out", async () => {
    await open(review("in_review", "not_submitted"));
    await click("record-answer");
    await click("answer-track-technical");
    expect((by("answer-track-technical") as HTMLInputElement).checked).toBe(true);
    expect(by("answer-track-marketplace")).toBeNull();
  });

  it("takes no track for granted where two are in review, and sends nothing unclear", async () => {
    await open(review("in_review", "in_review"));
    await click("record-answer");
    await click("answer-save");
    expect(bodies()).toEqual([]);
    expect(by("error-tracks")?.textContent).toContain("Choose the track");
    expect(by("error-outcome")?.textContent).toContain("Choose what Talkdesk decided");
    await click("answer-track-marketplace");
    await click("answer-outcome-approved");
    await click("answer-save");
    expect(bodies()).toMatchObject([{ args: { tracks: ["marketplace"], outcome: "approved" } }]);
  });

  it("keeps what was copied in when the dialog is closed", async () => {
    await open(review("in_review", "approved"));
    await click("record-answer");
    await type("answer-text", "One.\n\nTwo.");
    await click("answer-split");
    await press("Escape");
    expect(by("answer-dialog")).toBeNull();
    await click("record-answer");
    expect((by("answer-text") as HTMLTextAreaElement).value).toBe("One.\n\nTwo.");
    expect((by("finding-1-text") as HTMLTextAreaElement).value).toBe("Two.");
  });

  it("puts a finding back where it was", async () => {
    await open(review("in_review", "approved"));
    await click("record-answer");
    await type("answer-text", "One.\n\nTwo.\n\nThree.");
    await click("answer-split");
    await click("finding-1-remove");
    await click("answer-undo");
    const texts = [0, 1, 2].map((n) => (by(`finding-${n}-text`) as HTMLTextAreaElement).value);
    expect(texts).toEqual(["One.", "Two.", "Three."]);
  });

  it("says at the text what the engine refuses, and stays", async () => {
    answers.change = refuse("too_long", "text");
    await open(review("in_review", "approved"));
    await click("record-answer");
    await type("answer-text", "Long.");
    await click("answer-outcome-approved");
    await click("answer-save");
    expect(by("error-text")?.textContent).toContain("Shorten it");
    expect((by("answer-text") as HTMLTextAreaElement).value).toBe("Long.");
  });

  it("is not asked for while nothing is in review", async () => {
    await open(review("approved", "rejected"));
    expect(by("record-answer")).toBeNull();
    expect(by("correct-answer")).not.toBeNull();
  });

  it("is corrected by who knew the redactions that there were when the form was opened", async () => {
    const redacted = (redaction: string) => {
      const { tracks, ...rest } = review("approved", "rejected");
      return { ...rest, tracks: tracks.map((track) => ({ ...track, redaction })) };
    };
    await open(redacted("r1"));
    await click("correct-answer");
    await type("correct-reason", "Read wrongly.");
    view = redacted("r2");
    tell(["projects"]);
    await settle();
    await click("correct-save");
    expect(bodies().at(-1)?.args).toMatchObject({ text: "marketplace words", knew: "r1" });
  });

  it("is corrected with a reason, beginning with the one that was recorded last", async () => {
    await open(review("approved", "rejected"));
    await click("correct-answer");
    expect((by("correct-text") as HTMLTextAreaElement).value).toBe("marketplace words");
    await click("correct-outcome-approved");
    await type("correct-reason", "Read wrongly.");
    await click("correct-save");
    expect(bodies()).toEqual([
      { kind: "review.correct_answer", args: { version: VERSION, track: "marketplace", outcome: "approved", text: "marketplace words", reason: "Read wrongly.", files: [], knew: null } },
    ]);
  });
});

describe("findings", () => {
  it("keep what shows them, and let go of it", async () => {
    answers.add_file = ({ name }: { name: string }) => kept(name);
    const old = kept("before.pdf");
    await open(review("approved", "rejected", { findings: [finding("a", { files: [old] }), finding("b")] }));
    const picker = by("files-picker") as HTMLInputElement;
    Object.defineProperty(picker, "files", { value: [new File(["%PDF-"], "after.pdf")], configurable: true });
    picker.dispatchEvent(new Event("change", { bubbles: true }));
    await settle();
    await click("file-more");
    await click("file-remove");
    expect(bodies()).toEqual([
      { kind: "finding.attach", args: { finding: "a", file: kept("after.pdf") } },
      { kind: "finding.detach", args: { finding: "a", file: old.sha256 } },
    ]);
  });

  it("go by key: reply, fixed, its field", async () => {
    await open(review("approved", "rejected", { findings: [finding("a"), finding("b", { status: "fixed" })] }));
    await press("y");
    expect(document.activeElement).toBe(by("finding-reply"));
    await type("finding-reply", "It is back.");
    await press("Enter");
    expect(bodies()).toEqual([{ kind: "finding.reply", args: { finding: "a", reply: "It is back.", expects: "", knew: null } }]);
    await press("x");
    expect(bodies().at(-1)).toEqual({ kind: "finding.set_status", args: { finding: "a", status: "fixed" } });
    await press("j");
    await press("x");
    expect(bodies().at(-1)).toEqual({ kind: "finding.set_status", args: { finding: "b", status: "open" } });
    await press("Enter");
    expect(router.route).toMatchObject({ name: "version", field: "privacy_policy" });
  });

  it("are each a place of their own, once the cursor goes to one", async () => {
    const place = { name: "review", project: PROJECT, version: VERSION } as const;
    await router.reset(place);
    await open(review("approved", "rejected", { findings: [finding("a"), finding("b")] }));
    expect(router.route, "the screen opens as the review's").toEqual(place);
    await press("j");
    expect(router.route).toEqual({ ...place, finding: "b" });
    await press("k");
    expect(router.route).toEqual({ ...place, finding: "a" });
  });

  it("keep a reply that someone else was faster with, beside theirs", async () => {
    answers.change = refuse("changed", "reply");
    await open(review("approved", "rejected", { findings: [finding("a", { reply: "Theirs." }), finding("b")] }));
    await press("y");
    await type("finding-reply", "Mine.");
    await press("Enter");
    await press("j");
    expect((by("finding-reply") as HTMLTextAreaElement).value).toBe("Mine.");
    expect(by("error-reply")?.textContent).toContain("Theirs.");
  });

  it("expect what stood there when a person began to type, and leave the choice to them where another came since", async () => {
    await open(review("approved", "rejected", { findings: [finding("a", { reply: "Before." })] }));
    await press("y");
    await type("finding-reply", "Mine.");
    view = review("approved", "rejected", { findings: [finding("a", { reply: "Theirs." })] });
    tell(["projects"]);
    await settle();
    answers.change = refuse("changed", "reply");
    await press("Enter");
    expect(bodies().at(-1)?.args).toMatchObject({ reply: "Mine.", expects: "Before." });
    expect(by("error-reply")?.textContent).toContain("Theirs.");
    await press("y");
    await press("Enter");
    expect(bodies(), "nothing is sent that nobody chose").toHaveLength(1);
    answers.change = () => ({ command: "c", undo: null });
    await click("reply-keep-mine");
    expect(bodies().at(-1)?.args).toMatchObject({ reply: "Mine.", expects: "Theirs." });
    expect(by("error-reply")).toBeNull();

    await press("y");
    await type("finding-reply", "Mine again.");
    answers.change = refuse("changed", "reply");
    await press("Enter");
    await click("reply-take-theirs");
    expect([by("error-reply"), (by("finding-reply") as HTMLTextAreaElement).value]).toEqual([null, "Theirs."]);
  });

  it("bring back no words of a reply that was redacted while another one was written", async () => {
    await open(review("approved", "rejected", { findings: [finding("a", { reply: "Ana is ill." })] }));
    await press("y");
    await type("finding-reply", "Ana is ill, still.");
    view = review("approved", "rejected", { findings: [finding("a", { reply_redaction: "r1" })] });
    tell(["projects"]);
    await settle();
    answers.change = refuse("redacted_since", "");
    await press("Enter");
    expect(bodies().at(-1)?.args).toMatchObject({ reply: "Ana is ill, still.", knew: null });
    expect((by("finding-reply") as HTMLTextAreaElement).value, "its words stay with their author").toBe("Ana is ill, still.");
    await press("y");
    await press("Enter");
    expect(bodies(), "nothing is sent that nobody looked at").toHaveLength(1);
    answers.change = () => ({ command: "c", undo: null });
    await press("y");
    await type("finding-reply", "It is back.");
    await press("Enter");
    expect(bodies().at(-1)?.args).toMatchObject({ reply: "It is back.", knew: "r1" });
  });

  it("are shown by how they stand", async () => {
    await open(review("approved", "rejected", { findings: [finding("a"), finding("b", { status: "fixed" }), finding("c", { status: "accepted" })] }));
    expect(document.querySelector("[data-testid=findings-rounds]"), "one round is no choice").toBeNull();
    await click("findings-open");
    expect([...document.querySelectorAll('[data-testid="finding"]')].map((row) => (row as HTMLElement).dataset.status)).toEqual(["open"]);
  });

  it("are shown by their round, an older version's under its number", async () => {
    const findings = [finding("a"), finding("b", { round: 2 }), finding("c", { number: "2.0.0" }), finding("d", { track: null, round: null })];
    await open(review("approved", "rejected", { findings }));
    const rounds = [...document.querySelectorAll<HTMLElement>('[data-testid="findings-round"]')];
    expect(rounds.map(({ textContent }) => textContent.trim())).toEqual(["2.0.0, round 1", "Round 1", "Round 2"]);
    rounds[2]?.click();
    await settle();
    expect([...document.querySelectorAll('[data-testid="finding"]')].map((row) => row.textContent.includes("Finding b"))).toEqual([true]);
  });
});

describe("go-live", () => {
  it("takes a real day only", async () => {
    await open(review("approved", "approved"));
    await type("go-live-date", "2026-02-30");
    await click("record-go-live");
    expect(bodies()).toEqual([]);
    expect(by("error-date")?.textContent).toContain("year-month-day");
    await type("go-live-date", "2026/12/1");
    await click("record-go-live");
    expect(bodies()).toEqual([{ kind: "review.record_go_live", args: { version: VERSION, date: "2026-12-01" } }]);
  });

  it("offers one step after the other", async () => {
    const offered = () => ["record-go-live", "approve-go-live", "confirm-live", "mark-delisted"].filter((id) => by(id));
    const live = { date: "2026-12-01", proposed: me, approved: null, confirmed: null, delisted: null };
    await open(review("approved", "approved", { go_live: live }));
    expect(offered()).toEqual(["approve-go-live"]);
    await click("approve-go-live");
    expect(bodies()).toEqual([{ kind: "review.approve_go_live", args: { version: VERSION } }]);
    await unmount(screen ?? {});
    await open(review("approved", "approved", { go_live: { ...live, approved: me } }));
    expect(offered()).toEqual(["confirm-live"]);
    await unmount(screen ?? {});
    const shown = review("approved", "approved", { go_live: { ...live, approved: me, confirmed: me } });
    await open({ ...shown, version: { ...shown.version, status: "published" } });
    expect(offered()).toEqual(["mark-delisted"]);
    await click("mark-delisted");
    expect(bodies()).toHaveLength(1);
    confirmation.reply(true);
    await settle();
    expect(bodies().at(-1)).toEqual({ kind: "review.set_listed", args: { version: VERSION, listed: false } });
  });
});

describe("conflicts", () => {
  const pending = (id: string, some: Partial<PendingView>): PendingView => ({
    command: {
      id,
      kind: "version.set_field",
      v: 1,
      aggregate: { kind: "project", id: PROJECT },
      made_at: me.at,
      needs: [],
      args: { version: VERSION, field: "description", value: { type: "text", value: "Yours." }, expects: { type: "text", value: "Before." } },
    },
    state: "conflicted",
    refusal: { code: "changed", rule: "ours", params: {}, places: [{ field: "description" }] },
    waits_for: null,
    made_at: me.at,
    project: "Survey Sense",
    theirs: { of: "field", value: { type: "text", value: "Theirs." } },
    meeting: null,
    ...some,
  });
  beforeEach(() => {
    session.boot = { phase: { phase: "first_start" }, fields: [{ key: "description", kind: { type: "text" } }] } as unknown as Boot;
  });
  const calls = () => sent.filter(({ name }) => name !== "pending" && name !== "settled").map(({ name }) => name);

  it("puts both texts together, in the place of the edit that met the other", async () => {
    outbox = [pending("c1", {})];
    await show(Conflicts as unknown as Component<Record<string, unknown>>);
    expect([by("yours")?.textContent, by("theirs")?.textContent]).toEqual([expect.stringContaining("Yours."), expect.stringContaining("Theirs.")]);
    await type("conflict-result", "Yours. Theirs.");
    await click("save-result");
    const args = { version: VERSION, field: "description", value: { type: "text", value: "Yours. Theirs." }, expects: { type: "text", value: "Theirs." } };
    expect(sent.at(-1)).toEqual({ name: "amend_command", args: { command: "c1", body: { kind: "version.set_field", args } } });
    expect(calls(), "one step: what waits for the edit goes on with the result").toEqual(["amend_command"]);
  });

  it("fits two changes that do not overlap into one text", async () => {
    const field = (value: string) => ({ type: "text" as const, value });
    const before = "Write notes next to the call. Call Notes saves them when the call ends.\n\nFree of charge.";
    const one = pending("c1", { theirs: { of: "field", value: field(before.replace("when the call ends", "while you type")) } });
    one.command.args = { version: VERSION, field: "description", value: field(before.replace("Free of charge", "Free for ever")), expects: field(before) };
    outbox = [one];
    await show(Conflicts as unknown as Component<Record<string, unknown>>);
    const marked = (side: string) => [...(by(side)?.querySelectorAll("ins") ?? [])].map(({ textContent }) => textContent.trim());
    expect([marked("yours"), marked("theirs")]).toEqual([["for ever"], ["while you type"]]);
    await press("3");
    expect((by("conflict-result") as HTMLTextAreaElement).value).toBe("Write notes next to the call. Call Notes saves them while you type.\n\nFree for ever.");
  });

  it("shows a reply with both sides, and a project's name without putting two together", async () => {
    const reply = pending("c1", { theirs: { of: "reply", value: "Theirs" } });
    reply.command = { ...reply.command, kind: "finding.reply", args: { finding: "f1", reply: "Yours", expects: "Before" } };
    const name = pending("c2", { theirs: { of: "details", value: { name: "Survey Lens", slug: "survey", owner: "" } } });
    name.command = { ...name.command, kind: "project.edit", args: { details: { name: "Survey Sense", slug: "survey", owner: "" }, expects: { name: "Survey", slug: "survey", owner: "" } } };
    outbox = [reply, name];
    await show(Conflicts as unknown as Component<Record<string, unknown>>);
    await type("conflict-result", "Both");
    await click("save-result");
    expect(sent.at(-1)?.args).toEqual({ command: "c1", body: { kind: "finding.reply", args: { finding: "f1", reply: "Both", expects: "Theirs" } } });
    await press("j");
    expect([by("theirs")?.textContent, by("conflict-result")]).toEqual([expect.stringContaining("Survey Lens"), null]);
  });

  const theirs = (some: Partial<By>): ActivityView => ({
    id: "t1",
    number: 7,
    by: { id: "m2", name: "QA two", me: false, at: me.at + 60_000, ...some },
    command: { ...pending("t1", {}).command, args: { version: VERSION, field: "description", value: { type: "text", value: "Theirs." }, expects: null } },
    redacted: null,
    known: true,
    project: "Survey Sense",
    version: "1.0.0",
  });

  it("says how it came about: who, when, on which computer, and what stood before", async () => {
    const base = { id: "m3", name: "Developer", me: false, at: me.at - 60_000 };
    outbox = [pending("c1", { meeting: { known: me.at - 1_000, base, others: [theirs({})], answered: me.at + 120_000 } })];
    await show(Conflicts as unknown as Component<Record<string, unknown>>);
    const told = [...(by("came-about")?.querySelectorAll("li") ?? [])].map(({ textContent }) => textContent);
    expect(told).toHaveLength(5);
    expect(told[1]).toMatch(/by QA two on another computer/);
    expect(told[2]).toMatch(/by you on this computer/);
    expect(told[4]).toMatch(/by Developer/);
    expect(by("theirs")?.textContent).toContain("QA two");
  });

  it("shows what was settled by itself below what needs somebody, with both sides", async () => {
    const made = { ...pending("c2", {}), how: "later" as const, meeting: { known: null, base: null, others: [theirs({ me: true })], answered: me.at } };
    outbox = [pending("c1", {})];
    over = [made];
    await show(Conflicts as unknown as Component<Record<string, unknown>>);
    expect(by("pending")).not.toBeNull();
    await press("j");
    expect(by("settled")?.dataset.how).toBe("later");
    expect([by("yours")?.textContent, by("theirs")?.textContent]).toEqual([expect.stringContaining("Yours."), expect.stringMatching(/your other computer.*Theirs\./s)]);
    expect(by("came-about")?.textContent).toContain("by you on another computer");
  });

  it("shows of a long queue what goes next, and how many wait behind it", async () => {
    outbox = [pending("c1", {}), ...["c2", "c3"].map((id) => pending(id, { state: "queued", refusal: null, theirs: null }))];
    more = 9_998;
    await show(Conflicts as unknown as Component<Record<string, unknown>>);
    expect(document.querySelectorAll("[data-testid=pending-row]")).toHaveLength(3);
    expect(by("pending-more")?.textContent).toContain("9,998");
    expect([...document.querySelectorAll("h2")].map(({ textContent }) => textContent)).toEqual(expect.arrayContaining([expect.stringContaining("10,000")]));
  });

  it("keeps the edit where the result was not saved", async () => {
    answers.amend_command = refuse("changed", "value");
    outbox = [pending("c1", {})];
    await show(Conflicts as unknown as Component<Record<string, unknown>>);
    await type("conflict-result", "Both.");
    await click("save-result");
    expect(calls()).toEqual(["amend_command"]);
    expect((by("conflict-result") as HTMLTextAreaElement).value).toBe("Both.");
    expect(by("error-result")).not.toBeNull();
  });

  it("asks before anything is discarded", async () => {
    outbox = [pending("c1", {})];
    await show(Conflicts as unknown as Component<Record<string, unknown>>);
    await click("take-theirs");
    expect(calls()).toEqual([]);
    confirmation.reply(false);
    await settle();
    expect(calls()).toEqual([]);
    await press("Delete");
    confirmation.reply(true);
    await settle();
    expect(sent.at(-1)).toEqual({ name: "discard_command", args: { command: "c1" } });
  });

  it("says why a change was refused, whose rule it is, what waits for it, and sends it again", async () => {
    const refused = pending("c1", {
      state: "refused",
      refusal: { code: "not_ready", rule: "talkdesk", params: { count: "1", track: "technical" }, places: [{ version: VERSION, field: "scopes" }] },
      theirs: null,
    });
    outbox = [refused, pending("c2", { state: "queued", refusal: null, waits_for: "c1" }), pending("c3", { state: "in_flight", refusal: null })];
    await show(Conflicts as unknown as Component<Record<string, unknown>>);
    expect(by("refusal")?.textContent).toMatch(/1 field missing.*rule of Talkdesk.*Scopes/s);
    await press("r");
    expect(sent.at(-1)).toEqual({ name: "retry_command", args: { command: "c1" } });
    await press("j");
    expect(by("pending")?.textContent).toContain("Waits for another change");
    await press("j");
    expect(by("pending")?.dataset.state).toBe("in_flight");
    expect([by("pending-retry"), by("pending-discard")], "what is being sent is left alone").toEqual([null, null]);
  });

  it("goes on when the last one is settled", async () => {
    outbox = [pending("c1", {})];
    await show(Conflicts as unknown as Component<Record<string, unknown>>);
    expect(keys.here.map(({ keys }) => keys)).toContain("R");
    answers.retry_command = () => {
      outbox = [];
      tell(["outbox"]);
      return {};
    };
    await press("r");
    expect(by("no-conflicts")).not.toBeNull();
    expect(keys.here).toEqual([]);
  });
});

describe("values that are written whole", () => {
  it("keep both of two quick edits, and what others wrote since", async () => {
    let stored = { guide: "", form: "" };
    let shown = stored;
    const write = async (next: typeof stored) => {
      await new Promise((done) => setTimeout(done, 5));
      stored = next;
    };
    const whole = new Whole(() => shown, write);
    await Promise.all([whole.set({ guide: "g" }), whole.set({ form: "f" })]);
    expect(stored).toEqual({ guide: "g", form: "f" });
    shown = { guide: "by another", form: "f" };
    whole.seen();
    await whole.set({ form: "f2" });
    expect(stored).toEqual({ guide: "by another", form: "f2" });
  });

  it("do not carry a refused value into the next one", async () => {
    const written: object[] = [];
    const whole = new Whole<{ guide: string; form: string }>(
      () => ({ guide: "", form: "" }),
      (next) => (next.guide === "bad" ? Promise.reject(new Error("refused")) : Promise.resolve(written.push(next))),
    );
    await expect(whole.set({ guide: "bad" })).rejects.toThrow();
    await whole.set({ form: "f" });
    expect(written).toEqual([{ guide: "", form: "f" }]);
  });
});

describe("preflight", () => {
  const check = (some: Partial<CheckView>): CheckView => ({ code: "video", state: "warn", count: 1, places: [], page: null, waiver: null, is_run: false, looked: null, ...some });

  it("waives what is ours with a reason, and offers it for nothing that Talkdesk asks for", async () => {
    await open(review("not_submitted", "not_submitted", { checks: [check({}), check({ code: "trial_plan", state: "fail", page: "docs/managing-trials-and-user-roles" })] }));
    expect(by("check-counts")?.textContent).toMatch(/1 warn.*1 fail/);
    expect(by("waive-trial_plan")).toBeNull();
    expect(by("check-trial_plan")?.textContent).toContain("Talkdesk: docs/managing-trials-and-user-roles");
    await click("waive-video");
    await type("waive-reason", "Nothing new to show.");
    await click("waive-save");
    expect(bodies()).toEqual([{ kind: "check.waive", args: { version: VERSION, check: "video", reason: "Nothing new to show." } }]);
    expect(by("waive-dialog")).toBeNull();
  });

  it("keeps the reason where the engine refuses it", async () => {
    answers.change = refuse("no_reason", "reason");
    await open(review("not_submitted", "not_submitted", { checks: [check({})] }));
    await click("waive-video");
    await click("waive-save");
    expect(by("error-reason")?.textContent).toContain("Give a reason.");
  });

  it("shows who waived what and why, and takes it back; what was mended since counts as passed", async () => {
    const waiver = { by: me, reason: "Nothing new to show." };
    await open(review("not_submitted", "not_submitted", { checks: [check({ waiver }), check({ code: "release_notes", state: "pass", waiver })] }));
    expect(by("check-video")?.dataset.state).toBe("waived");
    expect(by("check-video")?.textContent).toContain("Partner manager: Nothing new to show.");
    expect(by("check-release_notes")?.dataset.state).toBe("pass");
    await click("unwaive-video");
    expect(bodies()).toEqual([{ kind: "check.unwaive", args: { version: VERSION, check: "video" } }]);
  });
});

describe("network checks", () => {
  const check = (some: Partial<CheckView>): CheckView => ({ code: "callback", state: "not_run", count: 0, places: [], page: null, waiver: null, is_run: true, looked: null, ...some });
  const url = "https://app.example/events";
  const looked = (sight: Sight, params = {}, stale = false): LookedView => ({ by: me, stale, seen: [{ place: { field: "events_callback_url" }, of: url, sight, params }] });
  const shown = async (some: Partial<CheckView>) => {
    await open(review("not_submitted", "not_submitted", { checks: [check(some)] }));
    return by(`check-${some.code ?? "callback"}`)?.textContent ?? "";
  };

  it.each<[string, Partial<CheckView>, string[], string[]]>([
    ["says that it was not run", {}, ["not run", "Not run yet."], ["Partner manager"]],
    ["says where it failed, and how", { state: "fail", count: 1, looked: looked("takes", { status: "200" }) }, [url, "took it, with 200", "Partner manager"], []],
    ["says nothing of what is in order, but who saw it", { state: "pass", count: 1, looked: looked("refuses", { status: "401" }) }, ["Partner manager"], [url]],
    ["says what is wrong with a certificate", { code: "tls", state: "warn", count: 1, looked: looked("certificate", { why: "other_name" }) }, [url, "of another name"], []],
    ["says when a certificate ends", { code: "tls", state: "warn", count: 1, looked: looked("certificate", { why: "ends_soon", until: "2031-05-07" }) }, [url, "its certificate ends on 7 May 2031"], []],
    ["says no more than it knows of a certificate", { code: "tls", state: "warn", count: 1, looked: looked("certificate", { why: "by a newer version" }) }, ["its certificate is not valid"], []],
    ["says which certificate ends first", { code: "tls", state: "pass", count: 1, looked: looked("answers", { until: "2031-05-07" }) }, ["The certificate that ends first: 7 May 2031"], []],
    ["says that an address changed since", { looked: looked("refuses", {}, true) }, ["An address changed since"], [url, "Partner manager"]],
    ["says that this computer was not connected", { looked: looked("offline") }, ["this computer has no connection"], ["Answer 401"]],
  ])("%s", async (_, some, says, not) => {
    const text = await shown(some);
    for (const words of says) expect(text).toContain(words);
    for (const words of not) expect(text).not.toContain(words);
  });

  it("names the events that are missing", async () => {
    const seen: Seen[] = [
      { place: {}, of: "app.installed", sight: "there", params: {} },
      { place: {}, of: "user.logout", sight: "not_yet", params: {} },
    ];
    await open(review("not_submitted", "not_submitted", { checks: [check({ code: "events_handled", looked: { by: me, stale: false, seen } })] }));
    const text = by("check-events_handled")?.textContent ?? "";
    expect(text).toContain("Not yet: user.logout");
    expect(text).not.toContain("app.installed");
  });

  it("are run for this version when a person asks; stopped, nothing is kept", async () => {
    answers.run_checks = () => {
      throw { code: "cancelled", params: {} };
    };
    await shown({});
    await click("run-checks");
    expect(sent.find(({ name }) => name === "run_checks")?.args).toEqual({ project: PROJECT, version: VERSION });
    expect(by("run-checks-failed")?.textContent).toContain("Nothing was kept");
    answers.run_checks = () => ({});
    await click("run-checks");
    expect(by("run-checks-failed")).toBeNull();
  });
});

describe("the dossier", () => {
  it("tells every decision with who and why, and stands alone as a file", () => {
    const approved = track("technical", "approved");
    const checks: CheckView[] = [{ code: "video", state: "warn", count: 1, places: [], page: null, waiver: { by: me, reason: "Nothing new to show." }, is_run: false, looked: null }];
    const answers: AnswerView[] = [
      { id: "c1", outcome: "rejected", text: "Misread.", correction: null, files: [], by: me, redacted: null },
      { id: "c2", outcome: "approved", text: "Fine.", correction: "It was approved.", files: [kept("approval.pdf")], by: me, redacted: null },
    ];
    const corrected = { ...approved, rounds: approved.rounds.map((round) => ({ ...round, answers, checks, override_reason: "The date is fixed." })) };
    const shown = review("approved", "approved");
    const dossier: DossierView = {
      project: shown.project,
      version: shown.version,
      tracks: [corrected, track("marketplace", "in_review")],
      findings: [finding("a", { reply: "It is back.", status: "fixed", files: [kept("shown.png")] })],
      checks,
      runs: [],
      overrides: [],
      links: [{ id: "l1", url: "https://install.example/<1>", source: "pasted", created: me }],
      uses: [{ link: "l1", kind: "mail_draft", customer: "Blue Harbor", contacts: [], by: me }],
      go_live: { ...shown.go_live, date: "2026-12-01", proposed: me, approved: me },
    };
    const file = htmlFile("Dossier", DossierPage, { view: dossier, at: me.at, pictures: new Map([[kept("shown.png").sha256, "data:image/png;base64,AAAA"]]) });
    for (const words of ["It was approved.", "Misread.", "The date is fixed.", "Nothing new to show.", "It is back.", "approval.pdf", "shown.png", "data:image/png;base64,AAAA", "https://install.example/&lt;1&gt;", "Blue Harbor", "1 December 2026", "Partner manager"]) {
      expect(file, words).toContain(words);
    }
    expect(file).not.toMatch(/<script|src="http|href="http/);
  });
});
