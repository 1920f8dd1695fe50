/** Home, the list of projects and a project's page over a transport of the test's own: what a person does, and what is sent. */
import { flushSync, mount, unmount, type Component } from "svelte";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import "./whole.ts";
import "../src/frame/rest.ts";
import Toasts from "../src/frame/Toasts.svelte";
import { listenForChanges } from "../src/ipc/events.ts";
import { setTransport, type Call } from "../src/ipc/transport.ts";
import type { Alert, MemberView, Boot, Home, ProjectHead, ProjectRow, ProjectsArgs, ProjectsView, ProjectView, StepView, VersionHead } from "../src/ipc/types.ts";
import { actions } from "../src/lib/actions.svelte.ts";
import { inDays } from "../src/lib/day.ts";
import { install } from "../src/lib/install.svelte.ts";
import { keys } from "../src/lib/keys.svelte.ts";
import { router } from "../src/lib/router.svelte.ts";
import { session } from "../src/lib/session.svelte.ts";
import { toasts } from "../src/lib/toasts.svelte.ts";
import HomeScreen from "../src/screens/home/Home.svelte";
import ProjectScreen from "../src/screens/project/Project.svelte";
import ProjectsScreen from "../src/screens/projects/Projects.svelte";

const ME = "018f0000-0000-7000-8000-000000000001";
const WORKSPACE = "018f0000-0000-7000-8000-000000000002";
const me = { id: ME, name: "Partner manager", roles: ["partner_manager"], absence: null, left: false } satisfies MemberView;
const by = { id: ME, name: me.name, me: true, at: 0 };

const boot: Boot = {
  phase: { phase: "open", workspace: WORKSPACE, name: "Sample Apps", sample: false, me, members: [me], sync: { state: "idle", embedded: true, since: null, until: null, sent: 0, queued: 0 }, needs: 0, reviews: 0, conflicts: 0 },
  settings: { theme: "light", language: "en", advance: true, show_keys: true, zoom: 100, pinned: null, pins: [], notify: false, lock_after: 0, installations_by: "deadline", installations_in: "none" },
  app_version: "0.1.0",
  data_folder: "/data",
  port: { port: "manual" },
  fields: [],
};

const head: ProjectHead = { id: "p1", name: "Call Notes", slug: "call-notes", owner: "", archived: false };
const whole = { filled: 1, of: 1, percent: 100 };
const version = (some: Partial<VersionHead>): VersionHead => ({
  id: "v1",
  number: "1.3.0",
  status: "draft",
  since: 0,
  acts_next: "partner",
  predecessor: null,
  notes: "",
  parts: [{ part: "general", completeness: whole, missing: 0, lock: null }],
  tracks: [],
  completeness: whole,
  installable: false,
  has_link: false, carried: { last: null, open: 0 },
  changed: 0,
  ...some,
});
const page = (some: Partial<ProjectView>): ProjectView => ({
  project: head,
  versions: [],
  published: null,
  blocked_by: null,
  next_number: "1.0.0",
  runs: [],
  links: [],
  open_findings: [],
  installations: 0,
  activity: [],
  ...some,
});
const emptyHome: Home = { needs: [], work: [], mentions: [], recent: [], process: null, projects: 1 };

type Answers = Record<string, (args: never) => unknown>;
let answers: Answers;
let sent: Call[];
let tell: (tags: readonly string[]) => void;
const mounted: Record<string, unknown>[] = [];

const settle = async () => {
  for (let i = 0; i < 4; i++) {
    await new Promise((done) => setTimeout(done));
    flushSync();
  }
};
const find = (testid: string) => document.querySelector<HTMLElement>(`[data-testid="${testid}"]`);
const get = (testid: string): HTMLElement => {
  const found = find(testid);
  if (!found) throw new Error(`there is no ${testid}`);
  return found;
};
const choose = async (testid: string, value: string) => {
  get(testid).querySelector<HTMLElement>(`[data-value="${value}"]`)?.click();
  await settle();
};
const click = async (testid: string) => {
  get(testid).click();
  await settle();
};
const type = async (testid: string, text: string) => {
  const input = get(testid) as HTMLInputElement;
  input.value = text;
  input.dispatchEvent(new Event("input", { bubbles: true }));
  await settle();
};
const press = async (key: string, target: Element = document.body) => {
  const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
  target.dispatchEvent(event);
  await settle();
};
const bodies = () => sent.filter(({ name }) => name === "change").map(({ args }) => args);

