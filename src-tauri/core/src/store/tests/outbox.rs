//! The transitions of an entry of the outbox: a table of every state against everything that can happen.

use std::collections::BTreeSet;

use domain::Refusal;
use domain::command::Envelope;
use domain::fields::FieldKey;
use domain::ids::CommandId;
use domain::protocol::{Change, Changes, CommandResult, Outcome, State};
use domain::refusal::RefusalCode;
use domain::{Body, Timestamp};
use uuid::Uuid;

use super::super::outbox::{OutboxState, amend, discard, retry};
use super::*;
use crate::testing::person;

const EPOCH: Uuid = Uuid::from_u128(9);

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Event {
    Sent,
    NoAnswer,
    Taken,
    Refused,
    Conflict,
    Waiting,
    InTheFeed,
    Killed,
    Retry,
    Amend,
    Discard,
}

/// `None`: the entry is gone.
type Is = Option<OutboxState>;
const QUEUED: Is = Some(OutboxState::Queued);
const IN_FLIGHT: Is = Some(OutboxState::InFlight);
const DONE: Is = Some(OutboxState::Done);
const CONFLICTED: Is = Some(OutboxState::Conflicted);
const REFUSED: Is = Some(OutboxState::Refused);

/// From queued, in flight, done, conflicted, refused.
const TABLE: [(Event, [Is; 5]); 11] = [
    (Event::Sent, [IN_FLIGHT, IN_FLIGHT, DONE, CONFLICTED, REFUSED]),
    (Event::NoAnswer, [QUEUED, QUEUED, DONE, CONFLICTED, REFUSED]),
    (Event::Taken, [DONE, DONE, DONE, DONE, DONE]),
    // An answer to something that is not in flight is an old one.
    (Event::Refused, [QUEUED, REFUSED, DONE, CONFLICTED, REFUSED]),
    (Event::Conflict, [QUEUED, CONFLICTED, DONE, CONFLICTED, REFUSED]),
    (Event::Waiting, [QUEUED, QUEUED, DONE, CONFLICTED, REFUSED]),
    (Event::InTheFeed, [DONE, DONE, DONE, DONE, DONE]),
    (Event::Killed, [QUEUED, QUEUED, DONE, CONFLICTED, REFUSED]),
    (Event::Retry, [QUEUED, IN_FLIGHT, DONE, QUEUED, QUEUED]),
    (Event::Amend, [QUEUED, IN_FLIGHT, DONE, QUEUED, QUEUED]),
    (Event::Discard, [None, IN_FLIGHT, DONE, None, None]),
];

async fn happen(desk: &mut Desk, dir: &TempDir, id: CommandId, event: Event) {
    let now = Timestamp(5);
    let settle =
        |outcome| desk.store.write(move |tx| feed::settle(tx, EPOCH, &[CommandResult { id, outcome }], now));
    let refusal = |code| Outcome::Refused { refusal: Refusal::ours(code) };
    match event {
        Event::Sent => {
            let sent = desk.store.write(|tx| feed::take_batch(tx, &BTreeSet::new(), 100, 100_000));
            sent.await.map(|_| ()).unwrap();
        }
        Event::NoAnswer => desk.store.write(feed::give_back).await.unwrap(),
        Event::Taken => settle(Outcome::Taken { number: 7, taken_at: now }).await.unwrap(),
        Event::Refused => settle(refusal(RefusalCode::NameTaken)).await.unwrap(),
        Event::Conflict => settle(refusal(RefusalCode::Changed)).await.unwrap(),
        Event::Waiting => settle(Outcome::Waiting { on: CommandId::from_u128(77) }).await.unwrap(),
        Event::InTheFeed => {
            let command = desk.store.read(move |view| view.outbox_row(id)).await.unwrap().unwrap().envelope;
            let change = Change { number: 7, actor: person(1).member, taken_at: now, command };
            let page = Changes {
                epoch: EPOCH,
                head: 7,
                deliveries: 0,
                more: false,
                changes: vec![change],
                states: Vec::new(),
            };
            desk.store
                .write(move |tx| {
                    if tx.view().feed()?.is_none() {
                        let at = feed::Position {
                            epoch: EPOCH,
                            head: 6,
                            snapshot_after: None,
                            synced_at: None,
                            deliveries: 0,
                        };
                        table::feed::set(tx.tx(), &at)?;
                    }
                    feed::take_changes(tx, &page, Some(7), now)
                })
                .await
                .unwrap();
        }
        Event::Killed => {
            desk.store.close();
            desk.store = Store::open(dir.path()).unwrap();
        }
        Event::Retry => desk.store.write(move |tx| retry(tx, id)).await.map(|_| ()).unwrap(),
        Event::Amend => {
            let body = create("Amended");
            desk.store.write(move |tx| amend(tx, id, body, now)).await.map(|_| ()).unwrap();
        }
        Event::Discard => desk.store.write(move |tx| discard(tx, [id])).await.map(|_| ()).unwrap(),
    }
}

