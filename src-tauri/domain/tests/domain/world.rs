//! A small world for tests: every aggregate by its reference, a clock that counts commands, and the project's whole
//! way in sentences. It gathers facts as the two sides do. A refused command that changes anything fails the test.

use std::collections::BTreeMap;
use std::convert::Infallible;

use domain::checklist::{ItemStatus, Outcome, Run, Tested};
use domain::facts::{Actor, Facts, Outside};
use domain::fields::{
    Asset, Email, EmailKind, FIELDS, FieldKey, FieldValue, LicenseType, Plan, PlanKind, ScopeReason,
    TrackName,
};
use domain::files::{BlobId, FileRef, Pixels};
use domain::ids::{
    CommandId, LinkId, MemberId, ProjectId, RoundId, RunId, TemplateId, VersionId, WorkspaceId,
};
use domain::project::{LinkSource, Project, ProjectDetails, Verdict, Version};
use domain::redact::Redacted;
use domain::status::Status;
use domain::templates::{Item, Section, Template, TemplateKind};
use domain::workspace::{Member, Policies, Workspace};
use domain::{
    Aggregate, AggregateRef, Body, Command, Effects, Envelope, Extra, Refusal, RefusalCode, Role, Timestamp,
};

pub const WORKSPACE: WorkspaceId = WorkspaceId::from_u128(1);
pub const PROJECT: ProjectId = ProjectId::from_u128(2);
pub const RUN: RunId = RunId::from_u128(3);
pub const LIST: TemplateId = TemplateId::from_u128(4);
pub const V1: VersionId = VersionId::from_u128(11);
pub const V2: VersionId = VersionId::from_u128(12);
pub const V3: VersionId = VersionId::from_u128(13);
pub const ME: MemberId = MemberId::from_u128(21);
pub const COLLEAGUE: MemberId = MemberId::from_u128(22);

pub const HERE: AggregateRef = AggregateRef::Project(PROJECT);
pub const OFFICE: AggregateRef = AggregateRef::Workspace(WORKSPACE);
pub const LISTED: AggregateRef = AggregateRef::Run(RUN);

pub use TrackName::{Marketplace, Technical};
pub use Verdict::{Approved, Rejected};

pub const BOTH: &[TrackName] = &TrackName::ALL;

#[derive(Clone, PartialEq, Debug, Default)]
pub struct World {
    pub states: BTreeMap<AggregateRef, Aggregate>,
    pub commands: u32,
}

impl World {
    /// A workspace.
    pub fn new() -> Self {
        let mut world = Self::default();
        let member = Member::new(ME, "Sample".to_owned(), Role::ALL.to_vec());
        world.must(OFFICE, Body::WorkspaceCreate { name: "Sample Apps".to_owned(), sample: true, member });
        world
    }

    /// A workspace, a project and its first version, all fields empty but those that the project seeds.
    pub fn with_version() -> Self {
        let mut world = Self::new();
        let details = ProjectDetails { name: "Call Notes".to_owned(), ..ProjectDetails::default() };
        world.must(HERE, Body::ProjectCreate { details });
        world.create(V1, "1.0.0").unwrap();
        world
    }

    /// The same with every field filled.
    pub fn ready() -> Self {
        let mut world = Self::with_version();
        world.fill(V1, BOTH);
        world
    }

    /// A version, filled, and a run of a list of three items against it: `one`, `two`, and `three`, not required.
    pub fn with_run() -> Self {
        let mut world = Self::ready();
        world.must(OFFICE, Body::TemplateAdd { template: Box::new(list(1)) });
        world.start(RUN, V1, 1, None).unwrap();
        world
    }

    pub fn send_as(
        &mut self,
        member: MemberId,
        roles: &[Role],
        of: AggregateRef,
        body: Body,
    ) -> Result<Effects, Refusal> {
        self.commands += 1;
        let command = Command { id: self.last(), aggregate: of, body };
        self.take(member, roles, &command, Vec::new())
    }

    /// A stored command that comes again.
    pub fn again(&mut self, stored: &Envelope) -> Result<Effects, Refusal> {
        self.commands += 1;
        self.take(ME, &Role::ALL, &stored.command().unwrap(), domain::redact::redacted(stored))
    }

