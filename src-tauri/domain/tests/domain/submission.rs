//! Marking as submitted: what it asks for, what it freezes, the workspace's own gate, and the retests that follow.

use std::collections::BTreeSet;

use domain::checklist::{ItemStatus, Outcome};
use domain::fields::{FIELDS, FieldKey, TrackName};
use domain::ids::{FindingId, RoundId};
use domain::project::FindingText;
use domain::refusal::Rule;
use domain::status::{Status, TrackState};
use domain::{Body, Effects, Place, RefusalCode};

use crate::world::{
    Approved, BOTH, HERE, LISTED, Marketplace, Rejected, Technical, V1, V2, World, good, text,
};

fn required(tracks: &[TrackName]) -> Vec<FieldKey> {
    FIELDS
        .iter()
        .filter(|field| field.required && tracks.contains(&field.part.track()))
        .map(|field| field.key)
        .collect()
}

#[test]
fn a_refusal_lists_every_missing_field_and_where_it_is() {
    let cases: [(&[TrackName], &str); 3] =
        [(&[Technical], "technical"), (&[Marketplace], "marketplace"), (BOTH, "technical marketplace")];
    for (tracks, named) in cases {
        let mut world = World::with_version();
        // Two that are wrong beside those that are empty; the first version's name is seeded.
        world.set(V1, FieldKey::PrivacyPolicy, Some(text("http://apps.example"))).unwrap();
        world.set(V1, FieldKey::EventsCallbackUrl, Some(text("javascript:alert(1)"))).unwrap();
        let refusal = world.submit(V1, tracks).unwrap_err();
        assert_eq!((refusal.code, refusal.rule), (RefusalCode::NotReady, Rule::Talkdesk));
        let mut expected: BTreeSet<FieldKey> = required(tracks).into_iter().collect();
        expected.remove(&FieldKey::DisplayName);
        let places: BTreeSet<FieldKey> = refusal.places.iter().filter_map(|place| place.field).collect();
        assert_eq!(places, expected);
        assert!(refusal.places.iter().all(|place| place.version == Some(V1)), "each with its version");
        assert_eq!(refusal.params["count"], refusal.places.len().to_string());
        assert_eq!(refusal.params["track"], named);
    }
}

#[test]
fn one_missing_field_is_enough_and_only_of_the_track() {
    for key in required(BOTH) {
        for track in TrackName::ALL {
            let mut world = World::ready();
            world.set(V1, key, None).unwrap();
            let concerned = domain::fields::spec(key).part.track() == track;
            let refusal = world.submit(V1, &[track]).err();
            let expected = concerned.then(|| vec![Place { version: Some(V1), ..Place::field(key) }]);
            assert_eq!(refusal.map(|refusal| refusal.places), expected, "{} for {track:?}", key.name());
        }
    }
    let mut world = World::ready();
    for field in FIELDS.iter().filter(|field| !field.required) {
        world.set(V1, field.key, None).unwrap();
    }
    world.submit(V1, BOTH).unwrap();
}