#[tokio::test]
async fn every_transition() {
    let ways: [&[Event]; 5] = [
        &[],
        &[Event::Sent],
        &[Event::Sent, Event::Taken],
        &[Event::Sent, Event::Conflict],
        &[Event::Sent, Event::Refused],
    ];
    for (event, wanted) in TABLE {
        for (way, wanted) in ways.iter().zip(wanted) {
            let (dir, mut desk) = open();
            let project = desk.project("Call Notes").await;
            let id = desk.store.read(|view| view.outbox()).await.unwrap()[0].id;
            for before in *way {
                happen(&mut desk, &dir, id, *before).await;
            }
            happen(&mut desk, &dir, id, event).await;
            let row = desk.store.read(move |view| view.outbox_row(id)).await.unwrap();
            assert_eq!(row.as_ref().map(|row| row.state), wanted, "{way:?}, then {event:?}");
            // In the view: what is queued, in flight, or taken and not confirmed yet.
            let shown = desk.store.read(move |view| view.project(project)).await.unwrap();
            let stands = matches!(wanted, QUEUED | IN_FLIGHT | DONE);
            assert_eq!(shown.is_some(), stands, "{way:?}, then {event:?}");
            if let Some(row) = row {
                let decides = matches!(row.state, OutboxState::Refused | OutboxState::Conflicted);
                assert_eq!(row.refusal.is_some(), decides);
                assert_eq!(row.number.is_some(), row.state == OutboxState::Done);
                let amended = event == Event::Amend && way.len() == 2 && wanted == QUEUED;
                assert_eq!(row.envelope.args["details"]["name"] == "Amended", amended);
            }
        }
    }
}

/// What may have been taken is neither discarded nor changed.
#[tokio::test]
async fn what_may_have_been_taken_is_left_as_it_is() {
    let (dir, mut desk) = open();
    desk.project("Call Notes").await;
    let id = desk.store.read(|view| view.outbox()).await.unwrap()[0].id;
    happen(&mut desk, &dir, id, Event::Sent).await;
    happen(&mut desk, &dir, id, Event::NoAnswer).await;
    assert!(desk.store.write(move |tx| discard(tx, [id])).await.unwrap().is_empty());
    assert!(!desk.store.write(move |tx| retry(tx, id)).await.unwrap());
    let row = desk.store.read(move |view| view.outbox_row(id)).await.unwrap().unwrap();
    assert_eq!((row.state, row.unsure, row.attempts), (OutboxState::Queued, true, 1));
}

/// The service waits for a command that is nowhere: a person decides that what waits goes without it.
#[tokio::test]
async fn waiting_for_something_lost_is_shown_and_can_be_ended() {
    let (dir, mut desk) = open();
    desk.project("Call Notes").await;
    let id = desk.store.read(|view| view.outbox()).await.unwrap()[0].id;
    let lost = CommandId::from_u128(77);
    desk.store
        .write(move |tx| {
            let row = tx.view().outbox_row(id)?.unwrap();
            let envelope = Envelope { needs: vec![lost], ..row.envelope };
            table::outbox::rewrite(tx.tx(), row.seq, &envelope)
        })
        .await
        .unwrap();
    happen(&mut desk, &dir, id, Event::Sent).await;
    happen(&mut desk, &dir, id, Event::Waiting).await;
    let row = desk.store.read(move |view| view.outbox_row(id)).await.unwrap().unwrap();
    assert_eq!(row.waits_for, Some(lost));
    happen(&mut desk, &dir, id, Event::Killed).await;
    let none = desk.store.write(|tx| feed::take_batch(tx, &BTreeSet::new(), 100, 100_000)).await.unwrap();
    assert!(none.is_empty(), "not sent again and again");
    assert!(desk.store.write(move |tx| retry(tx, id)).await.unwrap());
    let sent = desk.store.write(|tx| feed::take_batch(tx, &BTreeSet::new(), 100, 100_000)).await.unwrap();
    assert_eq!((sent.len(), sent[0].needs.len()), (1, 0));
}