    fn take(
        &mut self,
        member: MemberId,
        roles: &[Role],
        command: &Command,
        redacted: Vec<Redacted>,
    ) -> Result<Effects, Refusal> {
        let actor = Actor { member, roles: roles.to_vec() };
        let Ok(facts) = Facts::gather(command, actor, Timestamp(self.commands.into()), self);
        let (of, facts) = (command.aggregate, Facts { redacted, ..facts });
        let mut state = self.states.get(&of).cloned();
        let result = domain::apply(&mut state, command, &facts);
        match (&result, state) {
            (Ok(_), Some(state)) => drop(self.states.insert(of, state)),
            (_, state) => {
                assert_eq!(state.as_ref(), self.states.get(&of), "refused, and yet changed: {command:?}");
            }
        }
        result
    }

    /// As the person who holds every role.
    pub fn send(&mut self, of: AggregateRef, body: Body) -> Result<Effects, Refusal> {
        self.send_as(ME, &Role::ALL, of, body)
    }

    /// As before, and it is taken: the id under which it was.
    pub fn must(&mut self, of: AggregateRef, body: Body) -> CommandId {
        let shown = format!("{body:?}");
        self.send(of, body).unwrap_or_else(|refusal| panic!("{shown}: {refusal}"));
        self.last()
    }

    /// As before, and it is refused: with which code.
    pub fn refusal(&mut self, of: AggregateRef, body: Body) -> RefusalCode {
        self.send(of, body).unwrap_err().code
    }

    /// The id of the last command.
    pub fn last(&self) -> CommandId {
        CommandId::from_u128(1_000 + u128::from(self.commands))
    }

    pub fn office(&self) -> &Workspace {
        let Aggregate::Workspace(state) = &self.states[&OFFICE] else { panic!("no workspace") };
        state
    }

    pub fn here(&self) -> &Project {
        let Aggregate::Project(state) = &self.states[&HERE] else { panic!("no project") };
        state
    }

    pub fn listed(&self) -> &Run {
        let Aggregate::Run(state) = &self.states[&LISTED] else { panic!("no run") };
        state
    }

    pub fn at(&self, version: VersionId) -> &Version {
        self.here().version(version).unwrap()
    }

    pub fn status(&self, version: VersionId) -> Status {
        domain::status::status(self.here(), self.at(version))
    }

    pub fn item(&self, item: &str) -> ItemStatus {
        self.listed().status(item)
    }

    pub fn create(&mut self, version: VersionId, number: &str) -> Result<Effects, Refusal> {
        self.send(HERE, Body::VersionCreate { version, number: number.to_owned() })
    }

    /// Sets a field as a person does who sees its present value.
    pub fn set(
        &mut self,
        version: VersionId,
        field: FieldKey,
        value: Option<FieldValue>,
    ) -> Result<Effects, Refusal> {
        let expects = self.at(version).information.get(field);
        self.send(HERE, Body::SetField { version, field, value, expects })
    }

    pub fn fill(&mut self, version: VersionId, tracks: &[TrackName]) {
        for field in FIELDS.iter().filter(|field| tracks.contains(&field.part.track())) {
            self.set(version, field.key, Some(good(field.key))).unwrap();
        }
    }

    pub fn submit(&mut self, version: VersionId, tracks: &[TrackName]) -> Result<Effects, Refusal> {
        self.submit_because(version, tracks, None)
    }

    pub fn submit_because(
        &mut self,
        version: VersionId,
        tracks: &[TrackName],
        reason: Option<&str>,
    ) -> Result<Effects, Refusal> {
        let first = u128::from(self.commands) * 10;
        let rounds = (0..tracks.len()).map(|n| RoundId::from_u128(first + n as u128)).collect();
        let override_reason = reason.map(str::to_owned);
        self.send(HERE, Body::MarkSubmitted { version, tracks: tracks.to_vec(), rounds, override_reason })
    }

    pub fn answer(
        &mut self,
        version: VersionId,
        tracks: &[TrackName],
        outcome: Verdict,
    ) -> Result<Effects, Refusal> {
        let (tracks, text) = (tracks.to_vec(), "As received.".to_owned());
        self.send(
            HERE,
            Body::RecordAnswer {
                version,
                tracks,
                rounds: Vec::new(),
                outcome,
                text,
                findings: Vec::new(),
                files: Vec::new(),
            },
        )
    }

