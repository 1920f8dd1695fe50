//! The whole status table: tracks × go-live × put away × superseded, against a table that people can read, and every
//! combination of them, reachable or not, against an oracle that says the rules of `domain.md` in another way.

use domain::fields::{FIELDS, FieldKey, Part, TrackName};
use domain::ids::{CommandId, RoundId, VersionId};
use domain::project::{Answer, Dated, GoLive, Project, Round, Track, Unlock, Verdict};
use domain::refusal::Rule;
use domain::status::{self, ActsNext, Status, TrackState};
use domain::{Aggregate, Body, Extra, Mark, RefusalCode, Timestamp};

use crate::world::{HERE, ME, V1, V2, V3, World, text};

const TRACKS: [TrackState; 4] =
    [TrackState::NotSubmitted, TrackState::InReview, TrackState::Approved, TrackState::Rejected];

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Live {
    None,
    Proposed,
    Approved,
    Confirmed,
    Delisted,
}

const LIVES: [Live; 5] = [Live::None, Live::Proposed, Live::Approved, Live::Confirmed, Live::Delisted];

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Case {
    technical: TrackState,
    marketplace: TrackState,
    live: Live,
    discarded: bool,
    successor: bool,
}

#[derive(PartialEq, Eq, Debug)]
struct Seen {
    status: Status,
    /// Of General, Technical, Marketplace.
    locks: [Option<Rule>; 3],
    next: ActsNext,
    installable: bool,
}

fn mark(at: i64) -> Mark {
    Mark { by: ME, at: Timestamp(at), command: CommandId::from_u128(9) }
}

fn track(state: TrackState, withdrawn_first: bool) -> Track {
    let outcome = match state {
        TrackState::Approved => Some(Verdict::Approved),
        TrackState::Rejected => Some(Verdict::Rejected),
        TrackState::InReview | TrackState::NotSubmitted => None,
    };
    let answer =
        |outcome| Answer { outcome, text: String::new(), correction: None, files: Vec::new(), mark: mark(3) };
    let round = |n, withdrawn: bool| Round {
        id: RoundId::from_u128(u128::from(n)),
        n,
        submitted: mark(2),
        override_reason: None,
        information: domain::fields::Information::default(),
        runs: Vec::new(),
        preflight: Vec::new(),
        evidence: Vec::new(),
        open_findings: Vec::new(),
        answers: outcome.filter(|_| !withdrawn).map(answer).into_iter().collect(),
        withdrawn: withdrawn.then(|| mark(3)),
        extra: Extra::new(),
    };
    let mut rounds = Vec::new();
    if withdrawn_first {
        rounds.push(round(1, true));
    }
    if state != TrackState::NotSubmitted {
        rounds.push(round(2, false));
    }
    Track(rounds)
}

/// The version in that state, as `V2` between an older and, perhaps, a newer published one.
fn project(case: Case, withdrawn_first: bool) -> Project {
    let mut world = World::with_version();
    world.publish(V1);
    world.create(V2, "2.0.0").unwrap();
    let mut project = world.here().clone();
    let first = project.versions[0].clone();
    let second = &mut project.versions[1];
    second.technical = track(case.technical, withdrawn_first);
    second.marketplace = track(case.marketplace, withdrawn_first);
    second.go_live = GoLive {
        proposed: (case.live >= Live::Proposed)
            .then(|| Dated { date: "2026-03-02".to_owned(), mark: mark(4) }),
        approved: (case.live >= Live::Approved).then(|| mark(5)),
        confirmed: (case.live >= Live::Confirmed).then(|| mark(6)),
        delisted: (case.live >= Live::Delisted).then(|| mark(7)),
    };
    second.discarded = case.discarded.then(|| mark(8));
    if case.successor {
        project.versions.push(domain::project::Version { id: V3, number: "3.0.0".to_owned(), ..first });
    }
    project
}

fn see(project: &Project, version: VersionId) -> Seen {
    let version = project.version(version).unwrap();
    Seen {
        status: status::status(project, version),
        locks: Part::ALL.map(|part| status::lock(project, version, part)),
        next: status::acts_next(project, version),
        installable: status::installable_by_all(version),
    }
}

/// The rules of `domain.md`, *Version status*, each sentence once.
fn oracle(case: Case) -> Seen {
    let tracks = [case.technical, case.marketplace];
    let approved = tracks == [TrackState::Approved; 2];
    let confirmed = approved && matches!(case.live, Live::Confirmed | Live::Delisted);
    let first_that_fits = [
        (case.discarded, Status::Discarded),
        (confirmed && case.successor, Status::Superseded),
        (confirmed && case.live == Live::Delisted, Status::Delisted),
        (confirmed, Status::Published),
        (tracks.contains(&TrackState::Rejected), Status::Rejected),
        (tracks.contains(&TrackState::InReview), Status::InReview),
        (approved, Status::Approved),
        (true, Status::Draft),
    ];
    let status = first_that_fits.into_iter().find(|(fits, _)| *fits).unwrap().1;
    let editable = status == Status::Draft || status == Status::Rejected;
    let lock = |track: TrackState| match track {
        _ if !editable => Some(Rule::Talkdesk),
        TrackState::InReview | TrackState::Approved => Some(Rule::Ours),
        TrackState::NotSubmitted | TrackState::Rejected => None,
    };
    let next = if status == Status::InReview || (status == Status::Approved && case.live == Live::None) {
        ActsNext::Talkdesk
    } else if editable || status == Status::Approved {
        ActsNext::Partner
    } else {
        ActsNext::Nobody
    };
    Seen {
        status,
        locks: [lock(case.marketplace), lock(case.technical), lock(case.marketplace)],
        next,
        installable: case.technical == TrackState::Approved,
    }
}

