//! What is stored and sent comes back whole: fields that a newer version wrote are kept at every place that has room
//! for them, through reading, writing and changing; a command of a newer version stays an envelope.

use std::collections::BTreeMap;

use domain::checklist::Outcome;
use domain::fields::FieldKey;
use domain::{Aggregate, AggregateRef, Body, Envelope};
use serde_json::{Value, json};

use crate::installation::INSTALLED;
use crate::world::{BOTH, HERE, LISTED, OFFICE, Rejected, V1, V2, World, text};

/// Some of everything.
pub fn rich() -> World {
    let mut world = World::with_run();
    for body in crate::bodies::samples() {
        if matches!(
            body,
            Body::AccountSet { .. }
                | Body::CustomerSet { .. }
                | Body::SetAddresses { .. }
                | Body::DocumentSet { .. }
                | Body::PageSet { .. }
                | Body::PageMarkRead { .. }
                | Body::MessageSet { .. }
                | Body::StepSet { .. }
        ) {
            world.must(OFFICE, body);
        }
    }
    world.must(
        HERE,
        Body::MarkCarried { version: V1, fields: vec![FieldKey::Slug], entered: BTreeMap::new() },
    );
    world.submit(V1, BOTH).unwrap();
    let finding = crate::findings::saying(1, domain::project::FindingText::default());
    world.must(
        HERE,
        Body::RecordAnswer {
            version: V1,
            tracks: BOTH.to_vec(),
            rounds: Vec::new(),
            outcome: Rejected,
            text: "As received.".to_owned(),
            findings: vec![finding],
            files: vec![crate::world::picture(1)],
        },
    );
    world.publish(V1);
    world.link(V1, 1, "https://partner.example/a").unwrap();
    world.link(V1, 2, "https://partner.example/b").unwrap();
    world.create(V2, "2.0.0").unwrap();
    world.tick("one", Outcome::Fail).unwrap();
    world.must(LISTED, Body::Fixed { item: "one".to_owned(), build: "101".to_owned() });
    world.must(LISTED, Body::Note { item: "two".to_owned(), text: "Slow.".to_owned(), knew: None });
    let undoes = world.last();
    world.must(LISTED, Body::Undo { item: "two".to_owned(), undoes });
    crate::comments::said(&mut world);
    crate::tickets::opened(&mut world);
    crate::cases::lived(&mut world);
    crate::installation::lived(&mut world);
    world
}

fn read(of: AggregateRef, state: &Value) -> Aggregate {
    Aggregate::read(of, &state.to_string()).unwrap()
}

/// Puts a field that nobody knows into every object that promises to keep it.
fn strange(state: &mut Value, pointers: &[&str]) {
    for pointer in pointers {
        let object = state.pointer_mut(pointer).unwrap_or_else(|| panic!("nothing at {pointer}"));
        object["of_tomorrow"] = json!({ "deep": [1, null, "🙂"], "at": pointer });
    }
}

const PLACES: [(AggregateRef, &[&str]); 4] = [
    (
        OFFICE,
        &[
            "",
            "/templates/0",
            "/templates/0/sections/0",
            "/templates/0/sections/0/items/1",
            "/customers/0",
            "/documents/0",
            "/own_pages/0",
            "/tickets/0",
            "/cases/0",
            "/messages/0",
            "/comments/0",
        ],
    ),
    (
        HERE,
        &[
            "",
            "/versions/0",
            "/versions/0/technical/0",
            "/versions/0/marketplace/1",
            "/versions/0/information",
            "/versions/0/technical/0/information",
            "/versions/1",
            "/findings/0",
            "/links/0",
            "/comments/0",
        ],
    ),
    (
        LISTED,
        &["", "/sections/0", "/sections/0/items/2", "/items/one", "/items/two/entries/0", "/comments/0"],
    ),
    (INSTALLED, &["", "/events/0"]),
];

#[test]
fn a_state_comes_back_whole() {
    let world = rich();
    for (of, state) in &world.states {
        assert_eq!(state.of(), *of);
        assert_eq!(Aggregate::read(*of, &state.write().unwrap()).unwrap(), *state);
        assert_eq!(read(*of, &state.to_value().unwrap()), *state);
    }
}