async function show<Props extends Record<string, unknown>>(screen: Component<Props>, props: Props) {
  mounted.push(mount(Toasts, { target: document.body }), mount(screen, { target: document.body, props }));
  await settle();
}

const heard = (event: Event) => keys.handle(event as KeyboardEvent);

beforeEach(async () => {
  sent = [];
  toasts.shown = [];
  answers = {};
  setTransport({
    call: async (call) => {
      sent.push(call);
      const answer = answers[call.name];
      if (!answer) throw { code: "internal", params: { detail: `no answer for ${call.name}` } };
      return await answer(call.args as never);
    },
    closing: () => () => undefined,
    listen: (listener) => {
      tell = listener;
      return () => undefined;
    },
  });
  listenForChanges();
  await session.take(boot);
  await router.reset();
  install.close();
  addEventListener("keydown", heard);
});

afterEach(async () => {
  removeEventListener("keydown", heard);
  await Promise.all(mounted.splice(0).map((app) => unmount(app)));
  document.body.replaceChildren();
});

describe("home", () => {
  it("teaches what a project is where there is none", async () => {
    answers.home = () => ({ ...emptyHome, projects: 0 });
    await show(HomeScreen, {});
    expect(get("no-projects").textContent).toContain("one app on Partner Project");
    expect(find("no-needs")).toBeNull();
  });

  it("leads from a need by one key, and by its button", async () => {
    const need = { project: "p1", name: "Call Notes", version: "v1", number: "1.3.0", run: null, track: null, document: null, ticket: null, installation: null, count: 0, since: 0, days: 0, due: null, assignee: null, acting: null, snoozed: null, alert: null };
    answers.home = () => ({ ...emptyHome, needs: [{ ...need, kind: "overdue", key: "overdue:v1" }, { ...need, kind: "no_link", key: "no_link:v1" }] }) satisfies Home;
    await show(HomeScreen, {});
    await press("j");
    await press("Enter");
    expect(install.at).toEqual({ project: "p1", version: "v1" });
    await click("need-go");
    expect(router.route).toEqual({ name: "review", project: "p1", version: "v1" });
  });

  it("is copied as a table, as it is filtered", async () => {
    const need = { project: "p1", name: "Call Notes", version: "v1", number: "1.3.0", run: null, track: null, document: null, ticket: null, installation: null, count: 0, since: 0, days: 0, due: null, assignee: null, acting: null, snoozed: null, alert: null };
    answers.home = () =>
      ({
        ...emptyHome,
        needs: [
          { ...need, kind: "overdue", key: "overdue:v1", assignee: ME, due: 86_400_000 },
          { ...need, kind: "no_link", key: "no_link:v1" },
        ],
      }) satisfies Home;
    answers.copy_text = () => ({});
    await show(HomeScreen, {});
    await choose("needs-whose", "yours");
    actions.all.find(({ label }) => label === "Copy as table: Needs you now")?.run();
    await settle();
    const rows = [
      ["What", "About", "Who", "Since", "Due", "Put off until"],
      ["Answer from Talkdesk overdue", "Call Notes 1.3.0", "Partner manager", "1970-01-01T00:00:00.000Z", "1970-01-02T00:00:00.000Z", ""],
    ];
    expect(sent.filter(({ name }) => name === "copy_text").map(({ args }) => args)).toEqual([{ text: rows.map((row) => row.join("\t")).join("\n") }]);
  });

  it("gives a need to someone where it stands, and shows whose they are", async () => {
    const need = { project: "p1", name: "Call Notes", version: "v1", number: "1.3.0", run: null, track: null, document: null, ticket: null, installation: null, count: 0, since: 0, days: 0, due: null, assignee: null, acting: null, snoozed: null, alert: null };
    let assigned: string | null = null;
    answers.home = () => ({ ...emptyHome, needs: [{ ...need, kind: "overdue", key: "overdue:v1", assignee: assigned }, { ...need, version: "v2", kind: "no_link", key: "no_link:v2" }] }) satisfies Home;
    answers.change = ({ body }: { body: { kind: string; args: { to: string | null } } }) => {
      expect(body.kind).toBe("version.assign");
      assigned = body.args.to;
      return { command: "c1" };
    };
    await show(HomeScreen, {});
    const count = () => document.querySelectorAll('[data-testid="need"]').length;
    await choose("needs-whose", "yours");
    expect(count()).toBe(0);
    await choose("needs-whose", "all");
    await press("j");
    await press("a");
    await click("assign-me");
    tell(["projects"]);
    await settle();
    expect(get("need-who").textContent).toContain("you");
    await choose("needs-whose", "yours");
    expect(count()).toBe(1);
    await choose("needs-whose", "nobodys");
    expect(get("need").dataset.kind).toBe("no_link");
  });

  it("marks what happened as seen, puts off what can wait, and keeps both in reach", async () => {
    const need = { project: null, name: "Customer A", version: null, number: "", run: null, track: null, document: null, ticket: null, installation: "i1", count: 0, since: 0, days: 0, due: null, assignee: null, acting: null };
    const alert: Alert = { kind: "users", key: "users:e2", events: ["e2", "e1"], word: "app.updated", text: "", count: 2, gone: 1, since: 0, due: null };
    let snoozed: string | null = null;
    answers.home = () =>
      ({
        ...emptyHome,
        needs: [
          { ...need, kind: "answer_talkdesk", number: "app.installed", key: "answer_talkdesk:e0", due: Date.now() + 5 * 86_400_000, snoozed, alert: null },
          { ...need, kind: "users", key: alert.key, snoozed: null, alert },
        ],
      }) satisfies Home;
    const sent: unknown[] = [];
    answers.change = (args: { body: { kind: string; args: { until?: string } } }) => {
      sent.push(args);
      if (args.body.kind === "alert.snooze") snoozed = args.body.args.until ?? null;
      return { command: "c1" };
    };
    await show(HomeScreen, {});
    const kinds = () => [...document.querySelectorAll<HTMLElement>('[data-testid="need"]')].map(({ dataset }) => dataset.kind);
    expect(find("need-seen")?.closest<HTMLElement>('[data-testid="need"]')?.textContent).toContain("2 users added, 1 user removed");
    await click("need-seen");
    expect(sent).toEqual([{ aggregate: { kind: "installation", id: "i1" }, body: { kind: "alert.mark", args: { events: ["e2", "e1"], seen: true } } }]);
    // A click went to the row.
    await press("k");
    await press("z");
    await click("snooze-3");
    expect(sent[1]).toEqual({ aggregate: { kind: "installation", id: "i1" }, body: { kind: "alert.snooze", args: { alert: "answer_talkdesk:e0", until: inDays(3, Date.now()) } } });
    tell(["projects"]);
    await settle();
    expect(kinds()).toEqual(["users"]);
    await choose("needs-whose", "later");
    expect(kinds()).toEqual(["answer_talkdesk"]);
  });

  it("goes on where one's own work was left", async () => {
    const work = { name: "Call Notes", number: "1.3.0", project: "p1", version: "v1", run: null, count: 4, at: 0 };
    answers.home = () => ({ ...emptyHome, work: [{ ...work, kind: "carry" }, { ...work, kind: "items", run: "r1", count: 1 }] }) satisfies Home;
    answers.open_carry = () => ({});
    await show(HomeScreen, {});
    const rows = [...document.querySelectorAll<HTMLElement>('[data-testid="work"]')];
    expect(rows.map((row) => row.textContent)).toEqual([expect.stringContaining("Carry 4 fields"), expect.stringContaining("1 checklist item for you")]);
    rows[0]?.click();
    rows[1]?.click();
    await settle();
    expect(sent.at(-1)).toMatchObject({ name: "open_carry", args: { project: "p1", version: "v1" } });
    expect(router.route).toEqual({ name: "run", run: "r1" });
  });

  it("ticks a step for what it counts: the workspace, the project, the version; what the data shows cannot be ticked", async () => {
    const step = (id: string, scope: StepView["step"]["scope"], group: StepView["step"]["group"], more: Partial<StepView> = {}): StepView => ({
      step: { id, scope, group, proof: null, tickable: true, screen: "events", page: "", source: "" },
      done: false,
      by_evidence: false,
      ticked: null,
      ...more,
    });
    const steps = [
      step("partners.account", "workspace", "partners"),
      step("events.region", "project", "events", { done: true, ticked: by }),
      step("events.integrate", "project", "events", { done: true, by_evidence: true }),
      step("events.credentials", "project", "events"),
      step("test_and_submit.test", "version", "test_and_submit"),
    ];
    answers.home = () => ({ ...emptyHome, process: { project: head, version: version({}), steps, done: 2, guide: "", ticket_form: "" } }) satisfies Home;
    answers.change = () => ({ command: "c1" });
    await show(HomeScreen, {});
    expect(get("process-done").textContent).toBe("2 of 5 steps of the process");
    expect(find("tick-events.integrate")).toBeNull();
    await click("tick-partners.account");
    await click("tick-events.region");
    await click("tick-test_and_submit.test");
    expect(bodies()).toEqual([
      { aggregate: { kind: "workspace", id: WORKSPACE }, body: { kind: "step.set", args: { step: "partners.account", version: null, done: true } } },
      { aggregate: { kind: "project", id: "p1" }, body: { kind: "step.set", args: { step: "events.region", version: null, done: false } } },
      { aggregate: { kind: "project", id: "p1" }, body: { kind: "step.set", args: { step: "test_and_submit.test", version: "v1", done: true } } },
    ]);
  });
});

