//! Installations: what their events say in whatever order they come, the deadlines of seven days, and the way of a set
//! of credentials from its event to its acknowledgement.

use std::cell::RefCell;
use std::collections::BTreeSet;

use domain::alert::{self, AlertKind, Cared};
use domain::ids::{CustomerId, InstallationId, ProjectId};
use domain::installation::{
    Authentication, CredentialSet, Deadline, EVENTS, EVENTS_LEFT, EventFacts, Happened, Installation,
    LOGOUTS, Life, Received, SEVEN_DAYS, SetEnd, Settled, Standing, SubscribedPlan, TalkdeskState, Word,
    rotations,
};
use domain::process::{Proof, of_installation};
use domain::{Aggregate, AggregateRef, Body, RefusalCode, Timestamp};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::laws;
use crate::world::{COLLEAGUE, ME, OFFICE, PROJECT, World};

const ID: InstallationId = InstallationId::from_u128(0x51);
pub const INSTALLED: AggregateRef = AggregateRef::Installation(ID);
const TALKDESK: &str = "5f0c2a7d9be94c3e8a1b6d2f4e7c9a10";

pub fn event(id: &str, at: i64, what: Happened) -> Body {
    Body::EventTake { event: Box::new(facts(id, at, what)) }
}

fn facts(id: &str, at: i64, what: Happened) -> EventFacts {
    EventFacts {
        id: id.to_owned(),
        happened_at: Timestamp(at),
        what,
        installation: TALKDESK.to_owned(),
        account: "account".to_owned(),
        account_name: "sample-customer".to_owned(),
        app: "app".to_owned(),
        version: "version".to_owned(),
        version_name: "1.0.0".to_owned(),
        root: "https://api.talkdeskapp.eu".to_owned(),
        region: "EU".to_owned(),
        tokens: "https://sample-customer.talkdeskid.eu/oauth/token".to_owned(),
        authorization: "https://sample-customer.talkdeskid.eu/oauth/authorize".to_owned(),
        key_id: "key".to_owned(),
        received: Received::ByHand,
        body: None,
    }
}

/// An installation to which these happened, one after the other.
pub fn of_events(kinds: &[&str]) -> Installation {
    let mut world = World::with_version();
    for (at, kind) in kinds.iter().enumerate() {
        let what = match *kind {
            "app.installed" => installed("client"),
            "app.trial_started" => Happened::TrialStarted { ends_at: None },
            other => Happened::Other { kind: other.to_owned() },
        };
        let at = i64::try_from(at).unwrap();
        world.must(INSTALLED, event(&format!("e{at}"), at, what));
    }
    state(&world).clone()
}

fn set(client: &str) -> CredentialSet {
    CredentialSet {
        client_id: client.to_owned(),
        key_id: format!("kid-{client}"),
        key_algorithm: "ES256".to_owned(),
        public_key: "MFkw".to_owned(),
        has_secret: true,
        has_private_key: true,
    }
}

pub fn installed(client: &str) -> Happened {
    Happened::Installed { set: set(client) }
}

pub fn rotated(client: &str) -> Happened {
    Happened::CredentialsRotated { set: set(client) }
}

pub fn users(adding: &[&str], removing: &[&str]) -> Happened {
    let all = |ids: &[&str]| ids.iter().map(|&id| id.to_owned()).collect();
    Happened::Updated { adding: all(adding), removing: all(removing), plan: None }
}

pub fn plan(name: &str) -> Happened {
    let plan = Some(SubscribedPlan { name: name.to_owned(), seats: Some(5) });
    Happened::Updated { adding: Vec::new(), removing: Vec::new(), plan }
}

pub fn uninstalled() -> Happened {
    Happened::Uninstalled { reason: "other".to_owned(), message: "We use another app.".to_owned() }
}

fn talkdesk(state: &str, at: i64) -> TalkdeskState {
    TalkdeskState { state: state.to_owned(), reason: String::new(), updated_at: Some(Timestamp(at)) }
}

pub fn answer(events: &[&str], word: Word) -> Body {
    let events = events.iter().map(|&id| id.to_owned()).collect();
    Body::InstallationAnswer { events, word, before: talkdesk("pending", 1), after: talkdesk("completed", 2) }
}

