//! Projects, versions and links: what is unique, what is copied, what is a conflict, what is never overwritten.

use std::collections::BTreeMap;

use domain::carry::{self, CarriedState};
use domain::fields::{FieldKey, FieldValue};
use domain::ids::{CustomerId, LinkId, ProjectId, VersionId};
use domain::project::{LinkUseKind, ProjectDetails};
use domain::refusal::Rule;
use domain::status::{Status, suggested_number};
use domain::workspace::CustomerDetails;
use domain::{AggregateRef, Body, Place, RefusalCode};

use crate::world::{BOTH, HERE, ME, OFFICE, V1, V2, V3, World, good, text};

fn details(name: &str, slug: &str) -> ProjectDetails {
    ProjectDetails { name: name.to_owned(), slug: slug.to_owned(), owner: String::new() }
}

#[test]
fn names_and_slugs_are_unique_in_the_workspace() {
    let mut world = World::new();
    let at = |n| AggregateRef::Project(ProjectId::from_u128(n));
    let create = |name: &str, slug: &str| Body::ProjectCreate { details: details(name, slug) };
    world.must(at(51), create("Call Notes", "call-notes"));
    let cases = [
        ("Call Notes", "", Some((RefusalCode::NameTaken, "name"))),
        ("  call NOTES ", "", Some((RefusalCode::NameTaken, "name"))),
        ("Shift Planner", "call-notes", Some((RefusalCode::SlugTaken, "slug"))),
        ("Shift Planner", "Shift Planner", Some((RefusalCode::NotASlug, "slug"))),
        ("", "", Some((RefusalCode::Empty, "name"))),
        (" \t", "", Some((RefusalCode::Empty, "name"))),
        ("Two\nlines", "", Some((RefusalCode::ControlCharacters, "name"))),
        ("Shift Planner", "", None),
    ];
    for (name, slug, expected) in cases {
        let refusal = world.send(at(52), create(name, slug)).err();
        let expected = expected.map(|(code, input)| (code, vec![Place::input(input)]));
        assert_eq!(refusal.map(|refusal| (refusal.code, refusal.places)), expected, "{name:?} {slug:?}");
    }
    assert_eq!(world.refusal(at(52), create("Queue Lens", "")), RefusalCode::Exists);
    // No slug is no slug of another's, and one's own name is free.
    let edit = |details: ProjectDetails, expects| Body::ProjectEdit { details, expects };
    world.must(at(53), create("مخطط 🙂 <script>", ""));
    world.must(at(52), edit(details("Shift Planner", "shift"), details("Shift Planner", "")));
    let taken = edit(details("Call Notes", "shift"), details("Shift Planner", "shift"));
    assert_eq!(world.refusal(at(52), taken), RefusalCode::NameTaken);
}

#[test]
fn a_project_edited_since_is_a_conflict() {
    let edit = |to: &str, expects: &str| Body::ProjectEdit {
        details: details(to, ""),
        expects: details(expects, ""),
    };
    let mut world = World::with_version();
    world.must(HERE, edit("Queue Lens", "Call Notes"));
    let refusal = world.send(HERE, edit("Shift Planner", "Call Notes")).unwrap_err();
    assert!(refusal.is_conflict());
    world.must(HERE, edit("Queue Lens", "Call Notes"));
    world.must(HERE, edit("Shift Planner", "Queue Lens"));
}

#[test]
fn an_archived_project_rests_until_it_is_brought_back() {
    let mut world = World::ready();
    world.must(HERE, Body::ProjectSetArchived { archived: true });
    for body in crate::bodies::samples() {
        // Words can be taken away from what rests as well.
        if !matches!(
            body,
            Body::ProjectSetArchived { .. } | Body::CommentRedact { .. } | Body::WordsRedact { .. }
        ) {
            assert_eq!(world.refusal(HERE, body), RefusalCode::Archived);
        }
    }
    world.must(HERE, Body::ProjectSetArchived { archived: false });
    world.submit(V1, BOTH).unwrap();
}

#[test]
fn a_command_for_another_aggregate_changes_nothing() {
    let mut world = World::with_run();
    let kind = |json: &serde_json::Value| json["aggregate"]["kind"].as_str().unwrap().to_owned();
    for json in crate::bodies::golden() {
        let body = serde_json::from_value::<domain::Envelope>(json.clone()).unwrap().command().unwrap().body;
        for (at, name) in [(OFFICE, "workspace"), (HERE, "project"), (crate::world::LISTED, "run")] {
            // A tick of the process may be of the workspace, the project or a version; a comment and a link to
            // somewhere else stand beside things of all three; what needs somebody is put off wherever it is told.
            let anywhere = ["step.", "comment.", "external.", "alert.snooze"];
            let of = json["kind"].as_str().unwrap();
            if kind(&json) == name || anywhere.iter().any(|kind| of.starts_with(kind)) {
                continue;
            }
            assert_eq!(world.refusal(at, body.clone()), RefusalCode::Exists, "{body:?} at {name}");
        }
        let nowhere = AggregateRef::Project(ProjectId::from_u128(99));
        if !matches!(body, Body::ProjectCreate { .. }) {
            assert_eq!(world.refusal(nowhere, body), RefusalCode::NotFound, "nothing is there yet");
        }
    }
}