describe("help in place", () => {
  const step = (id: string, scope: StepView["step"]["scope"]): StepView => ({
    step: { id, scope, group: "events", proof: null, tickable: true, screen: "events", page: "docs/events-api", source: "" },
    done: false,
    by_evidence: false,
    ticked: null,
  });

  it("stands on every step: what it is, Talkdesk’s page, and a ticket whose form opens once the diagnosis is copied", async () => {
    const steps = [step("events.integrate", "project"), step("events.region", "project")];
    answers.home = () => ({ ...emptyHome, process: { project: head, version: version({}), steps, done: 0, guide: "", ticket_form: "" } }) satisfies Home;
    const page = { title: "Events API", url: "https://docs.example/events" };
    answers.workspace = () => ({ addresses: { partner_project: "", guide: "", ticket_form: "https://tickets.example" }, guides: { "events.integrate": page, "events.region": page }, customers: [] });
    answers.projects = () => ({ total: 0, rows: [], counts: {} });
    answers.project = () => ({ project: head, versions: [], open_findings: [] });
    answers.open_url = answers.copy_text = () => ({});
    await show(HomeScreen, {});
    for (const { step: { id } } of steps) expect(get(`help-${id}`).getAttribute("aria-label")).toContain("Help: ");
    await click("help-events.region");
    expect(get("step-help-text").textContent).toContain("The base URL of an installation");
    await click("step-guide");
    expect(sent.at(-1)).toMatchObject({ name: "open_url", args: { url: page.url } });
    await click("step-ticket");
    await click("open-form");
    const [copied, opened] = sent.filter(({ name }) => name === "copy_text" || name === "open_url").slice(-2);
    expect((copied?.args as { text: string }).text).toMatch(/Step: .*\(events\.region\)\n.*not done/);
    expect(opened).toMatchObject({ name: "open_url", args: { url: "https://tickets.example" } });
  });

  it("leads to where the guide’s address is entered, as long as nobody entered it", async () => {
    const steps = [step("events.integrate", "workspace")];
    answers.home = () => ({ ...emptyHome, process: { project: head, version: version({}), steps, done: 0, guide: "", ticket_form: "" } }) satisfies Home;
    answers.workspace = () => ({ addresses: { partner_project: "", guide: "", ticket_form: "" }, guides: { "events.integrate": { title: "", url: "" } }, customers: [] });
    await show(HomeScreen, {});
    await click("help-events.integrate");
    expect(find("step-guide")).toBeNull();
    await click("complete-guide");
    expect(router.route).toEqual({ name: "workspace" });
  });
});

