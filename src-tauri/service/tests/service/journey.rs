//! The main job, as the commands that a desktop sends for it.

use domain::fields::{FieldKey, FieldValue, ScopeReason, TrackName, missing};
use domain::ids::{FindingId, LinkId, RoundId};
use domain::project::{FindingText, LinkSource, LinkUseKind, Verdict};
use domain::protocol::Outcome;
use domain::status::{TrackState, installable_by_all};
use domain::{Aggregate, Body, RefusalCode, checklist::ItemStatus, command::NewFinding};

use crate::world::{
    On, World, command, create_project, create_version, create_workspace, item, outcome_of, project, refusal,
    run, start_run, state_of, tick, version_id, workspace,
};

crate::both! {
    the_main_job_is_taken_command_by_command,
    a_submission_sees_the_runs_of_its_version,
}

fn set(field: FieldKey, value: FieldValue) -> Body {
    Body::SetField { version: version_id(1), field, value: Some(value), expects: None }
}

fn technical_fields() -> [Body; 4] {
    let text = |text: &str| FieldValue::Text(text.to_owned());
    [
        set(FieldKey::EventsCallbackUrl, text("https://app.example/events")),
        set(FieldKey::StandaloneUrl, text("https://app.example/")),
        set(FieldKey::RedirectUris, FieldValue::List(vec!["https://app.example/back".to_owned()])),
        set(
            FieldKey::Scopes,
            FieldValue::Scopes(vec![ScopeReason {
                scope: "contacts:read".to_owned(),
                reason: "Shows who calls.".to_owned(),
            }]),
        ),
    ]
}

fn submit(round: u128) -> Body {
    Body::MarkSubmitted {
        version: version_id(1),
        tracks: vec![TrackName::Technical],
        rounds: vec![RoundId::from_u128(round)],
        override_reason: None,
    }
}

fn answer(outcome: Verdict, findings: Vec<NewFinding>) -> Body {
    let text = "As received.".to_owned();
    Body::RecordAnswer {
        version: version_id(1),
        tracks: vec![TrackName::Technical],
        rounds: Vec::new(),
        outcome,
        text,
        findings,
        files: Vec::new(),
    }
}

/// From nothing to a link that was copied, with a rejection on the way; then everything is still there after the
/// service was closed and opened again.
async fn the_main_job_is_taken_command_by_command(on: On) {
    let world = World::new(on).await;
    let mut n = 0;
    let mut next = |aggregate, body| {
        n += 1;
        command(n, aggregate, body)
    };
    let mut head = world
        .take(&[
            next(workspace(), create_workspace()),
            next(project(1), create_project("Call Notes")),
            next(project(1), create_version(1, "1.0.0")),
            next(run(1), start_run(1, 1)),
            next(run(1), tick(item(0))),
        ])
        .await;
    assert_eq!(head, 5);

    let early = world.send(&[next(project(1), submit(1))]).await;
    let Outcome::Refused { refusal: early } = outcome_of(&early, 0) else { panic!("{early:?}") };
    assert_eq!(early.code, RefusalCode::NotReady);
    let named: Vec<_> = early.places.iter().filter_map(|place| place.field).collect();
    assert_eq!(
        named,
        [FieldKey::EventsCallbackUrl, FieldKey::StandaloneUrl, FieldKey::RedirectUris, FieldKey::Scopes]
    );

    let fields: Vec<_> = technical_fields().into_iter().map(|body| next(project(1), body)).collect();
    head += 4;
    assert_eq!(world.take(&fields).await, head);
    let finding = NewFinding {
        id: FindingId::from_u128(1),
        said: FindingText { text: "Say what the scope is for.".to_owned(), ..FindingText::default() },
        files: Vec::new(),
    };
    let commands = [
        next(project(1), submit(1)),
        next(project(1), answer(Verdict::Rejected, vec![finding])),
        next(project(1), submit(2)),
        next(project(1), answer(Verdict::Approved, Vec::new())),
        next(
            project(1),
            Body::LinkRecord {
                version: version_id(1),
                link: LinkId::from_u128(1),
                url: "https://install.example/abc".to_owned(),
                source: LinkSource::Pasted,
            },
        ),
        next(
            project(1),
            Body::LinkNoteUse {
                link: LinkId::from_u128(1),
                kind: LinkUseKind::Copied,
                customer: None,
                contacts: Vec::new(),
            },
        ),
    ];
    head += 6;
    assert_eq!(world.take(&commands).await, head);

    let locked = world.send(&[next(project(1), set(FieldKey::Sandbox, FieldValue::Flag(true)))]).await;
    assert_eq!(refusal(outcome_of(&locked, 0)), Some(RefusalCode::PartLocked));

    let before = world.changes().await;
    let world = world.reopened().await;
    assert_eq!(world.changes().await, before, "nothing is lost or changed by a restart");

    let states = world.states().await;
    assert_eq!(states.len(), 3);
    let Aggregate::Project(app) = state_of(&states, project(1)) else { panic!() };
    let version = app.version(version_id(1)).unwrap();
    assert_eq!(missing(&version.information, TrackName::Technical), []);
    assert_eq!(version.technical.state(), TrackState::Approved);
    assert_eq!(version.technical.0.len(), 2);
    assert!(installable_by_all(version));
    let link = app.link_of(version_id(1)).unwrap();
    assert_eq!((link.url.as_str(), link.uses.len()), ("https://install.example/abc", 1));
    let Aggregate::Run(checklist) = state_of(&states, run(1)) else { panic!() };
    assert_eq!(checklist.status(&item(0)), ItemStatus::Pass);
    // How the checklist stood was frozen with each round.
    assert_eq!(version.technical.0[0].runs, [checklist.summary()]);
}

/// A round keeps the summaries of its version's runs, in the order in which they were started, and of no other's.
async fn a_submission_sees_the_runs_of_its_version(on: On) {
    let world = World::new(on).await;
    let mut commands = crate::world::started();
    commands.extend([
        command(5, run(9), start_run(1, 1)),
        command(6, run(2), start_run(1, 1)),
        command(7, project(2), create_project("Shift Planner")),
        command(8, project(2), create_version(2, "1.0.0")),
        command(9, run(3), start_run(2, 2)),
        command(10, run(1), tick(item(0))),
    ]);
    commands.extend((11..).zip(technical_fields()).map(|(n, body)| command(n, project(1), body)));
    commands.push(command(20, project(1), submit(1)));
    world.take(&commands).await;

    let Aggregate::Project(app) = state_of(&world.states().await, project(1)) else { panic!() };
    let round = &app.version(version_id(1)).unwrap().technical.0[0];
    let runs: Vec<_> = round.runs.iter().map(|summary| domain::AggregateRef::Run(summary.run)).collect();
    assert_eq!(runs, [run(1), run(9), run(2)]);
    assert_eq!(round.runs[0].count(ItemStatus::Pass), 1);
}