#[test]
fn unknown_fields_of_a_state_are_kept() {
    let world = rich();
    for (of, pointers) in PLACES {
        let mut state = world.states[&of].to_value().unwrap();
        strange(&mut state, pointers);
        let known = read(of, &state);
        assert_eq!(known.to_value().unwrap(), state);
        assert_eq!(Aggregate::read(of, &known.write().unwrap()).unwrap(), known);
    }
}

#[test]
fn unknown_fields_outlive_every_change() {
    let mut world = rich();
    for (of, pointers) in PLACES {
        let mut state = world.states[&of].to_value().unwrap();
        strange(&mut state, pointers);
        world.states.insert(of, read(of, &state));
    }
    world.must(OFFICE, Body::WorkspaceRename { name: "Sample Apps Ltd".to_owned() });
    world.must(HERE, Body::ProjectSetArchived { archived: true });
    world.must(HERE, Body::ProjectSetArchived { archived: false });
    world.must(HERE, Body::SetListed { version: V1, listed: false });
    world.set(V2, FieldKey::Slug, Some(text("other"))).unwrap();
    world.must(LISTED, Body::Sign {});
    world.must(INSTALLED, Body::InstallationMatch { customer: None, project: None });
    for (of, pointers) in PLACES {
        let state = world.states[&of].to_value().unwrap();
        for pointer in pointers {
            let object = state.pointer(pointer).unwrap();
            assert_eq!(object["of_tomorrow"]["at"], *pointer, "{of:?}{pointer}");
        }
    }
}

/// A field of the app information that a newer console knows goes the same way as the others.
#[test]
fn an_unknown_field_is_copied_and_frozen_with_the_rest() {
    let mut world = World::ready();
    let mut state = world.states[&HERE].to_value().unwrap();
    let strange = json!({ "type": "palette", "value": ["#fff"] });
    state["versions"][0]["information"]["brand_colours"] = strange.clone();
    world.states.insert(HERE, read(HERE, &state));
    world.publish(V1);
    world.create(V2, "2.0.0").unwrap();
    let state = world.states[&HERE].to_value().unwrap();
    for pointer in
        ["/versions/0/information", "/versions/0/technical/0/information", "/versions/1/information"]
    {
        assert_eq!(state.pointer(pointer).unwrap()["brand_colours"], strange, "{pointer}");
    }
    assert!(world.at(V1).information.differences(&world.at(V2).information).is_empty());
}

#[test]
fn an_envelope_keeps_what_it_does_not_know() {
    for mut json in crate::bodies::golden() {
        json["of_tomorrow"] = json!([{ "a": 1 }]);
        if let Some(args) = json["args"].as_object_mut() {
            args.insert("of_tomorrow".to_owned(), json!(true));
        }
        let envelope: Envelope = serde_json::from_value(json.clone()).unwrap();
        assert_eq!(serde_json::to_value(&envelope).unwrap(), json);
        assert!(envelope.command().is_ok(), "a new argument does not hide the command: {}", envelope.kind);
    }
}

#[test]
fn a_command_by_a_newer_version_stays_an_envelope() {
    let golden = crate::bodies::golden().remove(3);
    let cases = [
        ("a kind that is not known", json!("version.rebase"), json!(1), json!({ "onto": "1.2.0" })),
        ("no kind at all", json!(""), json!(1), json!({})),
        ("a newer form", golden["kind"].clone(), json!(2), golden["args"].clone()),
        ("version nought", golden["kind"].clone(), json!(0), golden["args"].clone()),
        ("arguments of another kind", golden["kind"].clone(), json!(1), json!({ "step": "x" })),
        ("no object", golden["kind"].clone(), json!(1), json!("text")),
        ("nothing", golden["kind"].clone(), json!(1), Value::Null),
    ];
    for (what, kind, v, args) in cases {
        let mut json = golden.clone();
        (json["kind"], json["v"], json["args"]) = (kind.clone(), v.clone(), args);
        let envelope: Envelope = serde_json::from_value(json.clone()).unwrap();
        let error = envelope.command().unwrap_err();
        assert_eq!((json!(error.kind), json!(error.v)), (kind, v), "{what}");
        assert_eq!(serde_json::to_value(&envelope).unwrap(), json, "{what}: kept as it came");
    }
}

/// Older envelopes lack what was added since.
#[test]
fn needs_may_be_absent() {
    let mut json = crate::bodies::golden().remove(1);
    json.as_object_mut().unwrap().remove("needs");
    let envelope: Envelope = serde_json::from_value(json).unwrap();
    assert!(envelope.needs.is_empty());
}