/// Of what only waits for its turn the next ones are shown; of what needs somebody, and waits for that, everything.
#[tokio::test]
async fn of_a_long_queue_the_next_ones_are_shown_and_all_that_is_held_up() {
    let (dir, mut desk) = open();
    for n in 0..3 {
        desk.project(&format!("Sample App {n}")).await;
    }
    let project = desk.project("Call Notes").await;
    desk.version(project, "1.0.0").await;
    let all: Vec<CommandId> =
        desk.store.read(|view| view.outbox()).await.unwrap().iter().map(|row| row.id).collect();
    let shown = async |desk: &Desk, most| -> Vec<CommandId> {
        let rows = desk.store.read(move |view| view.outbox_shown(most)).await.unwrap();
        rows.iter().map(|row| row.id).collect()
    };
    assert_eq!(shown(&desk, 4).await, all[..4]);
    desk.store.write(|tx| feed::take_batch(tx, &BTreeSet::new(), 4, 100_000)).await.unwrap();
    happen(&mut desk, &dir, all[3], Event::Refused).await;
    happen(&mut desk, &dir, all[3], Event::NoAnswer).await;
    for (most, wanted) in [(0, vec![3, 4]), (2, vec![0, 1, 3, 4]), (9, vec![0, 1, 2, 3, 4])] {
        let wanted: Vec<CommandId> = wanted.into_iter().map(|n: usize| all[n]).collect();
        assert_eq!(shown(&desk, most).await, wanted, "{most}");
    }
}

/// Protects a long queue: one refused command must not have all of it read with each batch. What waits is marked so that
/// whoever reads it fails.
#[tokio::test]
async fn with_a_command_refused_a_batch_that_is_taken_reads_nothing_of_what_waits() {
    let (dir, mut desk) = open();
    for n in 0..4 {
        desk.project(&format!("Sample App {n}")).await;
    }
    let all: Vec<CommandId> =
        desk.store.read(|view| view.outbox()).await.unwrap().iter().map(|row| row.id).collect();
    happen(&mut desk, &dir, all[0], Event::Sent).await;
    happen(&mut desk, &dir, all[0], Event::Refused).await;
    let last = all[3];
    desk.store
        .write(move |tx| {
            let sql = "UPDATE outbox SET envelope = '{' WHERE id = ?1";
            tx.tx().execute(sql, [last.to_string()])?;
            Ok::<_, StoreError>(())
        })
        .await
        .unwrap();
    assert!(desk.store.read(|view| view.outbox()).await.is_err(), "it cannot be read");
    let taken = |id, outcome| vec![CommandResult { id, outcome }];
    let one = taken(all[1], Outcome::Taken { number: 1, taken_at: Timestamp(5) });
    desk.store.write(move |tx| feed::settle(tx, EPOCH, &one, Timestamp(5))).await.unwrap();
    // A refusal may hold others up, and has them looked at.
    let refused = taken(all[2], Outcome::Refused { refusal: Refusal::ours(RefusalCode::NotFound) });
    assert!(desk.store.write(move |tx| feed::settle(tx, EPOCH, &refused, Timestamp(5))).await.is_err());
}