#[test]
fn a_first_version_starts_with_what_the_project_says() {
    let mut world = World::new();
    world.must(HERE, Body::ProjectCreate { details: details(" Call Notes ", "call-notes") });
    world.create(V1, " 1.0.0 ").unwrap();
    let version = world.at(V1);
    assert_eq!(version.number, "1.0.0");
    assert_eq!(version.information.text(FieldKey::DisplayName), "Call Notes");
    assert_eq!(version.information.text(FieldKey::Slug), "call-notes");
    assert_eq!((version.predecessor, world.status(V1)), (None, Status::Draft));
}

#[test]
fn a_next_version_starts_from_the_published_one() {
    let mut world = World::ready();
    let refusal = world.create(V2, "2.0.0").unwrap_err();
    assert_eq!((refusal.code, refusal.rule), (RefusalCode::PreviousNotPublished, Rule::Talkdesk));
    assert_eq!(refusal.places, [Place { version: Some(V1), ..Place::default() }]);
    world.must(
        HERE,
        Body::MarkCarried { version: V1, fields: vec![FieldKey::Slug], entered: BTreeMap::new() },
    );
    world.publish(V1);
    world.create(V2, "2.0.0").unwrap();
    let (old, new) = (world.at(V1), world.at(V2));
    assert_eq!(new.information, old.information);
    assert_eq!(new.carried, old.carried, "what stands on Partner Project stands there still");
    assert_eq!(new.predecessor, Some(V1));
    assert!(new.edits.is_empty() && new.technical.0.is_empty() && new.go_live.proposed.is_none());
    assert_eq!(world.create(V2, "3.0.0").unwrap_err().code, RefusalCode::Exists);
}

#[test]
fn a_number_is_unique_in_its_project_for_ever() {
    let mut world = World::ready();
    let edit = |version, number: &str| Body::VersionEdit {
        version,
        number: number.to_owned(),
        notes: String::new(),
    };
    world.must(HERE, Body::VersionDiscard { version: V1 });
    for (number, code) in [
        ("1.0.0", RefusalCode::NumberTaken),
        (" 1.0.0\n", RefusalCode::NumberTaken),
        ("", RefusalCode::Empty),
        ("1\u{0}", RefusalCode::ControlCharacters),
        (&"1".repeat(51), RefusalCode::TooLong),
    ] {
        let refusal = world.create(V2, number).unwrap_err();
        assert_eq!((refusal.code, refusal.places), (code, vec![Place::input("number")]), "{number:?}");
    }
    world.create(V2, "rc 2 – البناء 🙂").unwrap();
    assert_eq!(world.refusal(HERE, edit(V2, "1.0.0")), RefusalCode::NumberTaken);
    world.must(HERE, edit(V2, "rc 2 – البناء 🙂"));
    assert_eq!(world.refusal(HERE, edit(V1, "0.9")), RefusalCode::Discarded);
}

#[test]
fn only_a_draft_is_put_away_and_one_at_a_time_comes_back() {
    let mut world = World::ready();
    let (discard, restore) = (Body::VersionDiscard { version: V1 }, Body::VersionRestore { version: V1 });
    assert_eq!(world.refusal(HERE, restore.clone()), RefusalCode::Exists);
    world.submit(V1, BOTH).unwrap();
    assert_eq!(world.refusal(HERE, discard.clone()), RefusalCode::NotADraft);
    world.withdraw(V1, crate::world::Technical).unwrap();
    world.withdraw(V1, crate::world::Marketplace).unwrap();
    world.must(HERE, discard.clone());
    assert_eq!(world.refusal(HERE, discard.clone()), RefusalCode::NotADraft);
    world.create(V2, "2.0.0").unwrap();
    assert_eq!(world.refusal(HERE, restore.clone()), RefusalCode::PreviousNotPublished);
    world.must(HERE, Body::VersionDiscard { version: V2 });
    world.must(HERE, restore);
    assert_eq!([V1, V2].map(|version| world.status(version)), [Status::Draft, Status::Discarded]);
}

