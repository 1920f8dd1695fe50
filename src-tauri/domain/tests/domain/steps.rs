//! What random people do: commands from a small pool of ids and values, good ones and bad ones, in no sensible order;
//! and now and then the sensible next thing, so that deep states are reached as well.

use std::collections::BTreeMap;

use domain::checklist::{ItemLog, Outcome, Tested};
use domain::command::NewFinding;
use domain::comment::Subject;
use domain::facts::Outside;
use domain::fields::{FIELDS, FieldKey, FieldValue, Part, TrackName};
use domain::files::Evidence;
use domain::ids::{
    CaseId, CommandId, CommentId, ContactId, CustomerId, ExternalLinkId, FindingId, InstallationId, LinkId,
    MemberId, RoundId, RunId, TicketId, VersionId,
};
use domain::preflight::{CheckCode, Seen, Sight};
use domain::project::{
    AppAt, FindingSource, FindingStatus, FindingText, LinkSource, LinkUseKind, ProjectDetails, Verdict,
};
use domain::redact::Words;
use domain::status::Status;
use domain::templates::Template;
use domain::workspace::{CaseDetails, CaseEnd, CustomerDetails, Policies, Side, TicketAbout, TicketDetails};
use domain::{AggregateRef, Body, Params, Place, Role};
use proptest::prelude::*;
use proptest::sample::select;

use crate::world::{
    BOTH, COLLEAGUE, HERE, LIST, ME, OFFICE, PROJECT, RUN, V1, V2, V3, World, good, list, picture, text,
};

/// A command with its sender.
#[derive(Clone, Debug)]
pub struct Sent {
    pub by: MemberId,
    pub roles: Vec<Role>,
    pub of: AggregateRef,
    pub body: Body,
}

/// One thing that someone does; which commands that makes depends on what is there.
#[derive(Clone, Debug)]
pub enum Step {
    /// This command.
    Say(Box<Sent>),
    /// Fills the fields of tracks as one who sees them.
    Fill(VersionId, Vec<TrackName>),
    /// What would come next for that version.
    Advance(VersionId, Verdict),
    /// A result by one who knows all, none or the first of what stands.
    Tick(MemberId, RunId, String, Outcome, u8),
    /// Undoes the last entry of an item, or the one before it.
    Undo(MemberId, RunId, String, usize),
    /// Takes the first piece of evidence of an item away.
    Detach(MemberId, RunId, String),
}

fn sent(of: AggregateRef, body: Body) -> Sent {
    Sent { by: ME, roles: Role::ALL.to_vec(), of, body }
}

impl Step {
    pub fn commands(&self, world: &World) -> Vec<Sent> {
        match self {
            Self::Say(sent) => vec![(**sent).clone()],
            Self::Fill(version, tracks) => fill(world, *version, tracks),
            Self::Advance(version, verdict) => advance(world, *version, *verdict),
            Self::Tick(by, run, item, outcome, knows) => {
                let Ok(found) = world.run(*run);
                let heads = found.and_then(|run| run.items.get(item).map(ItemLog::heads)).unwrap_or_default();
                let knew = match knows {
                    0 => Vec::new(),
                    1 => heads.into_iter().take(1).collect(),
                    _ => heads,
                };
                let reason = if *knows == 0 { "" } else { "Because." }.to_owned();
                let body = Body::SetResult { item: item.clone(), outcome: *outcome, reason, knew };
                vec![Sent { by: *by, ..sent(AggregateRef::Run(*run), body) }]
            }
            Self::Detach(by, run, item) => {
                let Ok(found) = world.run(*run);
                let log = found.and_then(|run| run.items.get(item).cloned()).unwrap_or_default();
                let entry =
                    log.evidence().first().map_or(CommandId::from_u128(1), |(entry, _)| entry.mark.command);
                let body = Body::Detach { item: item.clone(), entry };
                vec![Sent { by: *by, ..sent(AggregateRef::Run(*run), body) }]
            }
            Self::Undo(by, run, item, back) => {
                let Ok(found) = world.run(*run);
                let log = found.and_then(|run| run.items.get(item).cloned()).unwrap_or_default();
                let entry = log.entries.iter().rev().filter(|entry| entry.undone.is_none()).nth(*back);
                let undoes = entry.map_or(CommandId::from_u128(1), |entry| entry.mark.command);
                let body = Body::Undo { item: item.clone(), undoes };
                vec![Sent { by: *by, ..sent(AggregateRef::Run(*run), body) }]
            }
        }
    }
}