fn every_case() -> impl Iterator<Item = Case> {
    TRACKS.into_iter().flat_map(|technical| {
        TRACKS.into_iter().flat_map(move |marketplace| {
            LIVES.into_iter().flat_map(move |live| {
                [false, true].into_iter().flat_map(move |discarded| {
                    [false, true].map(|successor| Case { technical, marketplace, live, discarded, successor })
                })
            })
        })
    })
}

/// Locks: `.` open, `o` by a rule of ours, `T` by Talkdesk's; of General, Technical, Marketplace.
const TABLE: &str = "
    technical     marketplace   go-live   put_away newer | status     lock next     installable
    not_submitted not_submitted none      no       no    | draft      ...  partner  no
    not_submitted in_review     none      no       no    | in_review  TTT  talkdesk no
    not_submitted approved      none      no       no    | draft      o.o  partner  no
    not_submitted rejected      none      no       no    | rejected   ...  partner  no
    in_review     not_submitted none      no       no    | in_review  TTT  talkdesk no
    in_review     in_review     none      no       no    | in_review  TTT  talkdesk no
    in_review     approved      none      no       no    | in_review  TTT  talkdesk no
    in_review     rejected      none      no       no    | rejected   .o.  partner  no
    approved      not_submitted none      no       no    | draft      .o.  partner  yes
    approved      in_review     none      no       no    | in_review  TTT  talkdesk yes
    approved      approved      none      no       no    | approved   TTT  talkdesk yes
    approved      rejected      none      no       no    | rejected   .o.  partner  yes
    rejected      not_submitted none      no       no    | rejected   ...  partner  no
    rejected      in_review     none      no       no    | rejected   o.o  partner  no
    rejected      approved      none      no       no    | rejected   o.o  partner  no
    rejected      rejected      none      no       no    | rejected   ...  partner  no
    approved      approved      proposed  no       no    | approved   TTT  partner  yes
    approved      approved      approved  no       no    | approved   TTT  partner  yes
    approved      approved      confirmed no       no    | published  TTT  nobody   yes
    approved      approved      delisted  no       no    | delisted   TTT  nobody   yes
    approved      approved      confirmed no       yes   | superseded TTT  nobody   yes
    approved      approved      delisted  no       yes   | superseded TTT  nobody   yes
    approved      approved      approved  no       yes   | approved   TTT  partner  yes
    rejected      approved      confirmed no       no    | rejected   o.o  partner  no
    approved      in_review     confirmed no       yes   | in_review  TTT  talkdesk yes
    not_submitted not_submitted none      yes      no    | discarded  TTT  nobody   no
    approved      not_submitted none      yes      no    | discarded  TTT  nobody   yes
    approved      approved      confirmed yes      yes   | discarded  TTT  nobody   yes
";

/// The word as it stands in JSON.
fn read<T: serde::de::DeserializeOwned>(word: &str) -> T {
    serde_json::from_value(word.into()).unwrap()
}

#[test]
fn the_table() {
    for row in TABLE.lines().skip(2).filter(|row| !row.trim().is_empty()) {
        let words: Vec<&str> = row.split_whitespace().filter(|word| *word != "|").collect();
        let [technical, marketplace, live, put_away, newer, status, lock, next, installable] = words[..]
        else {
            panic!("{row}")
        };
        let case = Case {
            technical: read(technical),
            marketplace: read(marketplace),
            live: LIVES[["none", "proposed", "approved", "confirmed", "delisted"]
                .iter()
                .position(|word| *word == live)
                .unwrap()],
            discarded: put_away == "yes",
            successor: newer == "yes",
        };
        let locks: Vec<Option<Rule>> = lock
            .chars()
            .map(|sign| match sign {
                'o' => Some(Rule::Ours),
                'T' => Some(Rule::Talkdesk),
                _ => None,
            })
            .collect();
        let expected = Seen {
            status: read(status),
            locks: locks.try_into().unwrap(),
            next: read(next),
            installable: installable == "yes",
        };
        assert_eq!(see(&project(case, false), V2), expected, "{row}");
        assert_eq!(oracle(case), expected, "the oracle, on {row}");
    }
}