#[test]
fn the_next_number_is_a_suggestion_that_is_free() {
    let cases: [(&[&str], &str); 12] = [
        (&[], "1.0.0"),
        (&["1.0.0"], "1.1.0"),
        (&["1.2.3"], "1.3.0"),
        (&["1.3.0", "1.2.0"], "1.4.0"),
        (&["2.9"], "2.10"),
        (&["7"], "8"),
        (&["v1"], ""),
        (&["1.2.3.4"], ""),
        (&["1..0"], ""),
        (&["2026-03"], ""),
        // The largest number that there is has none after it.
        (&["18446744073709551615"], ""),
        (&["1.18446744073709551615.0"], ""),
    ];
    for (numbers, expected) in cases {
        let mut world = World::new();
        world.must(HERE, Body::ProjectCreate { details: details("Call Notes", "") });
        for (id, number) in (100..).zip(numbers) {
            let version = VersionId::from_u128(id);
            world.create(version, number).unwrap();
            world.must(HERE, Body::VersionDiscard { version });
        }
        assert_eq!(suggested_number(world.here()), expected, "{numbers:?}");
    }
}

#[test]
fn a_field_changed_since_it_was_read_is_a_conflict() {
    let set = |value: &str, expects: &str| Body::SetField {
        version: V1,
        field: FieldKey::Slug,
        value: Some(text(value)),
        expects: Some(text(expects)),
    };
    let mut world = World::ready();
    world.must(HERE, set("mine", "call-notes"));
    let refusal = world.send(HERE, set("yours", "call-notes")).unwrap_err();
    assert!(refusal.is_conflict());
    assert_eq!(refusal.places, [Place::field(FieldKey::Slug)]);
    world.must(HERE, set("mine", "call-notes"));
    let by = world.at(V1).edits[&FieldKey::Slug].command;
    assert_eq!(by, world.last(), "both wanted it: no conflict");
    let clear =
        Body::SetField { version: V1, field: FieldKey::Slug, value: None, expects: Some(text("mine")) };
    world.must(HERE, clear);
    assert_eq!(world.at(V1).information.get(FieldKey::Slug), None);
}

#[test]
fn what_was_carried_is_remembered_as_it_was() {
    let mut world = World::ready();
    world.must(
        HERE,
        Body::MarkCarried {
            version: V1,
            fields: vec![FieldKey::Slug, FieldKey::Scopes],
            entered: BTreeMap::new(),
        },
    );
    world.set(V1, FieldKey::Slug, Some(text("other"))).unwrap();
    let carried = &world.at(V1).carried;
    assert_eq!(carried[&FieldKey::Slug].value, Some(good(FieldKey::Slug)));
    assert_eq!(carried.keys().collect::<Vec<_>>(), [&FieldKey::Slug, &FieldKey::Scopes]);
}

#[test]
fn a_value_entered_before_the_field_changed_is_remembered_as_entered() {
    let mut world = World::ready();
    let entered = |field, value| Body::MarkCarried {
        version: V1,
        fields: vec![FieldKey::Slug],
        entered: [(field, value)].into(),
    };
    let old = good(FieldKey::Slug);
    world.set(V1, FieldKey::Slug, Some(text("newer"))).unwrap();
    world.must(HERE, entered(FieldKey::Slug, Some(old.clone())));
    assert_eq!(world.at(V1).carried[&FieldKey::Slug].value, Some(old));
    assert_eq!(carry::state(world.at(V1), FieldKey::Slug), CarriedState::Differs);
    let cases = [
        ("a field that is not named", entered(FieldKey::Icon, None), RefusalCode::Exists),
        (
            "a value of another kind",
            entered(FieldKey::Slug, Some(FieldValue::Flag(true))),
            RefusalCode::WrongKind,
        ),
    ];
    for (what, body, code) in cases {
        assert_eq!(world.send(HERE, body).unwrap_err().code, code, "{what}");
    }
}

#[test]
fn who_looks_after_a_version_looks_after_the_next() {
    let mut world = World::ready();
    world.must(HERE, Body::VersionAssign { version: V1, to: Some(ME) });
    world.publish(V1);
    world.create(V2, "2.0.0").unwrap();
    assert_eq!(world.at(V2).assignee, Some(ME));
    world.must(HERE, Body::VersionAssign { version: V2, to: None });
    assert_eq!((world.at(V1).assignee, world.at(V2).assignee), (Some(ME), None));
}

#[test]
fn a_field_stands_to_partner_project_as_its_value_does() {
    use CarriedState::{AsHere, Differs, Empty, Never};
    let mut world = World::ready();
    let mark = || Body::MarkCarried { version: V1, fields: vec![FieldKey::Slug], entered: BTreeMap::new() };
    let state = |world: &World| carry::state(world.at(V1), FieldKey::Slug);
    assert_eq!(state(&world), Never);
    world.must(HERE, mark());
    assert_eq!(state(&world), AsHere);
    assert!(!carry::open_fields(world.at(V1)).contains(&FieldKey::Slug));
    world.set(V1, FieldKey::Slug, None).unwrap();
    assert_eq!(state(&world), Differs, "it has to be emptied there");
    world.must(HERE, Body::UnmarkCarried { version: V1, fields: vec![FieldKey::Slug] });
    assert_eq!(state(&world), Empty);
}

