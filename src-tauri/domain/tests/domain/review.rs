//! Talkdesk's recorded answers: recorded, corrected, withdrawn; go-live and listing.

use domain::fields::TrackName;
use domain::ids::RoundId;
use domain::refusal::Rule;
use domain::status::{self, Status, TrackState};
use domain::workspace::{Account, AccountOwner};
use domain::{Body, Place, RefusalCode};

use crate::world::{Approved, BOTH, HERE, Marketplace, OFFICE, Rejected, Technical, V1, V2, V3, World};

fn code<T>(result: Result<T, domain::Refusal>) -> Option<RefusalCode> {
    result.err().map(|refusal| refusal.code)
}

fn date(version: domain::ids::VersionId, date: &str) -> Body {
    Body::RecordGoLive { version, date: date.to_owned() }
}

#[test]
fn an_answer_is_to_a_round_in_review() {
    let mut world = World::ready();
    assert_eq!(code(world.answer(V1, &[Technical], Approved)), Some(RefusalCode::NotInReview));
    world.submit(V1, &[Technical]).unwrap();
    let refusal = world.answer(V1, BOTH, Approved).unwrap_err();
    assert_eq!((refusal.code, refusal.places), (RefusalCode::NotInReview, vec![Place::input("tracks")]));
    assert_eq!(code(world.answer(V1, &[], Approved)), Some(RefusalCode::Empty));
    assert_eq!(code(world.answer(V1, &[Technical, Technical], Approved)), Some(RefusalCode::Empty));
    world.answer(V1, &[Technical], Approved).unwrap();
    assert_eq!(code(world.answer(V1, &[Technical], Rejected)), Some(RefusalCode::NotInReview), "answered");
    assert_eq!(world.at(V1).technical.0[0].answers.len(), 1);
    assert_eq!(code(world.answer(V2, BOTH, Approved)), Some(RefusalCode::NotFound));
}

/// Protects a round from an answer that was read before it began, queued on a desktop since.
#[test]
fn an_answer_that_names_its_round_lands_in_no_other() {
    let answer = |tracks: &[TrackName], rounds: Vec<RoundId>| Body::RecordAnswer {
        version: V1,
        tracks: tracks.to_vec(),
        rounds,
        outcome: Rejected,
        text: "As received.".to_owned(),
        findings: Vec::new(),
        files: Vec::new(),
    };
    let mut world = World::ready();
    world.submit(V1, BOTH).unwrap();
    let round = |world: &World, track| world.at(V1).track(track).0.last().unwrap().id;
    let first = [Technical, Marketplace].map(|track| round(&world, track));
    assert_eq!(
        code(world.send(HERE, answer(BOTH, vec![first[0]]))),
        Some(RefusalCode::Exists),
        "one for each"
    );
    let crossed = answer(BOTH, vec![first[1], first[0]]);
    assert_eq!(code(world.send(HERE, crossed)), Some(RefusalCode::AnotherRound));
    // A colleague records it, and submits again.
    world.send(HERE, answer(BOTH, first.to_vec())).unwrap();
    world.submit(V1, &[Technical]).unwrap();
    let stale = world.send(HERE, answer(&[Technical], vec![first[0]])).unwrap_err();
    assert_eq!((stale.code, stale.places), (RefusalCode::AnotherRound, vec![Place::input("tracks")]));
    assert_eq!(world.at(V1).technical.state(), TrackState::InReview);
    // The round that stands, named or, as a desktop of before says it, not.
    let second = round(&world, Technical);
    world.send(HERE, answer(&[Technical], vec![second])).unwrap();
    assert_eq!(code(world.send(HERE, answer(&[Technical], vec![second]))), Some(RefusalCode::NotInReview));
    world.submit(V1, &[Technical]).unwrap();
    world.send(HERE, answer(&[Technical], Vec::new())).unwrap();
    assert_eq!(
        world.at(V1).technical.0.iter().map(|round| round.answers.len()).collect::<Vec<_>>(),
        [1, 1, 1]
    );
}

