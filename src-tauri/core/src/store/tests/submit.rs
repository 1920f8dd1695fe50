//! The local write path: all of it or nothing, edits merged, needs worked out.

use std::collections::BTreeMap;

use domain::checklist::{ItemStatus, Outcome};
use domain::fields::{FieldKey, FieldValue, ScopeReason, TrackName};
use domain::ids::{CommandId, RoundId};
use domain::project::{FindingText, Verdict};
use domain::refusal::RefusalCode;
use domain::{Body, Command};

use super::super::derive::{Words, show};
use super::super::outbox::{OutboxRow, OutboxState};
use super::*;
use crate::testing::{command, set_field, tick};

async fn outbox(desk: &Desk) -> Vec<OutboxRow> {
    desk.store.read(|view| view.outbox()).await.unwrap()
}

#[tokio::test]
async fn a_refused_command_leaves_no_trace() {
    let (_dir, desk) = open();
    desk.workspace().await;
    desk.project("Call Notes").await;
    let before = outbox(&desk).await;
    let id = ProjectId(testing::fresh());
    for (name, code) in [
        ("call NOTES", RefusalCode::NameTaken),
        ("", RefusalCode::Empty),
        ("a\u{0}b", RefusalCode::ControlCharacters),
        (&"x".repeat(1_000_000), RefusalCode::TooLong),
    ] {
        match desk.submit(command(AggregateRef::Project(id), create(name))).await {
            Err(SubmitError::Refused(refusal)) => assert_eq!(refusal.code, code),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(outbox(&desk).await, before);
    assert!(desk.store.read(move |view| view.project(id)).await.unwrap().is_none());
    assert!(desk.store.read(move |view| view.project_row(id)).await.unwrap().is_none());
}

#[tokio::test]
async fn one_id_is_one_command() {
    let (_dir, desk, at) = furnished().await;
    let mine = command(AggregateRef::Project(at.project), set_field(at.version, FieldKey::Notes, "a", None));
    desk.submit(mine.clone()).await.unwrap();
    let before = outbox(&desk).await;
    assert_eq!(desk.submit(mine.clone()).await.unwrap().id, mine.id, "handed in twice, done once");
    let other = Command { body: set_field(at.version, FieldKey::Notes, "b", None), ..mine.clone() };
    let mut somebody = desk.clone();
    somebody.actor = testing::person(2);
    for refused in [desk.submit(other).await, somebody.submit(mine).await] {
        assert!(
            matches!(refused, Err(SubmitError::Refused(refusal)) if refusal.code == RefusalCode::IdReused)
        );
    }
    assert_eq!(outbox(&desk).await, before);
}

#[tokio::test]
async fn a_command_changes_state_lists_search_and_outbox_together() {
    let (dir, desk, at) = furnished().await;
    let items = testing::items();
    let ticked = desk.tick(at.run, &items[0], Outcome::Pass, vec![]).await;
    desk.store.close();
    let store = Store::open(dir.path()).unwrap();
    let (run, rows, found, open) = store
        .read(move |view| {
            let found = view.search("call", 10)?;
            Ok::<_, StoreError>((view.run(at.run)?.unwrap(), view.run_rows()?, found, view.outbox()?))
        })
        .await
        .unwrap();
    assert_eq!(run.status(&items[0]), ItemStatus::Pass);
    assert_eq!(run.items[&items[0]].entries[0].mark.command, ticked);
    let [row] = &rows[..] else { panic!() };
    assert_eq!((row.project_name.as_str(), row.number.as_str()), ("Call Notes", "1.0.0"));
    assert_eq!((row.summary.count(ItemStatus::Pass), row.signed), (1, false));
    assert_eq!(row.tested, run.tested);
    assert_eq!(found[0].target, Target::Project { project: at.project });
    assert_eq!(open.len(), 5);
    assert!(open.iter().all(|row| row.state == OutboxState::Queued));
    // Each names what it needs, always something before it: the workspace, the project, the version, the run.
    let needs = open.iter().map(|row| {
        let place = |need| open.iter().position(|row| row.id == need).unwrap();
        row.envelope.needs.iter().map(|need| place(*need)).collect::<Vec<_>>()
    });
    let wanted: [&[usize]; 5] = [&[], &[0], &[0, 1], &[0, 1, 2], &[0, 3]];
    assert_eq!(
        needs
            .map(|mut needs| {
                needs.sort_unstable();
                needs
            })
            .collect::<Vec<_>>(),
        wanted
    );
}

/// `(what was there, is it merged)`: a second edit of a field after various things.
#[tokio::test]
async fn unsent_edits_of_one_thing_by_one_person_are_one_edit() {
    #[derive(Clone, Copy, Debug)]
    enum Between {
        Nothing,
        OtherField,
        Carried,
        Tick,
        Sent,
        SentAndBack,
        SomebodyElse,
    }
    for (between, merged) in [
        (Between::Nothing, true),
        (Between::OtherField, true),
        (Between::Tick, true),
        (Between::Carried, false),
        (Between::Sent, false),
        (Between::SentAndBack, false),
        (Between::SomebodyElse, false),
    ] {
        let (_dir, mut desk, at) = furnished().await;
        let first = desk.set(at.project, at.version, FieldKey::Description, "one").await;
        match between {
            Between::Nothing => {}
            Between::OtherField => {
                desk.set(at.project, at.version, FieldKey::Notes, "beside").await;
            }
            Between::Carried => {
                let body = Body::MarkCarried {
                    version: at.version,
                    fields: vec![FieldKey::Description],
                    entered: BTreeMap::new(),
                };
                desk.go(AggregateRef::Project(at.project), body).await;
            }
            Between::Tick => {
                desk.tick(at.run, &testing::items()[0], Outcome::Pass, vec![]).await;
            }
            Between::Sent | Between::SentAndBack => {
                let none = BTreeSet::new();
                desk.store.write(move |tx| feed::take_batch(tx, &none, 100, 1_000_000)).await.unwrap();
                if matches!(between, Between::SentAndBack) {
                    desk.store.write(feed::give_back).await.unwrap();
                }
            }
            Between::SomebodyElse => desk.actor = testing::person(2),
        }
        let before = outbox(&desk).await;
        let second = desk.set(at.project, at.version, FieldKey::Description, "two").await;
        let after = outbox(&desk).await;
        assert_eq!(second == first, merged, "{between:?}");
        assert_eq!(after.len() == before.len(), merged, "{between:?}");
        let sent: Vec<_> = after.iter().filter(|row| row.id == second).collect();
        let Body::SetField { value, expects, .. } = sent[0].envelope.command().unwrap().body else {
            panic!()
        };
        assert_eq!(value, Some(FieldValue::Text("two".into())));
        let saw = if merged { None } else { Some(FieldValue::Text("one".into())) };
        assert_eq!(expects, saw, "{between:?}: a merged edit expects what the first one saw");
        let project = desk.store.read(move |view| view.project(at.project)).await.unwrap().unwrap();
        let version = project.version(at.version).unwrap();
        assert_eq!(version.information.text(FieldKey::Description), "two");
        assert_eq!(version.edits[&FieldKey::Description].command, second);
        // What is shown is what deriving it anew gives.
        let shown =
            desk.store.read(move |view| view.aggregate(AggregateRef::Project(at.project))).await.unwrap();
        desk.store.write(move |tx| derive(tx, &[AggregateRef::Project(at.project)].into())).await.unwrap();
        let derived =
            desk.store.read(move |view| view.aggregate(AggregateRef::Project(at.project))).await.unwrap();
        assert_eq!(shown, derived, "{between:?}");
    }
}

#[tokio::test]
async fn other_edits_are_merged_too_and_notes_stand_once() {
    let (_dir, desk, at) = furnished().await;
    let items = testing::items();
    let note = |text: &str| Body::Note { item: items[0].clone(), text: text.into(), knew: None };
    let first = desk.go(AggregateRef::Run(at.run), note("a")).await;
    assert_eq!(desk.go(AggregateRef::Run(at.run), note("ab")).await, first);
    desk.go(AggregateRef::Run(at.run), tick(&items[0], Outcome::Pass, vec![])).await;
    assert_ne!(desk.go(AggregateRef::Run(at.run), note("abc")).await, first, "order matters to undo");
    let run = desk.store.read(move |view| view.run(at.run)).await.unwrap().unwrap();
    assert_eq!(run.items[&items[0]].entries.len(), 3);
    assert_eq!(run.items[&items[0]].note(), "abc");

    let edit = |number: &str, notes: &str| Body::VersionEdit {
        version: at.version,
        number: number.into(),
        notes: notes.into(),
    };
    let first = desk.go(AggregateRef::Project(at.project), edit("1.0.1", "")).await;
    assert_eq!(desk.go(AggregateRef::Project(at.project), edit("1.0.2", "new")).await, first);
    let results = [tick(&items[1], Outcome::Pass, vec![]), tick(&items[1], Outcome::Pass, vec![])];
    let [a, b] = results.map(|body| desk.go(AggregateRef::Run(at.run), body));
    assert_ne!(a.await, b.await, "a result is no edit");
}

/// What follows from a submission is queued with it, and needs it.
#[tokio::test]
async fn follow_ups_are_commands_of_their_own() {
    let (_dir, desk, at) = furnished().await;
    let of = AggregateRef::Project(at.project);
    let url = |text: &str| Some(FieldValue::Text(text.into()));
    let scopes = vec![ScopeReason { scope: "contacts:read".into(), reason: "to show them".into() }];
    for (field, value) in [
        (FieldKey::EventsCallbackUrl, url("https://app.example/events")),
        (FieldKey::StandaloneUrl, url("https://app.example/")),
        (FieldKey::RedirectUris, Some(FieldValue::List(vec!["https://app.example/back".into()]))),
        (FieldKey::Scopes, Some(FieldValue::Scopes(scopes))),
    ] {
        desk.go(of, Body::SetField { version: at.version, field, value, expects: None }).await;
    }
    let template = domain::templates::by_id(domain::templates::TECHNICAL_UX).unwrap();
    let touches = |item: &&domain::templates::Item| item.touches.iter().any(|key| key == "standalone_url");
    let item = template.items().find(touches).unwrap().id.clone();
    let run = domain::ids::RunId(testing::fresh());
    let start = testing::start_with(template, at.project, at.version);
    desk.go(AggregateRef::Run(run), start).await;
    desk.tick(run, &item, Outcome::Pass, vec![]).await;
    let submission = |n: u128| Body::MarkSubmitted {
        version: at.version,
        tracks: vec![TrackName::Technical],
        rounds: vec![RoundId::from_u128(n)],
        override_reason: None,
    };
    let first = desk.submit(command(of, submission(1))).await.unwrap();
    assert!(first.follow_ups.is_empty());
    let answer = Body::RecordAnswer {
        version: at.version,
        tracks: vec![TrackName::Technical],
        rounds: Vec::new(),
        outcome: Verdict::Rejected,
        text: "The page does not open".into(),
        findings: vec![domain::command::NewFinding {
            id: domain::ids::FindingId(testing::fresh()),
            said: FindingText { text: "Blank page".into(), ..FindingText::default() },
            files: Vec::new(),
        }],
        files: Vec::new(),
    };
    desk.go(of, answer).await;
    desk.set(at.project, at.version, FieldKey::StandaloneUrl, "https://app.example/new").await;
    let second = desk.submit(command(of, submission(2))).await.unwrap();
    let [follow_up] = second.follow_ups[..] else { panic!("{second:?}") };
    let row = desk.store.read(move |view| view.outbox_row(follow_up)).await.unwrap().unwrap();
    assert!(matches!(row.envelope.command().unwrap().body, Body::Retest { .. }));
    assert!(row.envelope.needs.contains(&second.id), "refused with the submission");
    let run = desk.store.read(move |view| view.run(run)).await.unwrap().unwrap();
    assert_eq!(run.status(&item), ItemStatus::Retest);
    let reviews = desk.store.read(|view| view.review_rows()).await.unwrap();
    assert_eq!((reviews.len(), reviews[0].rounds, reviews[0].open_findings), (1, 2, 1));
}

/// Shown is always confirmed with what is pending on top, however it came about.
#[tokio::test]
async fn deriving_anew_changes_nothing() {
    let (_dir, desk, at) = furnished().await;
    let items = testing::items();
    let mut knew: Vec<CommandId> = Vec::new();
    for outcome in [Outcome::Pass, Outcome::Fail, Outcome::Fail, Outcome::Blocked] {
        if let Ok(done) =
            desk.submit(command(AggregateRef::Run(at.run), tick(&items[0], outcome, knew.clone()))).await
        {
            knew = vec![done.id];
        }
    }
    desk.go(
        AggregateRef::Run(at.run),
        Body::Note { item: items[2].clone(), text: "slow".into(), knew: None },
    )
    .await;
    let all = [
        AggregateRef::Project(at.project),
        AggregateRef::Run(at.run),
        AggregateRef::Workspace(testing::WORKSPACE),
    ];
    let states =
        move |view: &View<'_>| all.iter().map(|of| view.aggregate(*of)).collect::<Result<Vec<_>, _>>();
    let before = desk.store.read(states).await.unwrap();
    let mut changes = desk.store.changes();
    desk.store.write(move |tx| derive(tx, &all.into())).await.unwrap();
    assert_eq!(desk.store.read(states).await.unwrap(), before);
    assert!(quiet(&mut changes).await, "what did not change is not told");
}

/// Protects what the thread that writes remembers of the run that it wrote last: what was rolled back, and what came
/// from elsewhere meanwhile, is not believed.
#[tokio::test]
async fn only_what_stands_in_the_store_is_built_on() {
    let (_dir, desk, at) = furnished().await;
    let items = testing::items();
    desk.tick(at.run, &items[0], Outcome::Pass, vec![]).await;

    let (actor, now) = (desk.actor.clone(), (desk.clock)());
    let lost = command(AggregateRef::Run(at.run), tick(&items[1], Outcome::Fail, vec![]));
    let rolled: Result<(), SubmitError> = desk
        .store
        .write(move |tx| {
            submit(tx, &actor, now, lost, || CommandId(testing::fresh()))?;
            Err(StoreError::DiskFull.into())
        })
        .await;
    assert!(rolled.is_err());
    desk.tick(at.run, &items[2], Outcome::Pass, vec![]).await;

    // Somebody else's note, as it comes with the feed.
    let other = command(
        AggregateRef::Run(at.run),
        Body::Note { item: items[0].clone(), text: "from elsewhere".to_owned(), knew: None },
    );
    let actor = testing::person(2);
    desk.store
        .write(move |tx| {
            let facts = domain::Facts::plain(actor, now);
            let mut state = tx.view().aggregate(AggregateRef::Run(at.run))?;
            domain::apply(&mut state, &other, &facts).unwrap();
            show(tx, AggregateRef::Run(at.run), state.as_ref(), Words::Any)
        })
        .await
        .unwrap();
    desk.tick(at.run, &items[3], Outcome::Pass, vec![]).await;

    let run = desk.store.read(move |view| view.run(at.run)).await.unwrap().unwrap();
    let results: Vec<_> = items[..4].iter().map(|item| run.status(item)).collect();
    let untested = ItemStatus::Untested;
    assert_eq!(results, [ItemStatus::Pass, untested, ItemStatus::Pass, ItemStatus::Pass]);
    assert_eq!(run.items[&items[0]].note(), "from elsewhere");
}

/// Protects what is sent before what: a result needs what its run and its author's knowledge stand on, and of thousands
/// of other results that wait none, which an index keeps out of its way.
#[tokio::test]
async fn a_result_meets_what_waits_beside_results_and_those_that_it_knew() {
    let (_dir, desk, at) = furnished().await;
    let (of, items) = (AggregateRef::Run(at.run), testing::items());
    let started = outbox(&desk).await.last().unwrap().id;
    let first = desk.tick(at.run, &items[0], Outcome::NotApplicable, vec![]).await;
    let sent = desk.tick(at.run, &items[1], Outcome::Pass, vec![]).await;
    let text = "\"kind\":\"run.set_result\" is what it sends".to_owned();
    let note = desk.go(of, Body::Note { item: items[0].clone(), text, knew: None }).await;
    desk.store
        .write(move |tx| {
            Ok::<_, StoreError>(
                tx.tx().execute("UPDATE outbox SET state = 'done' WHERE id = ?1", [sent.to_string()])?,
            )
        })
        .await
        .unwrap();

    for (knew, wanted) in [
        (vec![], vec![started, note]),
        (vec![first], vec![started, first, note]),
        // Neither what was taken nor what is no result is named by it.
        (vec![sent, note, first], vec![started, first, note]),
    ] {
        let met = desk.store.write(move |tx| table::outbox::pending_with_results(tx.tx(), of, &knew));
        let met: Vec<CommandId> = met.await.unwrap().iter().map(|row| row.id).collect();
        assert_eq!(met, wanted);
    }
    let second = desk.tick(at.run, &items[0], Outcome::Pass, vec![first]).await;
    let row = desk.store.read(move |view| view.outbox_row(second)).await.unwrap().unwrap();
    assert!(row.envelope.needs.contains(&first));
}