#[test]
fn every_combination_is_as_the_rules_say() {
    for case in every_case() {
        for withdrawn_first in [false, true] {
            let project = project(case, withdrawn_first);
            assert_eq!(see(&project, V2), oracle(case), "{case:?}, withdrawn first: {withdrawn_first}");
        }
    }
}

/// What the table says and what the reducer lets through are the same.
#[test]
fn the_reducer_keeps_every_lock() {
    let field = |part| match part {
        Part::General => FieldKey::ListingSummary,
        Part::Technical => FieldKey::StandaloneUrl,
        Part::Marketplace => FieldKey::AppSource,
    };
    for case in every_case() {
        let project = project(case, false);
        let seen = see(&project, V2);
        let mut world = World::default();
        world.states.insert(HERE, Aggregate::Project(Box::new(project)));
        for (part, lock) in Part::ALL.into_iter().zip(seen.locks) {
            let result = world.clone().set(V2, field(part), Some(text("https://apps.example/new")));
            let expected = match lock {
                None => None,
                Some(_) if case.discarded => Some((RefusalCode::Discarded, Rule::Ours)),
                Some(Rule::Talkdesk) => Some((RefusalCode::Locked, Rule::Talkdesk)),
                Some(Rule::Ours) => Some((RefusalCode::PartLocked, Rule::Ours)),
            };
            assert_eq!(
                result.err().map(|refusal| (refusal.code, refusal.rule)),
                expected,
                "{case:?} {part:?}"
            );

            // A lock of ours opens with a reason, Talkdesk's never.
            let mut opened = world.clone();
            let reason = "Talkdesk asked for it.".to_owned();
            let unlocked = opened.send(HERE, Body::Unlock { version: V2, part, reason }).is_ok();
            assert_eq!(unlocked, lock != Some(Rule::Talkdesk), "{case:?} {part:?}");
            assert_eq!(opened.set(V2, field(part), None).is_ok(), unlocked, "{case:?} {part:?}");
        }
        let edit = Body::VersionEdit { version: V2, number: "2.0.1".to_owned(), notes: String::new() };
        let editable = matches!(seen.status, Status::Draft | Status::Rejected);
        assert_eq!(world.clone().send(HERE, edit).is_ok(), editable, "{case:?}");
        let discard = Body::VersionDiscard { version: V2 };
        assert_eq!(world.clone().send(HERE, discard).is_ok(), seen.status == Status::Draft, "{case:?}");
        let done = [Status::Discarded, Status::Superseded, Status::Delisted, Status::Published];
        let created = world.create(VersionId::from_u128(99), "9.0.0");
        assert_eq!(created.is_ok(), done.contains(&seen.status), "{case:?}");
    }
}

#[test]
fn an_unlocked_part_is_open_and_no_other() {
    let case = Case {
        technical: TrackState::Rejected,
        marketplace: TrackState::Approved,
        live: Live::None,
        discarded: false,
        successor: false,
    };
    let mut project = project(case, false);
    project.versions[1].unlocked.insert(Part::General, Unlock { mark: mark(9), reason: "Why".to_owned() });
    assert_eq!(see(&project, V2).locks, [None, None, Some(Rule::Ours)]);
}

#[test]
fn every_part_is_looked_at_by_one_track() {
    for part in Part::ALL {
        let tracks = TrackName::ALL.iter().filter(|track| track.parts().contains(&part));
        assert_eq!(tracks.collect::<Vec<_>>(), [&part.track()]);
        assert!(FIELDS.iter().any(|field| field.part == part));
    }
}

/// *Since when*: the moment at which the state began, whatever the other track did afterwards.
#[test]
fn a_state_lasts_since_it_began() {
    let mut world = World::ready();
    let since = |world: &World, version| status::since(world.here(), world.at(version)).0;
    let mut began = vec![("draft", since(&world, V1), world.at(V1).created.at.0)];
    let mut note = |world: &World, what, at: u32| began.push((what, since(world, V1), i64::from(at)));

    world.submit(V1, &[TrackName::Technical]).unwrap();
    let submitted = world.commands;
    note(&world, "in review", submitted);
    world.submit(V1, &[TrackName::Marketplace]).unwrap();
    note(&world, "still in review", submitted);
    world.answer(V1, &[TrackName::Technical], Verdict::Rejected).unwrap();
    let rejected = world.commands;
    note(&world, "rejected", rejected);
    world.answer(V1, &[TrackName::Marketplace], Verdict::Approved).unwrap();
    note(&world, "still rejected", rejected);
    world.submit(V1, &[TrackName::Technical]).unwrap();
    note(&world, "in review again", world.commands);
    world.withdraw(V1, TrackName::Technical).unwrap();
    note(&world, "withdrawn, so rejected again", world.commands);
    world.submit(V1, &[TrackName::Technical]).unwrap();
    world.answer(V1, &[TrackName::Technical], Verdict::Approved).unwrap();
    note(&world, "approved", world.commands);
    for (what, seen, expected) in began {
        assert_eq!(seen, expected, "{what}");
    }
}