/// An installation as the released commands make it, aimed at what the rich world has.
pub fn lived(world: &mut World) {
    for body in crate::bodies::samples() {
        if matches!(body, Body::EventTake { .. }) {
            world.must(INSTALLED, body);
        }
    }
    world.must(INSTALLED, Body::CredentialsNoteDeployed { client_id: "client1".into(), to: "Vault".into() });
}

pub fn state(world: &World) -> &Installation {
    let Aggregate::Installation(state) = &world.states[&INSTALLED] else { panic!("no installation") };
    state
}

pub fn with(events: &[(&str, i64, Happened)]) -> World {
    let mut world = World::with_version();
    for (id, at, what) in events {
        world.must(INSTALLED, event(id, *at, what.clone()));
    }
    world
}

#[test]
fn the_first_event_makes_it_whichever_that_is_and_nothing_else_does() {
    let mut world = World::with_version();
    let body = Body::InstallationMatch { customer: None, project: None };
    assert_eq!(world.refusal(INSTALLED, body), RefusalCode::NotFound);
    world.must(INSTALLED, event("e2", 2, users(&["u1"], &[])));
    assert_eq!(Standing::of(state(&world)).life, Life::Unknown);
    world.must(INSTALLED, event("e1", 1, installed("a")));
    let standing = Standing::of(state(&world));
    assert_eq!((standing.life, standing.users.len()), (Life::Installed, 1));
}

#[test]
fn an_event_is_taken_once_and_an_id_stands_for_one() {
    let mut world = with(&[("e1", 1, installed("a"))]);
    let before = state(&world).clone();
    world.must(INSTALLED, event("e1", 1, installed("a")));
    assert_eq!(state(&world), &before, "delivered again");
    assert_eq!(world.refusal(INSTALLED, event("e1", 1, installed("b"))), RefusalCode::IdReused);
    let other = EventFacts { installation: "another".to_owned(), ..facts("e9", 9, uninstalled()) };
    let body = Body::EventTake { event: Box::new(other) };
    assert_eq!(world.refusal(INSTALLED, body), RefusalCode::IdReused);
}

#[test]
fn what_came_from_outside_has_bounds() {
    let world = with(&[("e1", 1, installed("a"))]);
    let good = || facts("e2", 2, users(&[], &[]));
    let many: Vec<String> = (0..10_001).map(|n| format!("u{n}")).collect();
    let cases: Vec<(&str, EventFacts, RefusalCode)> = vec![
        ("no id", EventFacts { id: " ".into(), ..good() }, RefusalCode::Empty),
        ("a long id", EventFacts { id: "a".repeat(201), ..good() }, RefusalCode::TooLong),
        ("no gateway", EventFacts { root: String::new(), ..good() }, RefusalCode::Empty),
        ("a file", EventFacts { root: "file:///etc/passwd".into(), ..good() }, RefusalCode::NotHttps),
        ("a script", EventFacts { tokens: "javascript:alert(1)".into(), ..good() }, RefusalCode::NotHttps),
        (
            "a password",
            EventFacts { tokens: "https://a:b@c.example".into(), ..good() },
            RefusalCode::NotHttps,
        ),
        ("controls", EventFacts { account_name: "a\u{0}b".into(), ..good() }, RefusalCode::ControlCharacters),
        (
            "too many users",
            EventFacts {
                what: Happened::Updated { adding: many, removing: Vec::new(), plan: None },
                ..good()
            },
            RefusalCode::TooMany,
        ),
    ];
    for (what, facts, code) in cases {
        let mut world = world.clone();
        assert_eq!(world.refusal(INSTALLED, Body::EventTake { event: Box::new(facts) }), code, "{what}");
    }
}

#[test]
fn of_sign_outs_the_last_are_kept() {
    let mut world = with(&[("e1", 1, installed("a"))]);
    for n in 0..LOGOUTS + 5 {
        let user = Happened::UserLogout { user: format!("u{n}") };
        world.must(INSTALLED, event(&format!("l{n}"), 10, user));
    }
    assert_eq!(state(&world).events.len(), LOGOUTS + 1);
    assert!(state(&world).event("e1").is_some() && state(&world).event("l4").is_none());
}