#[test]
fn a_rejection_is_left_by_a_new_round_only() {
    let mut world = World::ready();
    world.submit(V1, BOTH).unwrap();
    world.answer(V1, &[Technical], Rejected).unwrap();
    world.answer(V1, &[Marketplace], Approved).unwrap();
    assert_eq!(world.status(V1), Status::Rejected);
    world.submit(V1, &[Technical]).unwrap();
    assert_eq!(world.status(V1), Status::InReview);
    world.answer(V1, &[Technical], Approved).unwrap();
    assert_eq!(world.status(V1), Status::Approved);
}

#[test]
fn a_withdrawn_round_is_kept_and_brings_back_the_state_before() {
    let mut world = World::ready();
    assert_eq!(code(world.withdraw(V1, Technical)), Some(RefusalCode::NotInReview));
    world.submit(V1, &[Technical]).unwrap();
    world.withdraw(V1, Technical).unwrap();
    assert_eq!(code(world.withdraw(V1, Technical)), Some(RefusalCode::NotInReview), "once");
    assert_eq!(world.at(V1).technical.state(), TrackState::NotSubmitted);
    assert_eq!(world.status(V1), Status::Draft);
    world.submit(V1, &[Technical]).unwrap();
    world.answer(V1, &[Technical], Rejected).unwrap();
    world.submit(V1, &[Technical]).unwrap();
    world.withdraw(V1, Technical).unwrap();
    assert_eq!(world.at(V1).technical.state(), TrackState::Rejected);
    let numbers = world.at(V1).technical.0.iter().map(|round| round.n).collect::<Vec<_>>();
    assert_eq!(numbers, [1, 2, 3]);
}

#[test]
fn a_state_read_wrongly_traps_nobody() {
    let mut world = World::ready();
    assert_eq!(code(world.correct(V1, Technical, Approved)), Some(RefusalCode::NoAnswer));
    world.submit(V1, &[Technical]).unwrap();
    assert_eq!(code(world.correct(V1, Technical, Approved)), Some(RefusalCode::NoAnswer), "not answered yet");
    world.answer(V1, &[Technical], Rejected).unwrap();
    for reason in ["", "  "] {
        let (text, reason) = (String::new(), reason.to_owned());
        let body = Body::CorrectAnswer {
            version: V1,
            track: Technical,
            outcome: Approved,
            text,
            reason,
            files: Vec::new(),
            knew: None,
        };
        assert_eq!(world.refusal(HERE, body), RefusalCode::NoReason);
    }
    // A round that was begun because of the mistake, and withdrawn, does not stand in the way.
    world.submit(V1, &[Technical]).unwrap();
    assert_eq!(code(world.correct(V1, Technical, Approved)), Some(RefusalCode::NoAnswer), "in review again");
    world.withdraw(V1, Technical).unwrap();
    world.correct(V1, Technical, Approved).unwrap();
    let version = world.at(V1);
    assert_eq!(version.technical.state(), TrackState::Approved);
    let answers = &version.technical.0[0].answers;
    assert_eq!(
        answers.iter().map(|answer| answer.outcome).collect::<Vec<_>>(),
        [Rejected, Approved],
        "both kept"
    );
    assert_eq!(answers[1].correction.as_deref(), Some("Read wrongly."));
    assert!(version.technical.0[1].answers.is_empty());
    // And back again.
    world.correct(V1, Technical, Rejected).unwrap();
    assert_eq!(world.status(V1), Status::Rejected);
}

#[test]
fn a_correction_never_leaves_two_unpublished_versions() {
    let mut world = World::ready();
    world.publish(V1);
    world.create(V2, "2.0.0").unwrap();
    let refusal = world.correct(V1, Technical, Rejected).unwrap_err();
    assert_eq!((refusal.code, refusal.rule), (RefusalCode::PreviousNotPublished, Rule::Talkdesk));
    assert_eq!(
        refusal.places,
        [Place { version: Some(V2), ..Place::default() }],
        "it says which to put away"
    );
    world.correct(V1, Technical, Approved).unwrap();
    world.must(HERE, Body::VersionDiscard { version: V2 });
    world.correct(V1, Technical, Rejected).unwrap();
    assert_eq!(world.status(V1), Status::Rejected);
    let restore = Body::VersionRestore { version: V2 };
    assert_eq!(world.refusal(HERE, restore), RefusalCode::PreviousNotPublished);
    world.correct(V1, Technical, Approved).unwrap();
    assert_eq!(world.status(V1), Status::Published, "corrected back, it is live as it was");
}