    pub fn withdraw(&mut self, version: VersionId, track: TrackName) -> Result<Effects, Refusal> {
        self.send(HERE, Body::Withdraw { version, track })
    }

    pub fn correct(
        &mut self,
        version: VersionId,
        track: TrackName,
        outcome: Verdict,
    ) -> Result<Effects, Refusal> {
        let (text, reason) = ("As received.".to_owned(), "Read wrongly.".to_owned());
        self.send(
            HERE,
            Body::CorrectAnswer { version, track, outcome, text, reason, files: Vec::new(), knew: None },
        )
    }

    /// Both tracks submitted and approved.
    pub fn approve(&mut self, version: VersionId) {
        self.fill(version, BOTH);
        self.submit(version, BOTH).unwrap();
        self.answer(version, BOTH, Approved).unwrap();
    }

    /// Approved and seen live.
    pub fn publish(&mut self, version: VersionId) {
        self.approve(version);
        self.must(HERE, Body::RecordGoLive { version, date: "2026-03-02".to_owned() });
        self.must(HERE, Body::ApproveGoLive { version });
        self.must(HERE, Body::ConfirmLive { version });
    }

    /// V1 put away for a hotfix, V2, which is live by now; and V1 brought back.
    pub fn set_aside(&mut self) {
        self.must(HERE, Body::VersionDiscard { version: V1 });
        self.create(V2, "1.0.1").unwrap();
        self.publish(V2);
        self.must(HERE, Body::VersionRestore { version: V1 });
    }

    pub fn link(&mut self, version: VersionId, link: u128, url: &str) -> Result<Effects, Refusal> {
        let (link, url) = (LinkId::from_u128(link), url.to_owned());
        self.send(HERE, Body::LinkRecord { version, link, url, source: LinkSource::Pasted })
    }

    pub fn gate(&mut self) {
        let policies = Policies { gate: true, ..Policies::default() };
        self.must(OFFICE, Body::SetPolicies { policies });
    }

    pub fn start(
        &mut self,
        run: RunId,
        version: VersionId,
        template_version: u32,
        previous: Option<RunId>,
    ) -> Result<Effects, Refusal> {
        let tested = Tested { build: "100".to_owned(), ..Tested::default() };
        let template = LIST;
        let body = Body::RunStart { project: PROJECT, version, template, template_version, previous, tested };
        self.send(AggregateRef::Run(run), body)
    }

    /// A result by someone who knows these.
    pub fn result(
        &mut self,
        by: MemberId,
        item: &str,
        outcome: Outcome,
        knew: &[CommandId],
    ) -> Result<CommandId, Refusal> {
        let reason = if outcome == Outcome::NotApplicable { "No such screen." } else { "" }.to_owned();
        let body = Body::SetResult { item: item.to_owned(), outcome, reason, knew: knew.to_vec() };
        self.send_as(by, &Role::ALL, LISTED, body).map(|_| self.last())
    }

    /// A result by someone who sees what stands.
    pub fn tick(&mut self, item: &str, outcome: Outcome) -> Result<CommandId, Refusal> {
        let heads = self.listed().items.get(item).map(domain::checklist::ItemLog::heads).unwrap_or_default();
        self.result(ME, item, outcome, &heads)
    }
}

impl Outside for World {
    type Error = Infallible;