fn fill(world: &World, version: VersionId, tracks: &[TrackName]) -> Vec<Sent> {
    let Some(known) = world.here().version(version) else { return Vec::new() };
    FIELDS
        .iter()
        .filter(|field| field.required && tracks.contains(&field.part.track()))
        .map(|field| {
            let expects = known.information.get(field.key);
            sent(HERE, Body::SetField { version, field: field.key, value: Some(good(field.key)), expects })
        })
        .collect()
}

fn advance(world: &World, version: VersionId, outcome: Verdict) -> Vec<Sent> {
    let Some(known) = world.here().version(version) else {
        return vec![sent(HERE, Body::VersionCreate { version, number: format!("{version}") })];
    };
    let bodies = match domain::status::status(world.here(), known) {
        Status::Draft | Status::Rejected => {
            use domain::status::TrackState::{NotSubmitted, Rejected};
            let may = |track: &TrackName| matches!(known.track(*track).state(), NotSubmitted | Rejected);
            let tracks: Vec<TrackName> = BOTH.iter().copied().filter(may).collect();
            let fresh = u128::from(world.commands) * 10 + 1_000;
            let rounds = (0..tracks.len()).map(|n| RoundId::from_u128(fresh + n as u128)).collect();
            let mut all = fill(world, version, &tracks);
            let override_reason = Some("On purpose.".to_owned());
            all.push(sent(HERE, Body::MarkSubmitted { version, tracks, rounds, override_reason }));
            return all;
        }
        Status::InReview => {
            let waits =
                |track: &TrackName| known.track(*track).state() == domain::status::TrackState::InReview;
            let mut tracks: Vec<TrackName> = BOTH.iter().copied().filter(waits).collect();
            // One track to be mended while the other goes on.
            tracks.truncate(if outcome == Verdict::Rejected { 1 } else { 2 });
            vec![Body::RecordAnswer {
                version,
                tracks,
                rounds: Vec::new(),
                outcome,
                text: String::new(),
                findings: Vec::new(),
                files: vec![picture(1)],
            }]
        }
        Status::Approved => vec![
            Body::RecordGoLive { version, date: "2026-03-02".to_owned() },
            Body::ApproveGoLive { version },
            Body::ConfirmLive { version },
        ],
        Status::Discarded => vec![Body::VersionRestore { version }],
        Status::Published | Status::Delisted | Status::Superseded => Vec::new(),
    };
    bodies.into_iter().map(|body| sent(HERE, body)).collect()
}