#[test]
fn a_link_is_superseded_and_never_overwritten() {
    let mut world = World::ready();
    world.link(V1, 1, " https://partner.example/install/a?b=c ").unwrap();
    world.link(V1, 2, "https://partner.example/install/d").unwrap();
    assert_eq!(world.link(V1, 2, "https://partner.example/e").unwrap_err().code, RefusalCode::Exists);
    world.link(V1, 4, "https://partner.example/install/e").unwrap();
    let links = &world.here().links;
    assert_eq!(links[0].url, "https://partner.example/install/a?b=c", "opaque, as it came");
    let superseded = links.iter().map(|link| link.superseded_by).collect::<Vec<_>>();
    assert_eq!(
        superseded,
        [Some(LinkId::from_u128(2)), Some(LinkId::from_u128(4)), None],
        "each by its next"
    );
    assert_eq!(world.here().link_of(V1).map(|link| link.id), Some(LinkId::from_u128(4)));
    assert_eq!(world.here().link_of(V2), None);
    for url in [
        "http://partner.example/a",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "ftp://partner.example/",
        "https://me:secret@partner.example/",
        "https://partner.example/a b",
        "https:partner.example",
        "partner.example",
        "<script>alert(1)</script>",
        "\u{202e}https://partner.example/",
    ] {
        let refusal = world.link(V1, 3, url).unwrap_err();
        assert_eq!(
            (refusal.code, refusal.places),
            (RefusalCode::NotHttps, vec![Place::input("url")]),
            "{url}"
        );
    }
    let long = format!("https://partner.example/{}", "a".repeat(1_000_000));
    assert_eq!(world.link(V1, 3, &long).unwrap_err().code, RefusalCode::TooLong);
    assert_eq!(world.link(V1, 3, "").unwrap_err().code, RefusalCode::Empty);
    assert_eq!(world.link(V3, 3, "https://partner.example/").unwrap_err().code, RefusalCode::NotFound);
}

#[test]
fn copies_and_sends_are_noted() {
    let customer = CustomerId::from_u128(61);
    let used = |link, customer| Body::LinkNoteUse {
        link: LinkId::from_u128(link),
        kind: LinkUseKind::MailDraft,
        customer,
        contacts: Vec::new(),
    };
    let mut world = World::ready();
    world.link(V1, 1, "https://partner.example/a").unwrap();
    assert_eq!(world.refusal(HERE, used(2, None)), RefusalCode::NotFound);
    let refusal = world.send(HERE, used(1, Some(customer))).unwrap_err();
    assert_eq!((refusal.code, refusal.places), (RefusalCode::NotFound, vec![Place::input("customer")]));
    let details = CustomerDetails { name: "Sample Customer A".to_owned(), ..CustomerDetails::default() };
    world.must(OFFICE, Body::CustomerSet { customer, details, knew: None });
    world.must(HERE, used(1, Some(customer)));
    world.must(HERE, used(1, None));
    let customers = world.here().links[0].uses.iter().map(|used| used.customer).collect::<Vec<_>>();
    assert_eq!(customers, [Some(customer), None]);
    world.must(OFFICE, Body::CustomerRemove { customer });
    assert_eq!(world.refusal(HERE, used(1, Some(customer))), RefusalCode::NotFound);
}

#[test]
fn a_step_is_ticked_where_it_belongs() {
    let step = |step: &str, version, done| Body::StepSet { step: step.to_owned(), version, done };
    let mut world = World::with_version();
    for known in domain::process::STEPS {
        let places = [
            (domain::process::StepScope::Workspace, OFFICE, None),
            (domain::process::StepScope::Project, HERE, None),
            (domain::process::StepScope::Version, HERE, Some(V1)),
        ];
        for (scope, at, version) in places {
            let ticked = world.send(at, step(known.id, version, true)).is_ok();
            assert_eq!(ticked, known.scope == scope && known.tickable, "{} at {scope:?}", known.id);
        }
    }
    let (first, again) = (world.office().steps.clone(), step("partners.account", None, true));
    world.must(OFFICE, again);
    assert_eq!(world.office().steps, first, "who ticked it first did it");
    world.must(OFFICE, step("partners.account", None, false));
    assert!(!world.office().steps.contains_key("partners.account"));
    assert_eq!(world.refusal(OFFICE, step("partners.lunch", None, true)), RefusalCode::NotFound);
}