#[test]
fn it_is_matched_with_what_is_there() {
    let mut world = with(&[("e1", 1, installed("a"))]);
    let customer = CustomerId::from_u128(1);
    let matched = |customer, project| Body::InstallationMatch { customer, project };
    assert_eq!(world.refusal(INSTALLED, matched(Some(customer), None)), RefusalCode::NotFound);
    let unknown = Some(ProjectId::from_u128(9));
    assert_eq!(world.refusal(INSTALLED, matched(None, unknown)), RefusalCode::NotFound);
    let details = domain::workspace::CustomerDetails { name: "A".into(), ..Default::default() };
    world.must(OFFICE, Body::CustomerSet { customer, details, knew: None });
    world.must(INSTALLED, matched(Some(customer), Some(PROJECT)));
    assert_eq!((state(&world).customer, state(&world).project), (Some(customer), Some(PROJECT)));
    world.must(INSTALLED, matched(None, None));
    assert_eq!(state(&world).customer, None);
}

#[test]
fn it_shows_the_steps_of_the_process_that_were_gone_through_with_it() {
    use Proof::{
        AppIdKnown, CredentialsStored, EventVerified, InstallationStored, PlanChanged, RegionUsed,
        TokenObtained, UsersChanged,
    };
    let always = [InstallationStored, AppIdKnown, EventVerified];
    let token = || {
        let (client_id, way) = ("a".to_owned(), Authentication::Basic);
        Body::CredentialsNoteToken { client_id, way, scope: String::new() }
    };
    let cases: Vec<(&str, Vec<Body>, &[Proof])> = vec![
        ("nothing but users", vec![event("e1", 1, users(&["u1"], &[]))], &[UsersChanged]),
        ("an update that says neither", vec![event("e1", 1, users(&[], &[]))], &[]),
        ("a plan", vec![event("e1", 1, plan("Pro"))], &[PlanChanged]),
        ("its install", vec![event("e1", 1, installed("a"))], &[CredentialsStored]),
        ("a copy without credentials", vec![event("e1", 1, installed(""))], &[]),
        ("new ones are not those of the install", vec![event("e1", 1, rotated("a"))], &[]),
        ("a token", vec![event("e1", 1, installed("a")), token()], &[CredentialsStored, TokenObtained]),
        (
            "an answer",
            vec![event("e1", 1, installed("a")), answer(&["e1"], Word::Approve)],
            &[CredentialsStored, RegionUsed],
        ),
    ];
    for (what, bodies, more) in cases {
        let mut world = World::with_version();
        for body in bodies {
            world.must(INSTALLED, body);
        }
        let expected: BTreeSet<Proof> = always.iter().chain(more).copied().collect();
        assert_eq!(of_installation(state(&world)), expected, "{what}");
    }
}