fn version() -> impl Strategy<Value = VersionId> {
    select(vec![V1, V1, V2, V2, V3, VersionId::from_u128(19)])
}
fn track() -> impl Strategy<Value = TrackName> {
    select(&TrackName::ALL[..])
}
fn tracks() -> impl Strategy<Value = Vec<TrackName>> {
    prop::collection::vec(track(), 0..4)
}
fn verdict() -> impl Strategy<Value = Verdict> {
    select(vec![Verdict::Approved, Verdict::Approved, Verdict::Rejected])
}
fn member() -> impl Strategy<Value = MemberId> {
    select(vec![ME, ME, COLLEAGUE])
}
fn small<T: std::fmt::Debug>(make: fn(u128) -> T) -> impl Strategy<Value = T> {
    (70_u128..74).prop_map(make)
}
/// Words of all kinds, the most ordinary most often.
fn words() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => select(vec!["1.0.0", "1.1.0", "2.0", "Call Notes", "call-notes", "https://apps.example/a", "one"]),
        1 => select(vec!["", " ", " 1.0.0 ", "\u{0}", "<script>", "javascript:alert(1)", "file:///x", "نص 🙂"]),
    ]
    .prop_map(str::to_owned)
}
fn url() -> impl Strategy<Value = String> {
    prop_oneof![2 => Just("https://apps.example/a".to_owned()), 1 => words()]
}
fn field() -> impl Strategy<Value = FieldKey> {
    select(FIELDS.iter().map(|field| field.key).collect::<Vec<_>>())
}
fn value() -> impl Strategy<Value = Option<FieldValue>> {
    prop_oneof![
        2 => field().prop_map(|key| Some(good(key))),
        1 => words().prop_map(|words| Some(text(&words))),
        1 => Just(None),
    ]
}
fn item() -> impl Strategy<Value = String> {
    select(vec!["one", "one", "two", "three", "four"]).prop_map(str::to_owned)
}
fn run() -> impl Strategy<Value = RunId> {
    select(vec![RUN, RUN, RunId::from_u128(33), RunId::from_u128(34)])
}
fn finding() -> impl Strategy<Value = NewFinding> {
    let said = (words(), prop::option::of(field()), prop::option::of(item()));
    (small(FindingId::from_u128), said).prop_map(|(id, (text, field, item))| NewFinding {
        id,
        said: FindingText { text, severity: String::new(), field, item },
        files: Vec::new(),
    })
}

fn of_version() -> BoxedStrategy<Body> {
    use Body as B;
    let rounds = prop::collection::vec(small(RoundId::from_u128), 0..3);
    let findings = prop::collection::vec(finding(), 0..3);
    let source = select(vec![FindingSource::Talkdesk, FindingSource::Checklist, FindingSource::Internal]);
    prop_oneof![
        (version(), words()).prop_map(|(version, number)| B::VersionCreate { version, number }),
        (version(), words()).prop_map(|(version, number)| B::VersionEdit {
            version,
            number,
            notes: String::new()
        }),
        (version(), field(), value(), value()).prop_map(|(version, field, value, expects)| B::SetField {
            version,
            field,
            value,
            expects
        }),
        version().prop_map(|version| B::VersionAssign { version, to: None }),
        version().prop_map(|version| B::VersionDiscard { version }),
        version().prop_map(|version| B::VersionRestore { version }),
        (version(), version(), prop::collection::btree_map(field(), value(), 0..3))
            .prop_map(|(version, onto, take)| B::VersionRebase { version, onto, take }),
        (version(), select(&Part::ALL[..]), words()).prop_map(|(version, part, reason)| B::Unlock {
            version,
            part,
            reason
        }),
        (
            version(),
            select(&CheckCode::ALL[..]),
            words(),
            select(vec![Sight::Answers, Sight::NotYet, Sight::OldTls])
        )
            .prop_map(|(version, check, of, sight)| {
                let seen = Seen { place: Place::default(), of, sight, params: Params::new() };
                B::CheckRecord { version, looked: BTreeMap::from([(check, vec![seen])]) }
            }),
        (version(), select(&CheckCode::ALL[..]), words())
            .prop_map(|(version, check, reason)| B::CheckWaive { version, check, reason }),
        (version(), select(&CheckCode::ALL[..]))
            .prop_map(|(version, check)| B::CheckUnwaive { version, check }),
        marked(),
        (version(), tracks(), rounds, prop::option::of(words())).prop_map(
            |(version, tracks, rounds, override_reason)| B::MarkSubmitted {
                version,
                tracks,
                rounds,
                override_reason
            }
        ),
        (version(), track()).prop_map(|(version, track)| B::Withdraw { version, track }),
        (version(), tracks(), verdict(), words(), findings).prop_map(
            |(version, tracks, outcome, text, findings)| B::RecordAnswer {
                version,
                tracks,
                rounds: Vec::new(),
                outcome,
                text,
                findings,
                files: Vec::new()
            }
        ),
        (version(), track(), verdict(), words()).prop_map(|(version, track, outcome, reason)| {
            B::CorrectAnswer {
                version,
                track,
                outcome,
                text: String::new(),
                reason,
                files: Vec::new(),
                knew: None,
            }
        }),
        (version(), words()).prop_map(|(version, date)| B::RecordGoLive { version, date }),
        version().prop_map(|version| B::RecordGoLive { version, date: "2026-03-02".to_owned() }),
        version().prop_map(|version| B::ApproveGoLive { version }),
        version().prop_map(|version| B::ConfirmLive { version }),
        (version(), any::<bool>()).prop_map(|(version, listed)| B::SetListed { version, listed }),
        (version(), prop::option::of(track()), source, finding())
            .prop_map(|(version, track, source, finding)| B::FindingAdd { version, track, source, finding }),
        (version(), small(LinkId::from_u128), url()).prop_map(|(version, link, url)| B::LinkRecord {
            version,
            link,
            url,
            source: LinkSource::Pasted
        }),
    ]
    .boxed()
}

