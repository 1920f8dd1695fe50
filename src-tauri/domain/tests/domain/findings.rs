//! Findings: who may say what, how they are told apart, and how they end.

use domain::command::NewFinding;
use domain::fields::FieldKey;
use domain::ids::FindingId;
use domain::project::{Finding, FindingSource, FindingStatus, FindingText};
use domain::{Body, Place, RefusalCode};

use crate::world::{Approved, BOTH, HERE, Marketplace, Rejected, Technical, V1, V2, World};

pub fn saying(id: u128, said: FindingText) -> NewFinding {
    NewFinding {
        id: FindingId::from_u128(id),
        said: FindingText { text: "Mend this.".to_owned(), ..said },
        files: Vec::new(),
    }
}

/// Adds a finding of our own.
pub fn internal(id: u128) -> Body {
    let finding = saying(id, FindingText::default());
    Body::FindingAdd { version: V1, track: None, source: FindingSource::Internal, finding }
}

fn answer(tracks: &[domain::fields::TrackName], findings: Vec<NewFinding>) -> Body {
    let (tracks, text) = (tracks.to_vec(), String::new());
    Body::RecordAnswer {
        version: V1,
        tracks,
        rounds: Vec::new(),
        outcome: Rejected,
        text,
        findings,
        files: Vec::new(),
    }
}

fn find(world: &World, id: u128) -> &Finding {
    world.here().findings.iter().find(|finding| finding.id == FindingId::from_u128(id)).unwrap()
}

#[test]
fn talkdesks_findings_come_with_a_recorded_answer_only() {
    let mut world = World::ready();
    let finding = saying(1, FindingText::default());
    let body = Body::FindingAdd { version: V1, track: None, source: FindingSource::Talkdesk, finding };
    assert_eq!(world.refusal(HERE, body), RefusalCode::Forbidden);
    world.submit(V1, BOTH).unwrap();
    world.must(HERE, answer(&[Technical], vec![saying(1, FindingText::default())]));
    let known = find(&world, 1);
    assert_eq!(
        (known.source, known.track, known.status),
        (FindingSource::Talkdesk, Some(Technical), FindingStatus::Open)
    );
    assert_eq!(known.round, Some(world.at(V1).technical.0[0].id));
}

/// An answer to both tracks: a finding belongs to the track, and to the round, of the field that it names.
#[test]
fn a_finding_finds_its_track_and_round() {
    let mut world = World::ready();
    world.submit(V1, BOTH).unwrap();
    let field = |field| FindingText { field: Some(field), ..FindingText::default() };
    world.must(
        HERE,
        answer(
            BOTH,
            vec![
                saying(1, field(FieldKey::Scopes)),
                saying(2, field(FieldKey::Description)),
                saying(3, FindingText::default()),
            ],
        ),
    );
    let [technical, marketplace] = [Technical, Marketplace].map(|track| world.at(V1).track(track).0[0].id);
    let seen = [1, 2, 3].map(|id| (find(&world, id).track, find(&world, id).round));
    assert_eq!(
        seen,
        [(Some(Technical), Some(technical)), (Some(Marketplace), Some(marketplace)), (None, Some(technical))]
    );
}

#[test]
fn an_id_stands_for_one_finding() {
    let mut world = World::ready();
    world.must(HERE, internal(1));
    assert_eq!(world.refusal(HERE, internal(1)), RefusalCode::Exists);
    world.submit(V1, BOTH).unwrap();
    let one = || saying(1, FindingText::default());
    let two = || saying(2, FindingText::default());
    assert_eq!(world.refusal(HERE, answer(BOTH, vec![one()])), RefusalCode::Exists);
    assert_eq!(world.refusal(HERE, answer(BOTH, vec![two(), two()])), RefusalCode::Exists);
    world.must(HERE, answer(BOTH, vec![two()]));
}