/// Batches keep the order and stay small; one that is larger than a batch goes alone.
#[tokio::test]
async fn batches_are_bounded_by_count_and_by_size() {
    let (_dir, desk, at) = furnished().await;
    for (field, length) in
        [(FieldKey::Description, 3_000), (FieldKey::Notes, 10), (FieldKey::ListingSummary, 10)]
    {
        desk.set(at.project, at.version, field, &"x".repeat(length)).await;
    }
    let order: Vec<CommandId> =
        desk.store.read(|view| view.outbox()).await.unwrap().iter().map(|row| row.id).collect();
    let mut sent = Vec::new();
    let mut sizes = Vec::new();
    loop {
        let batch = desk.store.write(|tx| feed::take_batch(tx, &BTreeSet::new(), 3, 2_000)).await.unwrap();
        if batch.is_empty() {
            break;
        }
        sizes.push(batch.len());
        sent.extend(batch.iter().map(|command| command.id));
    }
    assert_eq!(sent, order);
    assert_eq!(sizes, [3, 1, 1, 2]);
}

/// A page that comes late carries a state that is older than the one here.
#[tokio::test]
async fn an_older_state_never_takes_the_place_of_a_newer_one() {
    let (dir, mut desk) = open();
    let project = desk.project("Call Notes").await;
    let id = desk.store.read(|view| view.outbox()).await.unwrap()[0].id;
    happen(&mut desk, &dir, id, Event::InTheFeed).await;
    let shown = desk.store.read(move |view| view.project(project)).await.unwrap().unwrap();
    for (revision, name, wanted) in
        [(5, "Five", "Five"), (4, "Four", "Five"), (5, "Again", "Five"), (6, "Six", "Six")]
    {
        let mut state = serde_json::to_value(&shown).unwrap();
        state["name"] = name.into();
        let aggregate = AggregateRef::Project(project);
        let states = vec![State { aggregate, revision, number: 7, state }];
        let page = Changes { epoch: EPOCH, head: 7, deliveries: 0, more: false, changes: Vec::new(), states };
        desk.store.write(move |tx| feed::take_changes(tx, &page, None, Timestamp(9))).await.unwrap();
        let now = desk.store.read(move |view| view.project(project)).await.unwrap().unwrap();
        assert_eq!(now.details.name, wanted, "revision {revision}");
    }
}

/// What was taken is kept for 30 days, for a service that may lose it.
#[tokio::test]
async fn what_was_taken_is_let_go_after_thirty_days() {
    let (dir, mut desk) = open();
    desk.project("Call Notes").await;
    let id = desk.store.read(|view| view.outbox()).await.unwrap()[0].id;
    happen(&mut desk, &dir, id, Event::InTheFeed).await;
    let day = 24 * 60 * 60 * 1000;
    for (days, kept) in [(29, true), (31, false)] {
        let page = Changes {
            epoch: EPOCH,
            head: 7,
            deliveries: 0,
            more: false,
            changes: Vec::new(),
            states: Vec::new(),
        };
        desk.store
            .write(move |tx| feed::take_changes(tx, &page, None, Timestamp(5 + days * day)))
            .await
            .unwrap();
        let row = desk.store.read(move |view| view.outbox_row(id)).await.unwrap();
        assert_eq!(row.is_some(), kept, "{days} days");
    }
}

/// A command by a newer version of the console, left in the outbox by a downgrade, is sent as it is.
#[tokio::test]
async fn what_this_version_cannot_read_is_kept_and_sent_unchanged() {
    let (dir, mut desk) = open();
    let project = desk.project("Call Notes").await;
    let written = serde_json::json!({
        "id": testing::fresh(), "kind": "project.rate", "v": 3, "made_at": 1, "needs": [],
        "aggregate": { "kind": "project", "id": project }, "args": { "stars": 5 }, "because": "new",
    });
    let envelope: Envelope = serde_json::from_value(written.clone()).unwrap();
    let actor = person(1);
    desk.store.write(move |tx| table::outbox::add(tx.tx(), &actor, &envelope)).await.unwrap();
    desk.store.close();
    desk.store = Store::open(dir.path()).unwrap();
    desk.go(AggregateRef::Project(project), Body::ProjectSetArchived { archived: true }).await;
    let sent = desk.store.write(|tx| feed::take_batch(tx, &BTreeSet::new(), 9, 9_999)).await.unwrap();
    assert_eq!(serde_json::to_value(&sent[1]).unwrap(), written);
}