fn of_project() -> BoxedStrategy<Body> {
    use Body as B;
    let details = |name| ProjectDetails { name, ..ProjectDetails::default() };
    let status = select(vec![FindingStatus::Open, FindingStatus::Fixed, FindingStatus::Accepted]);
    prop_oneof![
        8 => of_version(),
        2 => said(),
        1 => (words(), words())
            .prop_map(move |(to, from)| B::ProjectEdit { details: details(to), expects: details(from) }),
        1 => prop::bool::weighted(0.3).prop_map(|archived| B::ProjectSetArchived { archived }),
        1 => prop::option::of((words(), words()))
            .prop_map(|app| B::ProjectSetApp { app: app.map(|(id, gateway)| AppAt { id, gateway }) }),
        1 => (small(FindingId::from_u128), words(), words())
            .prop_map(|(finding, reply, expects)| B::FindingReply { finding, reply, expects, knew: None }),
        1 => (small(FindingId::from_u128), status)
            .prop_map(|(finding, status)| B::FindingSetStatus { finding, status }),
        1 => (small(FindingId::from_u128), 0_u8..3)
            .prop_map(|(finding, n)| B::FindingAttach { finding, file: picture(n) }),
        1 => (small(FindingId::from_u128), 0_u8..3)
            .prop_map(|(finding, n)| B::FindingDetach { finding, file: picture(n).sha256 }),
        1 => (small(LinkId::from_u128), prop::option::of(small(CustomerId::from_u128)))
            .prop_map(|(link, customer)| B::LinkNoteUse { link, kind: LinkUseKind::Copied, customer, contacts: Vec::new() }),
    ]
    .boxed()
}

fn of_run() -> BoxedStrategy<Body> {
    use Body as B;
    let items = || prop::collection::vec(item(), 0..3);
    let tested = || words().prop_map(|build| Tested { build, ..Tested::default() });
    let start = (version(), 1_u32..4, prop::option::of(run()), tested());
    prop_oneof![
        2 => start.prop_map(|(version, template_version, previous, tested)| B::RunStart {
            project: PROJECT, version, template: LIST, template_version, previous, tested
        }),
        1 => (1_u32..4).prop_map(|template_version| B::RunTakeTemplate { template: LIST, template_version }),
        1 => tested().prop_map(|tested| B::RunSetTested { tested }),
        2 => (item(), words()).prop_map(|(item, build)| B::Fixed { item, build }),
        2 => (items(), words()).prop_map(|(items, because)| B::Retest { items, because }),
        1 => (item(), words()).prop_map(|(item, text)| B::Note { item, text, knew: None }),
        1 => (items(), prop::option::of(member())).prop_map(|(items, to)| B::Assign { items, to }),
        2 => (item(), 0_u8..3).prop_map(|(item, n)| B::Attach { item, evidence: Evidence::File(picture(n)) }),
        1 => (item(), url()).prop_map(|(item, url)| B::Attach { item, evidence: Evidence::Link { title: url.clone(), url } }),
        1 => Just(B::Sign {}),
        2 => said(),
    ]
    .boxed()
}