    fn workspace(&self) -> Result<Option<Workspace>, Infallible> {
        Ok(self.states.values().find_map(|state| match state {
            Aggregate::Workspace(state) => Some((**state).clone()),
            _ => None,
        }))
    }
    fn project(&self, id: ProjectId) -> Result<Option<Project>, Infallible> {
        Ok(match self.states.get(&AggregateRef::Project(id)) {
            Some(Aggregate::Project(state)) => Some((**state).clone()),
            _ => None,
        })
    }
    fn run(&self, id: RunId) -> Result<Option<Run>, Infallible> {
        Ok(match self.states.get(&AggregateRef::Run(id)) {
            Some(Aggregate::Run(state)) => Some((**state).clone()),
            _ => None,
        })
    }
    fn runs_of(&self, project: ProjectId, version: VersionId) -> Result<Vec<Run>, Infallible> {
        let run = |state: &Aggregate| match state {
            Aggregate::Run(run) if run.project == project && run.version == version => Some((**run).clone()),
            _ => None,
        };
        Ok(self.states.values().filter_map(run).collect())
    }
    fn name_taken(&self, name: &str, except: ProjectId) -> Result<bool, Infallible> {
        Ok(self.others(except).any(|project| project.details.name.to_lowercase() == name.to_lowercase()))
    }
    fn slug_taken(&self, slug: &str, except: ProjectId) -> Result<bool, Infallible> {
        Ok(self.others(except).any(|project| project.details.slug == slug))
    }
}

impl World {
    fn others(&self, except: ProjectId) -> impl Iterator<Item = &Project> {
        self.states.values().filter_map(move |state| match state {
            Aggregate::Project(project) if project.id != except => Some(&**project),
            _ => None,
        })
    }
}

pub fn text(text: &str) -> FieldValue {
    FieldValue::Text(text.to_owned())
}

/// The reference of a small picture, the n-th.
pub fn picture(n: u8) -> FileRef {
    FileRef {
        sha256: BlobId([n; 32]),
        name: format!("shot-{n}.png"),
        media_type: "image/png".to_owned(),
        bytes: 1_024,
        pixels: Some(Pixels { width: 640, height: 400 }),
    }
}

/// A value without a problem.
pub fn good(field: FieldKey) -> FieldValue {
    use FieldKey as K;
    match field {
        K::DisplayName => text("Call Notes"),
        K::Slug => text("call-notes"),
        K::ListingSummary => text("Notes beside every call"),
        K::Description | K::Notes => text("Several\nlines."),
        K::AppType => text("standalone"),
        K::Render => text("portal"),
        K::Emails => FieldValue::Emails(vec![Email {
            kind: EmailKind::Support,
            email: "help@apps.example".to_owned(),
        }]),
        K::Icon | K::Screenshots | K::Video => FieldValue::Assets(vec![Asset {
            url: "https://apps.example/a.png".to_owned(),
            description: String::new(),
            file: None,
        }]),
        K::EventsCallbackUrl | K::StandaloneUrl | K::PrivacyPolicy | K::TermsOfService | K::AppSource => {
            text("https://apps.example/here")
        }
        K::RedirectUris => FieldValue::List(vec!["https://apps.example/back".to_owned()]),
        K::Scopes => FieldValue::Scopes(vec![ScopeReason {
            scope: "contacts:read".to_owned(),
            reason: "Shows the caller's name.".to_owned(),
        }]),
        K::Capabilities | K::Categories => FieldValue::List(vec!["Productivity".to_owned()]),
        K::Sandbox => FieldValue::Flag(false),
        K::Plans => FieldValue::Plans(vec![plan(PlanKind::Trial, "")]),
    }
}

pub fn plan(kind: PlanKind, price: &str) -> Plan {
    Plan {
        kind,
        license_type: LicenseType::Individual,
        name: "Sample plan".to_owned(),
        price: price.to_owned(),
        description: String::new(),
        listing_summary: String::new(),
        min_licenses: None,
        max_licenses: None,
    }
}

/// A list of three items. `one` is touched by the slug, `two` by the callback; `three` is not required.
pub fn list(version: u32) -> Template {
    let item = |id: &str, touches: &[&str]| Item {
        id: id.to_owned(),
        text: format!("{id} works"),
        help: String::new(),
        required: id != "three",
        evidence: None,
        touches: touches.iter().map(|&touch| touch.to_owned()).collect(),
        source: None,
        shown_from: None,
        extra: Extra::new(),
    };
    Template {
        id: LIST,
        version,
        kind: TemplateKind::Own,
        name: "Our own list".to_owned(),
        derived: false,
        sections: vec![Section {
            id: "all".to_owned(),
            name: "All".to_owned(),
            items: vec![item("one", &["slug"]), item("two", &["events_callback_url"]), item("three", &[])],
            extra: Extra::new(),
        }],
        saved: None,
        extra: Extra::new(),
    }
}