/// An approval that comes in a new round says nothing of a go-live recorded before it.
#[test]
fn a_new_round_starts_go_live_afresh() {
    let mut world = World::ready();
    world.publish(V1);
    world.correct(V1, Technical, Rejected).unwrap();
    world.submit(V1, &[Technical]).unwrap();
    world.answer(V1, &[Technical], Approved).unwrap();
    assert_eq!(world.status(V1), Status::Approved);
    assert_eq!(world.at(V1).go_live, domain::project::GoLive::default());
}

#[test]
fn go_live_is_a_date_of_talkdesks_and_an_approval_of_ours() {
    let mut world = World::ready();
    let not_approved = Some((RefusalCode::NotApproved, Rule::Talkdesk));
    let refused = |world: &mut World, body: Body| {
        world.send(HERE, body).err().map(|refusal| (refusal.code, refusal.rule))
    };
    world.submit(V1, BOTH).unwrap();
    world.answer(V1, &[Technical], Approved).unwrap();
    for body in
        [date(V1, "2026-03-02"), Body::ApproveGoLive { version: V1 }, Body::ConfirmLive { version: V1 }]
    {
        assert_eq!(refused(&mut world, body), not_approved, "one track is not enough");
    }
    world.answer(V1, &[Marketplace], Approved).unwrap();
    let no_date = |rule| Some((RefusalCode::NoGoLiveDate, rule));
    assert_eq!(refused(&mut world, Body::ApproveGoLive { version: V1 }), no_date(Rule::Ours));
    world.must(HERE, date(V1, "2026-03-02"));
    assert_eq!(
        refused(&mut world, Body::ConfirmLive { version: V1 }),
        no_date(Rule::Talkdesk),
        "not approved"
    );
    world.must(HERE, Body::ApproveGoLive { version: V1 });
    world.must(HERE, date(V1, "2026-03-09"));
    assert_eq!(
        refused(&mut world, Body::ConfirmLive { version: V1 }),
        no_date(Rule::Talkdesk),
        "another date"
    );
    world.must(HERE, Body::ApproveGoLive { version: V1 });
    let listed = |listed| Body::SetListed { version: V1, listed };
    assert_eq!(refused(&mut world, listed(false)), Some((RefusalCode::NotPublished, Rule::Ours)));
    world.must(HERE, Body::ConfirmLive { version: V1 });
    let confirmed = world.at(V1).go_live.clone();
    world.must(HERE, Body::ConfirmLive { version: V1 });
    assert_eq!(world.at(V1).go_live, confirmed, "seen live once");
    world.must(HERE, date(V1, "2026-03-10"));
    assert!(world.at(V1).go_live.approved.is_some(), "a date mended later does not unpublish it");
    assert_eq!(world.status(V1), Status::Published);

    world.must(HERE, listed(false));
    assert_eq!(world.status(V1), Status::Delisted);
    world.must(HERE, listed(true));
    assert_eq!(world.status(V1), Status::Published);
}