fn of_workspace() -> BoxedStrategy<Body> {
    use Body as B;
    let details = |name| CustomerDetails { name, ..CustomerDetails::default() };
    prop_oneof![
        words().prop_map(|name| B::WorkspaceRename { name }),
        (0_u32..400, any::<bool>()).prop_map(|(overdue_days, gate)| B::SetPolicies {
            policies: Policies { overdue_days, gate, ..Policies::default() }
        }),
        (small(CustomerId::from_u128), words()).prop_map(move |(customer, name)| B::CustomerSet {
            customer,
            details: details(name),
            knew: None
        }),
        small(CustomerId::from_u128).prop_map(|customer| B::CustomerRemove { customer }),
        (1_u32..4).prop_map(|version| B::TemplateAdd { template: Box::new(edition(version)) }),
        (words(), any::<bool>()).prop_map(|(of, copied)| B::SecretNoteReveal {
            secret: domain::command::RevealedSecret::ClientSecret,
            of,
            copied,
        }),
        said(),
        (small(TicketId::from_u128), words(), prop::option::of(version())).prop_map(
            |(ticket, subject, version)| {
                let about = TicketAbout { project: Some(PROJECT), version, ..TicketAbout::default() };
                let details = TicketDetails {
                    subject,
                    about,
                    opened: "2026-03-02".to_owned(),
                    ..TicketDetails::default()
                };
                B::TicketSet { ticket, details, knew: None }
            }
        ),
        (small(TicketId::from_u128), select(vec!["2026-03-03", "2026-02-30", ""])).prop_map(
            |(ticket, on)| {
                B::TicketLetter { ticket, from: Side::Talkdesk, on: on.to_owned(), waits_for: Side::Us }
            }
        ),
        (small(TicketId::from_u128), any::<bool>())
            .prop_map(|(ticket, closed)| B::TicketSetClosed { ticket, closed }),
        small(TicketId::from_u128).prop_map(|ticket| B::TicketRemove { ticket }),
        of_case(),
    ]
    .boxed()
}

/// Of an install case.
fn of_case() -> BoxedStrategy<Body> {
    use Body as B;
    let case = || small(CaseId::from_u128);
    prop_oneof![
        2 => (case(), small(CustomerId::from_u128), prop::option::of(version()), words()).prop_map(
            |(case, customer, version, region)| {
                let details = CaseDetails { customer, project: PROJECT, version, region, owner: None };
                B::CaseSet { case, details }
            }
        ),
        2 => (case(), prop::option::of(small(InstallationId::from_u128)))
            .prop_map(|(case, installation)| B::CaseJoin { case, installation }),
        1 => (case(), prop::option::of(any::<bool>())).prop_map(|(case, works)| B::CaseSetEnd {
            case,
            end: works.map(|works| CaseEnd { works, cause: None }),
        }),
        1 => case().prop_map(|case| B::CaseRemove { case }),
    ]
    .boxed()
}

fn redactable() -> impl Strategy<Value = Words> {
    let customer = || small(CustomerId::from_u128);
    prop_oneof![
        (customer(), small(ContactId::from_u128))
            .prop_map(|(customer, contact)| Words::Contact { customer, contact }),
        customer().prop_map(|customer| Words::CustomerNotes { customer }),
        small(FindingId::from_u128).prop_map(|finding| Words::Finding { finding }),
        small(FindingId::from_u128).prop_map(|finding| Words::Reply { finding }),
    ]
}