describe("the list of projects", () => {
  const row = (id: string, name: string): ProjectRow => ({ id, name, slug: "", owner: "", version: null, published: null, open_findings: 0, installations: 0, changed: 0 });
  const all = [row("p1", "Call Notes"), row("p2", "Queue Lens")];

  beforeEach(() => {
    answers.projects = ({ text, offset, limit }: ProjectsArgs): ProjectsView => {
      const rows = all.filter(({ name }) => name.toLowerCase().includes(text.toLowerCase()));
      return { total: rows.length, rows: rows.slice(offset, offset + limit), counts: { none: all.length } };
    };
  });

  it("asks again with every letter, and offers a way out where nothing matches", async () => {
    await show(ProjectsScreen, {});
    await type("projects-filter", "lens");
    expect(sent.findLast(({ name }) => name === "projects")?.args).toMatchObject({ text: "lens", status: null, archived: false, offset: 0 });
    await type("projects-filter", "lenz");
    expect(get("no-match").textContent).toContain("No project matches “lenz”");
    expect(get("no-match").textContent).toContain("hides 2 projects");
    get("no-match").querySelector("button")?.click();
    await settle();
    expect(find("no-match")).toBeNull();
    expect((get("projects-filter") as HTMLInputElement).value).toBe("");
  });

  it("marks the words that its rows answer: those of before stand as they are until the answer comes", async () => {
    await show(ProjectsScreen, {});
    const marked = () => [...get("projects").querySelectorAll("b.strong")].map(({ textContent }) => textContent);
    await type("projects-filter", "l");
    expect(marked()).toEqual(["ll", "L"]);
    let answer = () => {};
    const { projects } = answers;
    answers.projects = async (args) => {
      await new Promise<void>((done) => (answer = done));
      return projects?.(args);
    };
    await type("projects-filter", "le");
    expect(marked()).toEqual(["ll", "L"]);
    answer();
    await settle();
    expect(marked()).toEqual(["Le"]);
  });

  it("is worked from the filter without leaving it: arrows choose, Enter opens", async () => {
    await show(ProjectsScreen, {});
    await press("ArrowDown", get("projects-filter"));
    await press("Enter", get("projects-filter"));
    expect(router.route).toEqual({ name: "project", project: "p2" });
  });

  it("shows a refusal at its field, keeps what was typed, and goes to the project that was made", async () => {
    answers.change = () => {
      throw { code: "refused", params: {}, refusal: { code: "name_taken", rule: "ours", params: { name: "Call Notes" }, places: [{ input: "name" }] } };
    };
    await show(ProjectsScreen, {});
    await press("n");
    await type("project-name", "Call Notes");
    expect((get("project-slug") as HTMLInputElement).value).toBe("call-notes");
    await type("project-slug", "mine");
    await click("project-create");
    expect(get("error-name").textContent).toContain("A project is called Call Notes already");
    expect(find("error-slug")).toBeNull();
    expect((get("project-name") as HTMLInputElement).value).toBe("Call Notes");

    answers.change = () => ({ command: "c1" });
    await type("project-name", "Dial Guard");
    expect((get("project-slug") as HTMLInputElement).value).toBe("mine");
    await click("project-create");
    const made = bodies().at(-1) as { aggregate: { id: string } };
    expect(made).toMatchObject({ aggregate: { kind: "project" }, body: { kind: "project.create", args: { details: { name: "Dial Guard", slug: "mine", owner: "" } } } });
    expect(router.route).toEqual({ name: "project", project: made.aggregate.id });
  });
});