#[test]
fn dates() {
    let cases: [(&str, Option<RefusalCode>); 25] = [
        ("2026-03-02", None),
        (" 2026-03-02 ", None),
        ("2024-02-29", None),
        ("2000-02-29", None),
        ("2026-12-31", None),
        ("2026-02-29", Some(RefusalCode::WrongKind)),
        ("1900-02-29", Some(RefusalCode::WrongKind)),
        ("2026-04-31", Some(RefusalCode::WrongKind)),
        ("2026-06-00", Some(RefusalCode::WrongKind)),
        ("2026-00-01", Some(RefusalCode::WrongKind)),
        ("2026-13-01", Some(RefusalCode::WrongKind)),
        ("2026-01-32", Some(RefusalCode::WrongKind)),
        ("2026-3-2", Some(RefusalCode::WrongKind)),
        ("2026-3-002", Some(RefusalCode::WrongKind)),
        ("26-03-0002", Some(RefusalCode::WrongKind)),
        ("+026-03-02", Some(RefusalCode::WrongKind)),
        ("2026-+3-02", Some(RefusalCode::WrongKind)),
        ("2026-1-1-x", Some(RefusalCode::WrongKind)),
        ("2026/03/02", Some(RefusalCode::WrongKind)),
        ("02.03.2026", Some(RefusalCode::WrongKind)),
        ("٢٠٢٦-٠٣-٠٢", Some(RefusalCode::WrongKind)),
        ("tomorrow", Some(RefusalCode::WrongKind)),
        ("", Some(RefusalCode::Empty)),
        ("2026-03-02T00:00", Some(RefusalCode::TooLong)),
        ("2026\n03-02", Some(RefusalCode::ControlCharacters)),
    ];
    let mut world = World::ready();
    world.approve(V1);
    for (text, expected) in cases {
        let result = world.send(HERE, date(V1, text));
        if let Err(refusal) = &result {
            assert_eq!(refusal.places, [Place::input("date")], "{text:?}");
        }
        assert_eq!(code(result), expected, "{text:?}");
    }
    assert_eq!(world.at(V1).go_live.proposed.as_ref().unwrap().date, "2026-12-31");
}

#[test]
fn what_is_published_later_supersedes() {
    let mut world = World::ready();
    world.publish(V1);
    world.create(V2, "2.0.0").unwrap();
    world.fill(V2, BOTH);
    // The draft is set aside for a hotfix from the published version, and taken up again when that is out.
    world.must(HERE, Body::VersionDiscard { version: V2 });
    world.create(V3, "1.0.1").unwrap();
    assert_eq!(world.at(V3).predecessor, Some(V1));
    world.publish(V3);
    assert_eq!(
        [V1, V2, V3].map(|version| world.status(version)),
        [Status::Superseded, Status::Discarded, Status::Published]
    );
    world.must(HERE, Body::VersionRestore { version: V2 });
    world.publish(V2);
    assert_eq!(
        [V1, V2, V3].map(|version| world.status(version)),
        [Status::Superseded, Status::Published, Status::Superseded]
    );
    assert_eq!(status::predecessor(world.here()).map(|version| version.id), Some(V2));
    // Listing is of the live version.
    let listed = Body::SetListed { version: V3, listed: false };
    assert_eq!(world.refusal(HERE, listed), RefusalCode::NotPublished);
}

#[test]
fn installable_for_whom() {
    let mut world = World::ready();
    for (id, name, owner) in
        [(1, " Sample-Apps ", AccountOwner::Own), (2, "talkdesk-qa", AccountOwner::Talkdesk)]
    {
        let id = domain::ids::AccountId::from_u128(id);
        let account = Account {
            id,
            name: name.to_owned(),
            region: String::new(),
            owner,
            used_for: String::new(),
            developer: false,
        };
        world.must(OFFICE, Body::AccountSet { account, knew: None });
    }
    let may = |world: &World, account: &str| status::installable(world.at(V1), world.office(), account);
    for (account, exempt) in [
        ("sample-apps", true),
        (" SAMPLE-APPS", true),
        ("talkdesk-qa", true),
        ("customer-a", false),
        ("", false),
    ] {
        assert_eq!(may(&world, account), exempt, "{account:?} before the approval");
    }
    world.submit(V1, &[Technical]).unwrap();
    assert!(!may(&world, "customer-a"));
    world.answer(V1, &[Technical], Approved).unwrap();
    assert!(may(&world, "customer-a"), "the marketplace does not matter");
    assert_eq!(world.status(V1), Status::Draft);
}