/// What people say beside things, and where they link to.
fn said() -> BoxedStrategy<Body> {
    use Body as B;
    let subject = || {
        prop_oneof![
            Just(Subject::Project),
            version().prop_map(|version| Subject::Version { version }),
            (version(), field()).prop_map(|(version, field)| Subject::Field { version, field }),
            small(FindingId::from_u128).prop_map(|finding| Subject::Finding { finding }),
            item().prop_map(|item| Subject::Item { item }),
            small(CustomerId::from_u128).prop_map(|customer| Subject::Customer { customer }),
        ]
    };
    let comment = || small(CommentId::from_u128);
    let mentions = || prop::collection::vec(member(), 0..3);
    prop_oneof![
        3 => (comment(), subject(), prop::option::of(comment()), words(), mentions()).prop_map(
            |(comment, subject, reply_to, text, mentions)| B::CommentAdd { comment, subject, reply_to, text, mentions }
        ),
        1 => (comment(), words(), mentions())
            .prop_map(|(comment, text, mentions)| B::CommentEdit { comment, text, mentions }),
        1 => comment().prop_map(|comment| B::CommentDelete { comment }),
        1 => (comment(), any::<bool>()).prop_map(|(comment, resolved)| B::CommentResolve { comment, resolved }),
        1 => prop::collection::vec(comment(), 0..3).prop_map(|comments| B::CommentSee { comments }),
        1 => (comment(), words()).prop_map(|(comment, reason)| B::CommentRedact { comment, reason }),
        1 => (redactable(), words()).prop_map(|(words, reason)| B::WordsRedact { words, reason }),
        1 => (small(ExternalLinkId::from_u128), subject(), url(), words())
            .prop_map(|(link, subject, url, key)| B::ExternalAdd { link, subject, url, key }),
        1 => (small(ExternalLinkId::from_u128), url(), words())
            .prop_map(|(link, url, key)| B::ExternalEdit { link, url, key }),
        1 => small(ExternalLinkId::from_u128).prop_map(|link| B::ExternalRemove { link }),
    ]
    .boxed()
}

/// The list as it goes on: in its second version an item has another text, in its third one is gone.
fn edition(version: u32) -> Template {
    let mut list = list(version);
    let items = &mut list.sections[0].items;
    if version > 1 {
        items[0].text.push_str(" on every screen");
    }
    if version > 2 {
        items.truncate(2);
    }
    list
}

pub fn step() -> impl Strategy<Value = Step> {
    let roles = prop_oneof![
        9 => Just(Role::ALL.to_vec()),
        1 => prop::sample::subsequence(Role::ALL.to_vec(), 0..3),
    ];
    let aimed = prop_oneof![
        10 => of_project().prop_map(|body| (HERE, body)),
        4 => (run(), of_run()).prop_map(|(run, body)| (AggregateRef::Run(run), body)),
        1 => of_workspace().prop_map(|body| (OFFICE, body)),
        // To the wrong address.
        1 => of_project().prop_map(|body| (OFFICE, body)),
    ];
    let outcome =
        select(vec![Outcome::Pass, Outcome::Pass, Outcome::Fail, Outcome::Blocked, Outcome::NotApplicable]);
    prop_oneof![
        8 => (member(), roles, aimed).prop_map(|(by, roles, (of, body))| Step::Say(Box::new(Sent { by, roles, of, body }))),
        1 => (version(), tracks()).prop_map(|(version, tracks)| Step::Fill(version, tracks)),
        6 => (version(), verdict()).prop_map(|(version, verdict)| Step::Advance(version, verdict)),
        2 => (version(), select(&Part::ALL[..])).prop_map(|(version, part)| {
            Step::Say(Box::new(sent(HERE, Body::Unlock { version, part, reason: "Talkdesk asked.".to_owned() })))
        }),
        4 => (member(), run(), item(), outcome, 0_u8..3)
            .prop_map(|(by, run, item, outcome, knows)| Step::Tick(by, run, item, outcome, knows)),
        1 => (member(), run(), item(), 0_usize..2)
            .prop_map(|(by, run, item, back)| Step::Undo(by, run, item, back)),
        1 => (member(), run(), item()).prop_map(|(by, run, item)| Step::Detach(by, run, item)),
    ]
}

/// What was entered on Partner Project, and what was not after all.
fn marked() -> impl Strategy<Value = Body> {
    let entered = prop::option::of(prop::option::of(words()).prop_map(|text| text.map(FieldValue::Text)));
    let mark = (version(), prop::collection::vec((field(), entered), 0..3)).prop_map(|(version, marked)| {
        let fields = marked.iter().map(|(field, _)| *field).collect();
        let entered = marked.into_iter().filter_map(|(field, value)| Some((field, value?))).collect();
        Body::MarkCarried { version, fields, entered }
    });
    let unmark = (version(), prop::collection::vec(field(), 0..3))
        .prop_map(|(version, fields)| Body::UnmarkCarried { version, fields });
    prop_oneof![mark, unmark]
}