#[test]
fn a_finding_says_something_and_not_too_much() {
    let cases: Vec<(FindingText, Option<(RefusalCode, &str)>)> = vec![
        (
            FindingText { text: String::new(), ..FindingText::default() },
            Some((RefusalCode::Empty, "finding")),
        ),
        (
            FindingText { text: " \n".to_owned(), ..FindingText::default() },
            Some((RefusalCode::Empty, "finding")),
        ),
        (
            FindingText { text: "a".repeat(20_001), ..FindingText::default() },
            Some((RefusalCode::TooLong, "finding")),
        ),
        (
            FindingText { text: "a\u{0}".to_owned(), ..FindingText::default() },
            Some((RefusalCode::ControlCharacters, "finding")),
        ),
        (
            FindingText { text: "a".to_owned(), severity: "b".repeat(501), ..FindingText::default() },
            Some((RefusalCode::TooLong, "severity")),
        ),
        (
            FindingText { text: "a".to_owned(), item: Some("b".repeat(1_000_000)), ..FindingText::default() },
            Some((RefusalCode::TooLong, "item")),
        ),
        (FindingText { text: "Two\nlines, <script> 🙂".to_owned(), ..FindingText::default() }, None),
    ];
    let mut world = World::ready();
    for (said, expected) in cases {
        let finding = NewFinding { id: FindingId::from_u128(1), said, files: Vec::new() };
        let body = Body::FindingAdd { version: V1, track: None, source: FindingSource::Checklist, finding };
        let refusal = world.send(HERE, body).err();
        let expected = expected.map(|(code, input)| (code, vec![Place::input(input)]));
        assert_eq!(refusal.map(|refusal| (refusal.code, refusal.places)), expected);
    }
}

#[test]
fn an_approval_takes_what_was_fixed_and_nothing_else() {
    let mut world = World::ready();
    world.submit(V1, BOTH).unwrap();
    let field = |field| FindingText { field: Some(field), ..FindingText::default() };
    world.must(
        HERE,
        answer(
            BOTH,
            vec![
                saying(1, field(FieldKey::Scopes)),
                saying(2, field(FieldKey::StandaloneUrl)),
                saying(3, field(FieldKey::Slug)),
            ],
        ),
    );
    for id in [1, 3] {
        let finding = FindingId::from_u128(id);
        world.must(HERE, Body::FindingSetStatus { finding, status: FindingStatus::Fixed });
    }
    world.submit(V1, &[Technical]).unwrap();
    let round = world.at(V1).technical.0[1].open_findings.clone();
    assert_eq!(round, [FindingId::from_u128(2)], "the round keeps what was open");
    world.answer(V1, &[Technical], Approved).unwrap();
    let states = [1, 2, 3].map(|id| find(&world, id).status);
    assert_eq!(states, [FindingStatus::Accepted, FindingStatus::Open, FindingStatus::Fixed]);
}

#[test]
fn findings_follow_the_app_across_versions() {
    let mut world = World::ready();
    world.must(HERE, internal(1));
    world.publish(V1);
    world.create(V2, "2.0.0").unwrap();
    world.submit(V2, BOTH).unwrap();
    assert_eq!(world.at(V2).technical.0[0].open_findings, [FindingId::from_u128(1)]);
}

#[test]
fn a_reply_is_not_written_over_unseen() {
    let reply = |reply: &str, expects: &str| Body::FindingReply {
        finding: FindingId::from_u128(1),
        reply: reply.to_owned(),
        expects: expects.to_owned(),
        knew: None,
    };
    let mut world = World::ready();
    assert_eq!(world.refusal(HERE, reply("Done.", "")), RefusalCode::NotFound);
    world.must(HERE, internal(1));
    world.must(HERE, reply("Done.", ""));
    let refusal = world.send(HERE, reply("Not yet.", "")).unwrap_err();
    assert_eq!(refusal.code, RefusalCode::Changed);
    assert!(refusal.is_conflict());
    assert_eq!(refusal.places, [Place::input("reply")]);
    world.must(HERE, reply("Done.", ""));
    world.must(HERE, reply("Not yet.", "Done."));
    assert_eq!(find(&world, 1).reply, "Not yet.");
}

#[test]
fn rejecting_needs_no_finding() {
    let mut world = World::ready();
    world.submit(V1, BOTH).unwrap();
    world.answer(V1, BOTH, Rejected).unwrap();
    assert!(world.here().findings.is_empty());
}