#[test]
fn a_round_is_a_frozen_copy() {
    let mut world = World::with_run();
    world.tick("one", Outcome::Pass).unwrap();
    let finding = crate::findings::internal(1);
    world.must(HERE, finding);
    world.submit(V1, BOTH).unwrap();
    let frozen = world.at(V1).information.clone();
    world.answer(V1, BOTH, Rejected).unwrap();
    world.set(V1, FieldKey::Slug, Some(text("another"))).unwrap();
    world.set(V1, FieldKey::StandaloneUrl, Some(text("https://apps.example/other"))).unwrap();
    world.tick("two", Outcome::Pass).unwrap();
    world.submit(V1, BOTH).unwrap();
    for track in TrackName::ALL {
        let rounds = &world.at(V1).track(track).0;
        assert_eq!(rounds.iter().map(|round| round.n).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(rounds[0].information, frozen);
        assert_ne!(rounds[1].information, frozen);
        assert_eq!(rounds[0].runs[0].done(), 1);
        assert_eq!(rounds[1].runs[0].done(), 2);
        assert_eq!(rounds[0].open_findings, [FindingId::from_u128(1)]);
        let changed = rounds[1].information.differences(&rounds[0].information);
        assert_eq!(changed, [FieldKey::Slug, FieldKey::StandaloneUrl]);
    }
}

#[test]
fn tracks_go_alone_or_together_and_only_when_they_may() {
    let refused = |world: &mut World, tracks: &[TrackName]| {
        world.submit(V1, tracks).err().map(|refusal| (refusal.code, refusal.rule))
    };
    let mut world = World::ready();
    let empty = Some((RefusalCode::Empty, Rule::Ours));
    assert_eq!(refused(&mut world, &[]), empty);
    assert_eq!(refused(&mut world, &[Technical, Technical]), empty);
    assert_eq!(refused(&mut world, &[Technical, Marketplace, Technical]), empty);
    assert_eq!(refused(&mut world, &[Technical]), None);
    assert_eq!(refused(&mut world, BOTH), Some((RefusalCode::InReview, Rule::Ours)), "all or none");
    assert_eq!(world.at(V1).marketplace.state(), TrackState::NotSubmitted);
    assert_eq!(refused(&mut world, &[Marketplace]), None);
    world.answer(V1, &[Technical], Approved).unwrap();
    assert_eq!(refused(&mut world, &[Technical]), Some((RefusalCode::Approved, Rule::Ours)));
    let mut world = World::ready();
    world.must(HERE, Body::VersionDiscard { version: V1 });
    assert_eq!(refused(&mut world, BOTH), Some((RefusalCode::Discarded, Rule::Ours)));
    assert_eq!(world.submit(V2, BOTH).unwrap_err().code, RefusalCode::NotFound);
}

#[test]
fn a_rounds_id_is_used_once() {
    let submit = |tracks: &[TrackName], rounds: &[u128]| Body::MarkSubmitted {
        version: V1,
        tracks: tracks.to_vec(),
        rounds: rounds.iter().map(|&id| RoundId::from_u128(id)).collect(),
        override_reason: None,
    };
    let mut world = World::ready();
    assert_eq!(world.refusal(HERE, submit(BOTH, &[1])), RefusalCode::Empty);
    assert_eq!(world.refusal(HERE, submit(&[Technical], &[1, 2])), RefusalCode::Empty);
    assert_eq!(world.refusal(HERE, submit(BOTH, &[1, 1])), RefusalCode::Exists);
    world.must(HERE, submit(&[Technical], &[1]));
    assert_eq!(world.refusal(HERE, submit(&[Marketplace], &[1])), RefusalCode::Exists);
    world.must(HERE, submit(&[Marketplace], &[2]));
}

#[test]
fn own_checks_warn_and_bar_only_where_the_workspace_made_them_a_gate() {
    let finding = || crate::findings::internal(1);
    let done = |world: &mut World| {
        world.tick("one", Outcome::Pass).unwrap();
        world.tick("two", Outcome::NotApplicable).unwrap();
    };
    // Gate, checks done, finding open, reason; how it is refused.
    let cases: [(bool, bool, bool, Option<&str>, Option<RefusalCode>); 9] = [
        (false, false, true, None, None),
        (false, false, true, Some("On purpose."), None),
        (true, true, false, None, None),
        (true, false, false, None, Some(RefusalCode::Gate)),
        (true, true, true, None, Some(RefusalCode::Gate)),
        (true, false, true, Some(""), Some(RefusalCode::NoReason)),
        (true, false, true, Some(" \n"), Some(RefusalCode::NoReason)),
        (true, false, true, Some("It waits for a device."), None),
        (true, true, false, Some("Nothing to pass over."), None),
    ];
    for (gate, checked, found, reason, expected) in cases {
        let mut world = World::with_run();
        if gate {
            world.gate();
        }
        if checked {
            done(&mut world);
        }
        if found {
            world.must(HERE, finding());
        }
        let shown = format!("{gate} {checked} {found} {reason:?}");
        let result = world.submit_because(V1, BOTH, reason);
        assert_eq!(result.as_ref().err().map(|refusal| refusal.code), expected, "{shown}");
        match result {
            Ok(_) => {
                let kept = world.at(V1).technical.0[0].override_reason.as_deref();
                assert_eq!(kept, reason, "{shown}");
            }
            Err(refusal) if refusal.code == RefusalCode::Gate => {
                assert_eq!(refusal.rule, Rule::Ours);
                assert_eq!(refusal.params["checklists"], u8::from(!checked).to_string());
                assert_eq!(refusal.params["findings"], u8::from(found).to_string());
                assert_eq!(refusal.places[0], Place::input("override_reason"));
                let runs = refusal.places.iter().filter(|place| place.run.is_some());
                assert_eq!(runs.count(), usize::from(!checked), "{shown}");
            }
            Err(_) => {}
        }
    }
}

#[test]
fn a_settled_finding_is_no_gate() {
    for status in [domain::project::FindingStatus::Fixed, domain::project::FindingStatus::Accepted] {
        let mut world = World::ready();
        world.gate();
        world.must(HERE, crate::findings::internal(1));
        assert_eq!(world.submit(V1, BOTH).unwrap_err().code, RefusalCode::Gate);
        world.must(HERE, Body::FindingSetStatus { finding: FindingId::from_u128(1), status });
        world.submit(V1, BOTH).unwrap();
    }
}

/// The items that a submission asks to be tested again, after which it is told to the run, as the desktop does.
fn retests(world: &mut World, effects: Effects) -> Vec<String> {
    let mut items = Vec::new();
    for (of, body) in effects.follow_ups {
        assert_eq!(of, LISTED);
        let Body::Retest { items: asked, .. } = &body else { panic!("{body:?}") };
        items.extend(asked.clone());
        world.must(of, body);
    }
    items
}

#[test]
fn a_new_round_asks_for_what_changed_to_be_tested_again() {
    let all_passed = |world: &mut World| {
        for item in ["one", "two", "three"] {
            world.tick(item, Outcome::Pass).unwrap();
        }
    };
    let mut world = World::with_run();
    all_passed(&mut world);
    let effects = world.submit(V1, BOTH).unwrap();
    assert_eq!(effects, Effects::default(), "the first round follows none");
    world.answer(V1, BOTH, Rejected).unwrap();
    // `one` is touched by the slug, `two` by the callback.
    world.set(V1, FieldKey::Slug, Some(text("other"))).unwrap();
    let effects = world.submit(V1, &[Marketplace]).unwrap();
    assert_eq!(retests(&mut world, effects), ["one"]);
    assert_eq!((world.item("one"), world.item("two")), (ItemStatus::Retest, ItemStatus::Pass));

    // What was asked for once, or was never tested, is not asked for again.
    let effects = world.submit(V1, &[Technical]).unwrap();
    assert_eq!(retests(&mut world, effects), [""; 0]);
}

/// A change between two rounds is found even where the round in between was of the other track.
#[test]
fn no_change_slips_through_between_the_tracks() {
    let mut world = World::with_run();
    for item in ["one", "two", "three"] {
        world.tick(item, Outcome::Pass).unwrap();
    }
    world.submit(V1, &[Technical]).unwrap();
    world.answer(V1, &[Technical], Rejected).unwrap();
    world.set(V1, FieldKey::EventsCallbackUrl, Some(text("https://apps.example/events"))).unwrap();
    let mut asked = Vec::new();
    let effects = world.submit(V1, &[Marketplace]).unwrap();
    asked.extend(retests(&mut world, effects));
    world.answer(V1, &[Marketplace], Rejected).unwrap();
    let effects = world.submit(V1, BOTH).unwrap();
    asked.extend(retests(&mut world, effects));
    assert_eq!(asked, ["two"], "once");
}

#[test]
fn a_finding_asks_for_its_item_and_its_field_in_the_next_round_only() {
    let mut world = World::with_run();
    for item in ["one", "two", "three"] {
        world.tick(item, Outcome::Pass).unwrap();
    }
    world.submit(V1, &[Technical]).unwrap();
    let of_item = FindingText { item: Some("three".to_owned()), ..FindingText::default() };
    let of_field = FindingText { field: Some(FieldKey::EventsCallbackUrl), ..FindingText::default() };
    let findings = vec![crate::findings::saying(1, of_item), crate::findings::saying(2, of_field)];
    world.must(
        HERE,
        Body::RecordAnswer {
            version: V1,
            tracks: vec![Technical],
            rounds: Vec::new(),
            outcome: Rejected,
            text: String::new(),
            findings,
            files: Vec::new(),
        },
    );
    let effects = world.submit(V1, &[Technical]).unwrap();
    assert_eq!(retests(&mut world, effects), ["two", "three"]);
    for item in ["two", "three"] {
        world.tick(item, Outcome::Pass).unwrap();
    }
    world.answer(V1, &[Technical], Rejected).unwrap();
    let effects = world.submit(V1, &[Technical]).unwrap();
    assert_eq!(retests(&mut world, effects), [""; 0], "an old finding was tested since");
}

#[test]
fn a_signed_run_is_not_asked_for_anything() {
    let mut world = World::with_run();
    world.tick("one", Outcome::Pass).unwrap();
    world.must(LISTED, Body::Sign {});
    world.submit(V1, BOTH).unwrap();
    world.answer(V1, BOTH, Rejected).unwrap();
    world.set(V1, FieldKey::Slug, Some(text("other"))).unwrap();
    assert_eq!(world.submit(V1, BOTH).unwrap(), Effects::default());
}

#[test]
fn what_was_unlocked_was_unlocked_for_one_round() {
    let mut world = World::ready();
    world.submit(V1, BOTH).unwrap();
    world.answer(V1, &[Technical], Rejected).unwrap();
    let part = domain::fields::Part::General;
    for (reason, code) in [("", RefusalCode::NoReason), ("\t", RefusalCode::NoReason)] {
        let body = Body::Unlock { version: V1, part, reason: reason.to_owned() };
        assert_eq!(world.refusal(HERE, body), code);
    }
    world.must(HERE, Body::Unlock { version: V1, part, reason: "Talkdesk asked.".to_owned() });
    world.set(V1, FieldKey::Slug, Some(text("other"))).unwrap();
    let refusal = world.set(V1, FieldKey::AppSource, Some(good(FieldKey::AppSource))).unwrap_err();
    assert_eq!((refusal.code, refusal.rule), (RefusalCode::PartLocked, Rule::Ours));
    assert_eq!(refusal.places, [Place::field(FieldKey::AppSource)]);
    world.answer(V1, &[Marketplace], Rejected).unwrap();
    world.submit(V1, &[Marketplace]).unwrap();
    assert!(world.at(V1).unlocked.is_empty());
    assert_eq!(world.status(V1), Status::Rejected);
    assert_eq!(world.set(V1, FieldKey::Slug, None).unwrap_err().code, RefusalCode::PartLocked);
}