describe("a project", () => {
  const route = { name: "project" as const, project: "p1" };

  beforeEach(() => {
    answers.home = () => emptyHome;
  });

  it("suggests a number for the first version, and follows the change that makes it", async () => {
    let view = page({});
    answers.project = () => view;
    answers.change = ({ body }: { body: { args: { version: string; number: string } } }) => {
      view = page({ versions: [version({ id: body.args.version, number: body.args.number })], blocked_by: body.args.number });
      tell(["projects"]);
      return { command: "c1" };
    };
    await show(ProjectScreen, { route });
    await click("new-version");
    expect((get("version-number") as HTMLInputElement).value).toBe("1.0.0");
    await click("version-create");
    expect(bodies()[0]).toMatchObject({ body: { kind: "version.create", args: { number: "1.0.0" } } });
    expect(get("version-1.0.0").dataset.status).toBe("draft");
    expect(document.activeElement).toBe(find("version-edit-1.0.0"));
  });

  it("says why there can be no new version, and makes none by button or key", async () => {
    answers.project = () => page({ versions: [version({})], blocked_by: "1.3.0" });
    await show(ProjectScreen, { route });
    expect(get("new-version").getAttribute("aria-disabled")).toBe("true");
    await click("new-version");
    await press("n");
    expect(find("version-dialog")).toBeNull();
  });

  it("copies the link of the newest version by one key, and opens the dialog where there is none", async () => {
    const link = { id: "l1", url: "https://a.example", source: "pasted" as const, created: by };
    answers.project = () =>
      page({ versions: [version({ status: "published", has_link: true })], links: [{ version: "v1", number: "1.3.0", link, superseded: false, uses: [] }] });
    answers.copy_link = () => ({});
    await show(ProjectScreen, { route });
    await press("c");
    expect(sent.at(-1)).toMatchObject({ name: "copy_link", args: { project: "p1", link: "l1" } });
    expect(get("toast").textContent).toContain("Link of 1.3.0 copied");
    await press("i");
    expect(install.at).toEqual({ project: "p1", version: "v1" });
  });

  it("compares with the version it came from by one key, and only where there is one", async () => {
    let predecessor: string | null = null;
    answers.project = () => page({ versions: [version({ predecessor })] });
    await show(ProjectScreen, { route });
    await press("d");
    expect(router.route).toEqual({ name: "home" });
    predecessor = "1.2.0";
    tell(["projects"]);
    await settle();
    await press("d");
    expect(router.route).toEqual({ name: "version", project: "p1", version: "v1", compare: true });
  });

  it("archives with a way back, and then changes nothing else", async () => {
    let archived = false;
    answers.project = () => page({ project: { ...head, archived }, versions: [version({})] });
    answers.change = ({ body }: { body: { args: { archived: boolean } } }) => {
      ({ archived } = body.args);
      tell(["projects"]);
      return { command: "c1" };
    };
    await show(ProjectScreen, { route });
    expect(find("archived")).toBeNull();
    archived = true;
    tell(["projects"]);
    await settle();
    expect(get("version-edit-1.3.0").textContent).toContain("View");
    expect(get("new-version").getAttribute("aria-disabled")).toBe("true");
    get("archived").querySelector("button")?.click();
    await settle();
    expect(bodies()).toEqual([{ aggregate: { kind: "project", id: "p1" }, body: { kind: "project.set_archived", args: { archived: false } } }]);
    expect(find("archived")).toBeNull();
  });

  it("turns its tabs by keys, and remembers them without a step back", async () => {
    answers.project = () => page({ versions: [version({})] });
    await router.reset(route);
    await show(ProjectScreen, { route });
    await press("]");
    expect(router.route).toEqual({ ...route, tab: "information" });
    expect(router.canGoBack).toBe(false);
  });

  it("says what failed, and reads again", async () => {
    let broken = true;
    answers.project = () => {
      if (broken) throw { code: "offline", params: {} };
      return page({});
    };
    await show(ProjectScreen, { route });
    expect(get("failure").textContent).toContain("No connection");
    broken = false;
    get("failure").querySelector("button")?.click();
    await settle();
    expect(find("failure")).toBeNull();
    expect(find("no-versions")).not.toBeNull();
  });
});
