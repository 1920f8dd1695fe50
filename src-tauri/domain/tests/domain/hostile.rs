//! Bad input: whatever JSON decodes to a command, the reducer answers; it keeps its bounds, and nothing that could be
//! executed gets where a link is expected.

use domain::checklist::Outcome;
use domain::fields::FieldKey;
use domain::ids::{FindingId, LinkId};
use domain::project::ProjectDetails;
use domain::{AggregateRef, Body, Envelope};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::bodies::golden;
use crate::installation::INSTALLED;
use crate::laws;
use crate::round_trips::rich;
use crate::world::{
    BOTH, HERE, LIST, LISTED, ME, OFFICE, PROJECT, Rejected, Technical, V1, V2, World, good, list,
};

fn hostile() -> Vec<String> {
    let mut texts: Vec<String> = [
        "",
        " ",
        "\u{0}",
        "a\u{0}b",
        "\r\n",
        "\u{1b}[31m",
        "\u{202e}txt.exe",
        "مرحبا بالعالم",
        "🙂👩‍👩‍👧‍👦",
        "e\u{301}\u{fe0f}\u{200b}",
        "\u{feff}",
        "<script>alert(1)</script>",
        "'; DROP TABLE project; --",
        "=HYPERLINK(\"https://evil.example\")",
        "javascript:alert(1)",
        "JAVASCRIPT:alert(1)//https://",
        "file:///etc/passwd",
        "https://me:secret@apps.example/",
        "https://apps.example/\u{0}",
        "../../../../etc/passwd",
        "{{7*7}}",
        "%s%n",
        "-1",
        "18446744073709551616",
    ]
    .map(str::to_owned)
    .to_vec();
    texts.push("a".repeat(1_000_000));
    texts.push("🙂\n".repeat(200_000));
    texts
}

/// The released commands, aimed at what is there in these worlds.
fn aimed() -> Vec<Value> {
    let ids = [
        // Project, version, list, member, finding, link, in the golden file and here.
        ("01890000-0000-7000-8000-000000000002", PROJECT.to_string()),
        ("01890000-0000-7000-8000-000000000003", V1.to_string()),
        ("01890000-0000-7000-8000-000000000005", LIST.to_string()),
        ("01890000-0000-7000-8000-000000000006", ME.to_string()),
        ("01890000-0000-7000-8000-000000000009", FindingId::from_u128(1).to_string()),
        ("01890000-0000-7000-8000-00000000000b", LinkId::from_u128(1).to_string()),
        // What a draft is put on top of.
        ("01890000-0000-7000-8000-0000000000cc", V2.to_string()),
    ];
    let asked = |world: &World| {
        let project = world.states.get(&HERE).and_then(|state| match state {
            domain::Aggregate::Project(project) => project.version(V1),
            _ => None,
        });
        let round = project?.technical.0.last()?;
        round.answers.is_empty().then_some(round.id)
    };
    let in_review: Vec<_> = worlds().iter().filter_map(asked).take(1).collect();
    let aim = |json: Value| {
        let text = ids.iter().fold(json.to_string(), |text, (from, to)| text.replace(from, to));
        let mut json: Value = serde_json::from_str(&text).unwrap();
        match json["kind"].as_str().unwrap() {
            "version.set_field" => {
                let field: FieldKey = serde_json::from_value(json["args"]["field"].clone()).unwrap();
                json["args"]["expects"] = json!(good(field));
            }
            "project.edit" => {
                json["args"]["expects"] = json!({ "name": "Call Notes", "slug": "", "owner": "" });
            }
            "review.record_answer" if json["args"]["rounds"].is_array() => {
                json["args"]["rounds"] = json!(in_review);
            }
            _ => {}
        }
        json
    };
    golden().into_iter().map(aim).collect()
}

/// A project's way, from nothing at all.
fn worlds() -> Vec<World> {
    let nothing = World::default();
    let mut no_version = World::new();
    let details = ProjectDetails { name: "Call Notes".to_owned(), ..ProjectDetails::default() };
    no_version.must(HERE, Body::ProjectCreate { details });
    let mut no_run = World::ready();
    no_run.must(OFFICE, Body::TemplateAdd { template: Box::new(list(2)) });
    let mut put_away = World::ready();
    put_away.must(HERE, Body::VersionDiscard { version: V1 });
    let mut draft = World::with_run();
    draft.link(V1, 1, "https://partner.example/a").unwrap();
    draft.must(HERE, crate::findings::internal(1));
    draft.tick("one", Outcome::Fail).unwrap();
    let mut in_review = World::with_run();
    in_review.submit(V1, BOTH).unwrap();
    let mut rejected = draft.clone();
    rejected.submit(V1, BOTH).unwrap();
    rejected.answer(V1, &[Technical], Rejected).unwrap();
    rejected.must(OFFICE, Body::TemplateAdd { template: Box::new(list(3)) });
    // The file that a released command takes away.
    let taken_away = golden().into_iter().find(|json| json["kind"] == "finding.attach").unwrap();
    let file = serde_json::from_value(taken_away["args"]["file"].clone()).unwrap();
    rejected.must(HERE, Body::FindingAttach { finding: FindingId::from_u128(1), file });
    let mut approved = World::with_run();
    approved.approve(V1);
    approved.must(HERE, Body::RecordGoLive { version: V1, date: "2026-03-02".to_owned() });
    let mut aside = World::ready();
    aside.set_aside();
    vec![aside, nothing, no_version, no_run, put_away, draft, in_review, rejected, approved, rich()]
}