type Events = Vec<(&'static str, i64, Happened)>;

/// What is open after these events and what was done, by the events' ids.
#[test]
fn a_deadline_rests_once_it_is_answered_settled_or_overtaken() {
    let approve = || answer(&["e1"], Word::Approve);
    let see = |word: &str, at| Body::InstallationNoteState { state: talkdesk(word, at) };
    let all = || -> Events { vec![("e1", 10, installed("a")), ("e2", 20, users(&["u"], &[]))] };
    let cases: Vec<(&str, Events, Vec<Body>, &[&str])> = vec![
        ("nothing done", all(), vec![], &["e1", "e2"]),
        ("a trial and a rotation want no answer", vec![("e1", 1, rotated("b"))], vec![], &[]),
        ("one is answered", all(), vec![approve()], &["e2"]),
        ("seen pending", all(), vec![see("pending", 30)], &["e1", "e2"]),
        ("the app answered the first", all(), vec![see("completed", 15)], &["e2"]),
        ("the app answered both", all(), vec![see("completed", 30)], &[]),
        ("its time ran out", all(), vec![see("timeout", 30)], &[]),
        ("a word nobody knows is no answer", all(), vec![see("archived", 30)], &["e1", "e2"]),
        ("seen before it happened", all(), vec![see("completed", 5)], &["e1", "e2"]),
        (
            "uninstalled meanwhile",
            vec![("e1", 10, installed("a")), ("e3", 30, uninstalled())],
            vec![],
            &["e3"],
        ),
    ];
    for (what, events, done, open) in cases {
        let mut world = with(&events);
        for body in done {
            world.must(INSTALLED, body);
        }
        let found: Vec<&str> =
            Deadline::open(state(&world)).iter().map(|deadline| &*deadline.event.id).collect();
        assert_eq!(found, open, "{what}");
    }
    let world = with(&all());
    assert_eq!(Deadline::open(state(&world))[0].until, Timestamp(10 + SEVEN_DAYS));
    let gone = with(&[("e1", 10, installed("a")), ("e3", 30, uninstalled())]);
    assert_eq!(Deadline::all(state(&gone))[0].settled, Some(Settled::Overtaken));
}

#[test]
fn changes_of_users_leave_room_for_what_ends_an_installation() {
    let mut world = with(&[("e1", 1, installed("a"))]);
    let mut one: Installation = state(&world).clone();
    let again = one.events[0].clone();
    for n in one.events.len()..EVENTS - EVENTS_LEFT {
        let mut more = again.clone();
        more.event = facts(&format!("u{n}"), 2, users(&["u"], &[]));
        one.events.push(more);
    }
    world.states.insert(INSTALLED, Aggregate::Installation(Box::new(one)));
    let came = |id: &str, what| event(id, 3, what);
    let other = Happened::Other { kind: "app.moved".to_owned() };
    for often in [users(&["v"], &[]), other] {
        assert_eq!(world.refusal(INSTALLED, came("n1", often)), RefusalCode::TooMany);
    }
    for (id, what) in [("n2", rotated("b")), ("n3", uninstalled())] {
        world.must(INSTALLED, came(id, what));
    }
    assert_eq!(Standing::of(state(&world)).life, Life::Uninstalled);
}

#[test]
fn an_answer_names_events_that_want_one_and_a_rejection_its_reason() {
    let mut world = with(&[("e1", 1, installed("a")), ("e2", 2, rotated("b"))]);
    for (events, code) in
        [(&[][..], RefusalCode::Empty), (&["e2"], RefusalCode::NotFound), (&["e7"], RefusalCode::NotFound)]
    {
        assert_eq!(world.refusal(INSTALLED, answer(events, Word::Approve)), code, "{events:?}");
    }
    let silent = Word::Reject { reason: " ".to_owned() };
    assert_eq!(world.refusal(INSTALLED, answer(&["e1"], silent)), RefusalCode::NoReason);
    world.must(INSTALLED, answer(&["e1"], Word::Approve));
    assert_eq!(state(&world).seen.last().unwrap().state, talkdesk("completed", 2), "what came back was seen");
}

#[test]
fn a_rotation_has_five_steps_and_an_end_of_the_old_set() {
    let mut world = with(&[("e1", 1, installed("a"))]);
    let token = |client: &str, way| Body::CredentialsNoteToken {
        client_id: client.into(),
        way,
        scope: "apps:write".into(),
    };
    assert_eq!(
        world.refusal(INSTALLED, token("b", Authentication::Basic)),
        RefusalCode::NotFound,
        "a set that never came"
    );
    assert_eq!(rotations(state(&world))[0].until, None);
    world.must(INSTALLED, event("e2", 100, rotated("b")));
    let ends = |world: &World| rotations(state(world)).iter().map(|set| set.until).collect::<Vec<_>>();
    assert_eq!(ends(&world), [Some(Timestamp(100 + SEVEN_DAYS)), None]);
    let open = |world: &World| rotations(state(world))[1].open_steps();
    assert_eq!(open(&world), ["token", "deployed", "in_use"]);
    world.must(INSTALLED, token("b", Authentication::PrivateKeyJwt));
    world.must(INSTALLED, token("b", Authentication::PrivateKeyJwt));
    world.must(INSTALLED, token("b", Authentication::Basic));
    assert_eq!(state(&world).steps("b").unwrap().tokens.len(), 2, "the first of each way");
    let deployed = |to: &str| Body::CredentialsNoteDeployed { client_id: "b".into(), to: to.into() };
    assert_eq!(world.refusal(INSTALLED, deployed(" ")), RefusalCode::Empty);
    world.must(INSTALLED, deployed("Secrets of the cluster"));
    let in_use = |in_use| Body::CredentialsNoteInUse { client_id: "b".into(), in_use };
    world.must(INSTALLED, in_use(true));
    assert!(open(&world).is_empty());
    world.must(INSTALLED, in_use(false));
    assert_eq!(open(&world), ["in_use"]);
    let kept = Body::CredentialsNoteKept { client_id: "b".into() };
    let first = world.must(INSTALLED, kept.clone());
    world.must(INSTALLED, kept);
    assert_eq!(state(&world).steps("b").unwrap().kept.unwrap().command, first, "who gave it first");
    let told = world.must(INSTALLED, Body::CredentialsAcknowledge { client_id: "b".into() });
    let at = state(&world).steps("b").unwrap().acknowledged.unwrap();
    assert_eq!(at.command, told);
    assert_eq!(ends(&world), [Some(at.at), None], "the old one ends by it");
}

/// No grace is documented for compromised credentials, and the request carries no such word: the old set cannot be relied
/// on from the new one's coming, and only an acknowledgement ends it for all that Talkdesk told.
#[test]
fn compromised_credentials_have_no_seven_days_and_no_end_that_talkdesk_did_not_tell() {
    let mut world = with(&[("e1", 1, installed("a"))]);
    let ask = |compromised, reason: &str| Body::CredentialsAskRotation { compromised, reason: reason.into() };
    assert_eq!(world.refusal(INSTALLED, ask(true, " ")), RefusalCode::NoReason);
    world.must(INSTALLED, ask(true, "The set was in a log."));
    world.must(INSTALLED, event("e2", 2, rotated("b")));
    let ends = |world: &World| -> Vec<_> {
        rotations(state(world)).iter().map(|set| set.until.map(|at| at.0).zip(set.ends)).collect()
    };
    assert_eq!(ends(&world), [Some((2, SetEnd::Compromised)), None]);
    let told = |world: &World| -> Vec<_> {
        let alerts = alert::of_installation(state(world)).into_iter();
        let rotation = alerts.filter(|alert| alert.kind == AlertKind::Rotation);
        rotation.map(|alert| (alert.text, alert.due)).collect()
    };
    assert_eq!(told(&world), [("compromised".to_owned(), Some(Timestamp(2)))]);
    // The next rotation is another matter.
    world.must(INSTALLED, event("e3", 3, rotated("c")));
    let seven = Some((3 + SEVEN_DAYS, SetEnd::SevenDays));
    assert_eq!(ends(&world), [Some((2, SetEnd::Compromised)), seven, None]);
    assert_eq!(told(&world), [(String::new(), Some(Timestamp(3 + SEVEN_DAYS)))]);
    // Acknowledged: that ends both, and of the compromised one it is the first end that Talkdesk was told.
    world.must(INSTALLED, Body::CredentialsAcknowledge { client_id: "c".into() });
    let at = state(&world).steps("c").unwrap().acknowledged.unwrap().at;
    assert!(at.0 > 3, "after both came");
    let acknowledged = Some((at.0, SetEnd::Acknowledged));
    assert_eq!(ends(&world), [acknowledged, acknowledged, None]);
}

/// What is asked for beside it does not take back that a set is known to others; the next set does.
#[test]
fn a_set_is_compromised_if_any_wish_since_the_last_set_says_so() {
    let plain = || Body::CredentialsAskRotation { compromised: false, reason: String::new() };
    let known = || Body::CredentialsAskRotation { compromised: true, reason: "It was in a log.".into() };
    let first = || event("e1", 1, installed("a"));
    let second = || event("e2", 2, rotated("b"));
    let third = || event("e3", 3, rotated("c"));
    let (ended, seven) = (SetEnd::Compromised, SetEnd::SevenDays);
    let cases: Vec<(&str, Vec<Body>, Vec<SetEnd>)> = vec![
        ("asked for by nobody", vec![first(), second()], vec![seven]),
        ("a plain wish", vec![first(), plain(), second()], vec![seven]),
        ("the only wish", vec![first(), known(), second()], vec![ended]),
        ("the last wish", vec![first(), plain(), known(), second()], vec![ended]),
        ("and a plain one after it", vec![first(), known(), plain(), second()], vec![ended]),
        ("said once it had come", vec![first(), plain(), second(), known()], vec![seven]),
        ("said of the set before", vec![first(), known(), second(), plain(), third()], vec![ended, seven]),
        ("said of the next one", vec![first(), plain(), second(), known(), plain(), third()], vec![ended; 2]),
    ];
    for (what, bodies, expected) in cases {
        let mut world = World::with_version();
        for body in bodies {
            world.must(INSTALLED, body);
        }
        let sets = rotations(state(&world));
        let ends: Vec<SetEnd> = sets.iter().filter_map(|set| set.ends).collect();
        assert_eq!(ends, expected, "{what}");
    }
}

fn happened() -> impl Strategy<Value = Happened> {
    let user = || select(vec!["u1", "u2", "u3"]);
    let client = || select(vec!["a", "b", "c"]);
    prop_oneof![
        3 => client().prop_map(installed),
        3 => client().prop_map(rotated),
        1 => (user(), user()).prop_map(|(come, go)| users(&[come], &[go])),
        1 => select(vec!["Small", "Large"]).prop_map(plan),
        1 => Just(uninstalled()),
        1 => (0_i64..9).prop_map(|at| Happened::TrialStarted { ends_at: Some(Timestamp(at)) }),
        1 => Just(Happened::TrialExtended { ends_at: None }),
        1 => Just(Happened::TrialEnded { ended_at: None, reason: "trial_expired".into(), by: "system".into() }),
        1 => user().prop_map(|user| Happened::UserLogout { user: user.to_owned() }),
        1 => Just(Happened::Other { kind: "app.suspended".into() }),
    ]
}

fn taken() -> impl Strategy<Value = EventFacts> {
    (0..12_u8, 0..50_i64, happened()).prop_map(|(id, at, what)| facts(&format!("e{id}"), at, what))
}

/// Something about one of two installations, possible or not.
fn random() -> impl Strategy<Value = (AggregateRef, Body)> {
    let which = prop_oneof![
        5 => Just(INSTALLED),
        1 => Just(AggregateRef::Installation(InstallationId::from_u128(0x52)))
    ];
    let client = || select(vec!["a", "b", "c"]).prop_map(str::to_owned);
    let word = prop_oneof![
        Just(Word::Approve),
        select(vec!["", "No."]).prop_map(|reason| Word::Reject { reason: reason.to_owned() })
    ];
    let seen = || {
        (select(vec!["pending", "completed", "rejected"]), 0..50_i64)
            .prop_map(|(word, at)| talkdesk(word, at))
    };
    let body = prop_oneof![
        9 => taken().prop_map(|event| Body::EventTake { event: Box::new(event) }),
        1 => select(vec![None, Some(PROJECT)])
            .prop_map(|project| Body::InstallationMatch { customer: None, project }),
        1 => seen().prop_map(|state| Body::InstallationNoteState { state }),
        2 => (0..12_u8, word, seen(), seen()).prop_map(|(id, word, before, after)| {
            Body::InstallationAnswer { events: vec![format!("e{id}")], word, before, after }
        }),
        1 => (client(), select(vec![Authentication::Basic, Authentication::PrivateKeyJwt])).prop_map(
            |(client_id, way)| Body::CredentialsNoteToken { client_id, way, scope: String::new() }
        ),
        1 => client().prop_map(|client_id| Body::CredentialsNoteDeployed { client_id, to: "There".into() }),
        1 => (client(), any::<bool>())
            .prop_map(|(client_id, in_use)| Body::CredentialsNoteInUse { client_id, in_use }),
        1 => client().prop_map(|client_id| Body::CredentialsNoteKept { client_id }),
        1 => client().prop_map(|client_id| Body::CredentialsAcknowledge { client_id }),
        1 => (0..12_u8, any::<bool>())
            .prop_map(|(id, seen)| Body::AlertMark { events: vec![format!("e{id}")], seen }),
        1 => select(vec![None, Some("2026-12-01"), Some("soon")]).prop_map(|until| Body::AlertSnooze {
            alert: "users:e1".to_owned(),
            until: until.map(str::to_owned)
        }),
        1 => select(vec![None, Some(ME), Some(COLLEAGUE)])
            .prop_map(|to| Body::AlertAssign { about: Cared::Installation, to }),
        1 => (any::<bool>(), select(vec!["", "Why."])).prop_map(|(compromised, reason)| {
            Body::CredentialsAskRotation { compromised, reason: reason.to_owned() }
        }),
    ];
    (which, body)
}

/// Random commands in no sensible order: no law is broken, storing in between changes nothing, and they go far.
#[test]
fn no_sequence_reaches_a_forbidden_state() {
    let mut runner = TestRunner::new_with_rng(
        Config { cases: 300, failure_persistence: None, ..Config::default() },
        TestRng::deterministic_rng(RngAlgorithm::ChaCha),
    );
    let reached = RefCell::new(BTreeSet::new());
    let sequences = prop::collection::vec(random(), 1..60);
    runner
        .run(&sequences, |steps| {
            let mut world = World::with_version();
            for (of, body) in steps {
                let before = world.states.get(&of).cloned();
                if world.send(of, body.clone()).is_err() {
                    continue;
                }
                laws::allow(before.as_ref(), &world.states[&of], &body);
                let text = world.states[&of].write().unwrap();
                let read = Aggregate::read(of, &text).unwrap();
                prop_assert_eq!(&world.states[&of], &read);
                let Aggregate::Installation(state) = &read else { panic!("{read:?}") };
                let mut reached = reached.borrow_mut();
                reached.insert(format!("{:?}", Standing::of(state).life));
                reached.extend((rotations(state).len() > 2).then(|| "Rotated".to_owned()));
                let told = state.sets.iter().any(|steps| steps.acknowledged.is_some());
                reached.extend(told.then(|| "Acknowledged".to_owned()));
                for deadline in Deadline::all(state) {
                    let became = match deadline.settled {
                        None => "Open",
                        Some(Settled::Answered(_)) => "Answered",
                        Some(Settled::Elsewhere(_)) => "Elsewhere",
                        Some(Settled::Overtaken) => "Overtaken",
                    };
                    reached.insert(became.to_owned());
                }
            }
            laws::hold(&world);
            Ok(())
        })
        .unwrap();
    let wanted = [
        "Unknown",
        "Installed",
        "Uninstalled",
        "Rotated",
        "Acknowledged",
        "Open",
        "Answered",
        "Elsewhere",
        "Overtaken",
    ];
    let reached = reached.into_inner();
    let missed: Vec<_> = wanted.iter().filter(|wanted| !reached.contains(**wanted)).collect();
    assert!(missed.is_empty(), "never reached: {missed:?}");
}

proptest! {
    /// In whatever order they come, and however often: events with ids of their own say the same.
    #[test]
    fn the_order_of_coming_does_not_matter(
        events in prop::collection::vec((0..50_i64, happened()), 1..12),
        again in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
        order in any::<u64>(),
    ) {
        let all: Vec<_> = events
            .iter()
            .enumerate()
            .map(|(n, (at, what))| event(&format!("e{n}"), *at, what.clone()))
            .collect();
        let mut shuffled = all.clone();
        shuffled.extend(again.iter().map(|index| index.get(&all).clone()));
        let len = shuffled.len() as u64;
        for at in (1..shuffled.len()).rev() {
            let other = usize::try_from(order.rotate_left(u32::try_from(at).unwrap()) % (at as u64 + 1)).unwrap();
            shuffled.swap(at, other);
        }
        prop_assert!(len > 0);
        let tell = |bodies: Vec<Body>| {
            let mut world = World::with_version();
            for body in bodies {
                world.must(INSTALLED, body);
            }
            let state = state(&world);
            let open: Vec<_> = Deadline::open(state).iter().map(|open| open.event.id.clone()).collect();
            let sets: Vec<_> = rotations(state)
                .iter()
                .map(|set| (set.set.client_id.clone(), set.since, set.until))
                .collect();
            (Standing::of(state), open, sets)
        };
        prop_assert_eq!(tell(all), tell(shuffled));
    }
}