/// Every place in the JSON at which a text stands.
fn texts(value: &Value, at: String, found: &mut Vec<String>) {
    match value {
        Value::String(_) => found.push(at),
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(n, value)| texts(value, format!("{at}/{n}"), found));
        }
        Value::Object(map) => map.iter().for_each(|(key, value)| texts(value, format!("{at}/{key}"), found)),
        _ => {}
    }
}

fn target(json: &Value) -> AggregateRef {
    match json["aggregate"]["kind"].as_str().unwrap() {
        "workspace" => OFFICE,
        "project" => HERE,
        "installation" => INSTALLED,
        _ => LISTED,
    }
}

fn length(world: &World, of: AggregateRef) -> usize {
    world.states.get(&of).map_or(0, |state| state.write().unwrap().len())
}

/// Sends it to a copy of the world; what is taken has kept the laws and the bounds. How it ended.
fn send(world: &World, of: AggregateRef, body: &Body) -> Result<(), domain::RefusalCode> {
    let mut world = world.clone();
    let (before, long) = (world.states.get(&of).cloned(), length(&world, of));
    let shown = || format!("{body:?}").chars().take(300).collect::<String>();
    world.send(of, body.clone()).map_err(|refusal| {
        let told = serde_json::to_string(&refusal).unwrap();
        assert!(told.len() < 10_000, "a refusal does not send everything back: {}", shown());
        refusal.code
    })?;
    laws::allow(before.as_ref(), &world.states[&of], body);
    laws::hold(&world);
    let grown = length(&world, of).saturating_sub(long);
    // Twenty thousand characters are the most that a text may have, six bytes the most that one takes in JSON.
    assert!(grown < 400_000, "{grown} bytes more by {}", shown());
    let state = &world.states[&of];
    assert_eq!(domain::Aggregate::read(of, &state.write().unwrap()).unwrap(), *state);
    Ok(())
}

#[test]
fn no_text_at_any_place_breaks_anything() {
    let (worlds, hostile) = (worlds(), hostile());
    let (mut taken, mut refused, mut unread) = (0, 0, 0);
    for json in aimed() {
        // Where the command itself would be taken, its words are what it stands or falls by.
        let body = serde_json::from_value::<Envelope>(json.clone()).unwrap().command().unwrap().body;
        // Three of them say as much as all.
        let open = worlds.iter().filter(|world| send(world, target(&json), &body).is_ok()).take(3);
        let open: Vec<&World> = open.collect();
        let mut places = Vec::new();
        texts(&json["args"], "/args".to_owned(), &mut places);
        for place in places {
            for text in &hostile {
                let mut json = json.clone();
                *json.pointer_mut(&place).unwrap() = json!(text);
                let Ok(command) = serde_json::from_value::<Envelope>(json.clone()).unwrap().command() else {
                    unread += 1;
                    continue;
                };
                for world in &open {
                    match send(world, target(&json), &command.body) {
                        Ok(()) => taken += 1,
                        Err(_) => refused += 1,
                    }
                }
            }
        }
    }
    assert!(
        taken > 1_000 && refused > 1_000 && unread > 1_000,
        "{taken} taken, {refused} refused, {unread} unread"
    );
}

/// The released commands themselves, at every world: most are taken somewhere, so that the test above means something.
#[test]
fn the_released_commands_are_taken_somewhere() {
    let worlds = worlds();
    let mut nowhere = Vec::new();
    for json in aimed() {
        let body = serde_json::from_value::<Envelope>(json.clone()).unwrap().command().unwrap().body;
        if !worlds.iter().any(|world| send(world, target(&json), &body).is_ok()) {
            nowhere.push(json["kind"].as_str().unwrap().to_owned());
        }
    }
    // These name a command of their own run; what is taken back of a ticket, and what is redacted of a run, one of their own.
    assert_eq!(nowhere, ["member.leave", "run.undo", "ticket.take_back", "words.redact", "run.detach"]);
}

fn any_json() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        prop::sample::select(hostile().into_iter().filter(|text| text.len() < 1_000).collect::<Vec<_>>()),
        prop::sample::select(vec![
            V1.to_string(),
            "one".to_owned(),
            "technical".to_owned(),
            "approved".to_owned()
        ]),
        any::<String>(),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text.prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec(("[a-z_]{1,8}", inner), 0..4)
                .prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

proptest! {
    /// A released command with some of its arguments replaced by anything at all.
    #[test]
    fn whatever_decodes_is_answered(
        which in 0..crate::bodies::VARIANTS.len(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any_json()), 0..3),
        at in 0..3_usize,
    ) {
        let mut json = aimed().remove(which);
        for (index, value) in changes {
            if let Some(args) = json["args"].as_object_mut().filter(|args| !args.is_empty()) {
                let key = args.keys().nth(index.index(args.len())).unwrap().clone();
                args.insert(key, value);
            }
        }
        let envelope: Envelope = serde_json::from_value(json.clone()).unwrap();
        prop_assert_eq!(serde_json::to_value(&envelope).unwrap(), json.clone());
        if let Ok(command) = envelope.command() {
            let world = if at == 0 { World::with_run() } else { rich() };
            let _ = send(&world, target(&json), &command.body);
            // And where it does not belong.
            let _ = send(&world, [OFFICE, HERE, LISTED][at], &command.body);
        }
    }
}
