//! What must hold between a desktop and its service, whatever goes wrong on the way.

#![expect(
    clippy::redundant_closure_for_method_calls,
    reason = "the methods' lifetimes are not general enough"
)]

mod failing;
mod files;
mod meeting;
mod property;
mod task;

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::checklist::Outcome;
use domain::fields::FieldKey;
use domain::ids::CommandId;
use domain::{AggregateRef, Body};
use tempfile::TempDir;

use super::api::Api;
use super::round::{Round, RoundError, Rounds};
use super::*;
use crate::store::outbox::{self, OutboxRow, OutboxState};
use crate::store::{ActivityFilter, ProjectQuery, feed};
use crate::testing::{self, Desk, Fake, Trouble, WORKSPACE, command, create, person, set_field};

/// A desktop with its own folder, at a service.
struct Place {
    dir: TempDir,
    desk: Desk,
    fake: Arc<Fake>,
}

impl Place {
    fn new() -> Self {
        Self::at(Arc::new(Fake::new(person(1))))
    }

    fn at(fake: Arc<Fake>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let desk = Desk::new(Store::open(dir.path()).unwrap());
        Self { dir, desk, fake }
    }

    fn rounds(&self) -> Rounds {
        let transport: Arc<dyn Transport> = self.fake.clone();
        Rounds { store: self.desk.store.clone(), api: Api::new(transport), clock: self.desk.clock.clone() }
    }

    async fn round(&self) -> Result<Round, RoundError> {
        self.rounds().round(&watch::Sender::default()).await
    }

    async fn synced(&self) {
        assert_eq!(self.round().await.unwrap(), Round::Complete);
    }

    /// Ends as a process does that is killed, and starts again.
    fn restart(&mut self) {
        self.desk.store.close();
        self.desk.store = Store::open(self.dir.path()).unwrap();
    }

    async fn outbox(&self) -> Vec<OutboxRow> {
        self.desk.store.read(|view| view.outbox()).await.unwrap()
    }

    async fn states(&self) -> BTreeMap<AggregateRef, serde_json::Value> {
        let all: Vec<AggregateRef> = self.fake.states().into_keys().collect();
        self.desk
            .store
            .read(move |view| {
                let mut states = BTreeMap::new();
                for of in all {
                    if let Some(state) = view.aggregate(of)? {
                        states.insert(of, state.to_value()?);
                    }
                }
                Ok::<_, StoreError>(states)
            })
            .await
            .unwrap()
    }

    async fn agrees(&self) {
        assert_eq!(self.states().await, self.fake.states());
    }
}

#[tokio::test]
async fn what_was_done_here_reaches_the_service_and_comes_back() {
    let place = Place::new();
    place.desk.workspace().await;
    let project = place.desk.project("Call Notes").await;
    let version = place.desk.version(project, "1.0.0").await;
    place.desk.set(project, version, FieldKey::Description, "Notes beside the call").await;
    let run = place.desk.run(project, version).await;
    let items = testing::items();
    place.desk.tick(run, &items[0], Outcome::Pass, vec![]).await;
    assert_eq!(place.outbox().await.len(), 6);

    place.synced().await;
    assert!(place.outbox().await.is_empty());
    assert_eq!(place.fake.taken().len(), 6);
    place.agrees().await;

    let all = ActivityFilter::default();
    let activity = place.desk.store.read(move |view| view.activity(&all, 0, 10)).await.unwrap();
    assert_eq!(activity.rows.iter().map(|row| row.number.unwrap()).collect::<Vec<_>>(), [6, 5, 4, 3, 2, 1]);
    let of_project = ActivityFilter { project: Some(project), ..ActivityFilter::default() };
    let activity = place.desk.store.read(move |view| view.activity(&of_project, 1, 2)).await.unwrap();
    assert_eq!(
        activity.rows.iter().map(|row| row.number.unwrap()).collect::<Vec<_>>(),
        [5, 4],
        "its runs too"
    );
}

#[tokio::test]
async fn others_work_arrives_page_by_page_and_pending_work_stays_on_top() {
    let place = Place::new();
    place.desk.workspace().await;
    let project = place.desk.project("Call Notes").await;
    let version = place.desk.version(project, "1.0.0").await;
    place.synced().await;

    place.fake.pages_of(2);
    for n in 0..5 {
        let body = create(&format!("Shift Planner {n}"));
        place.fake.other(
            &person(2),
            &command(AggregateRef::Project(domain::ids::ProjectId(testing::fresh())), body),
        );
    }
    let theirs = set_field(version, FieldKey::ListingSummary, "theirs", None);
    place.fake.other(&person(2), &command(AggregateRef::Project(project), theirs));
    place.desk.set(project, version, FieldKey::Description, "ours").await;
    place.fake.trouble([Trouble::None, Trouble::Unreachable]);
    assert!(place.round().await.is_err());
    let shown = |place: &Place| {
        let store = place.desk.store.clone();
        async move {
            let project = store.read(move |view| view.project(project)).await.unwrap().unwrap();
            let information = project.version(version).unwrap().information.clone();
            (information.text(FieldKey::Description), information.text(FieldKey::ListingSummary))
        }
    };
    assert_eq!(shown(&place).await, ("ours".into(), String::new()));
    // Taken, and the feed not read yet: it does not go away in between.
    place.fake.trouble([Trouble::None, Trouble::None, Trouble::Unreachable]);
    assert!(place.round().await.is_err());
    assert_eq!(place.outbox().await.len(), 0);
    place
        .desk
        .store
        .write(move |tx| crate::store::derive(tx, &[AggregateRef::Project(project)].into()))
        .await
        .unwrap();
    assert_eq!(shown(&place).await, ("ours".into(), String::new()));
    place.synced().await;
    assert_eq!(shown(&place).await, ("ours".into(), "theirs".into()));
    place.agrees().await;
    let query = ProjectQuery { limit: 3, ..ProjectQuery::default() };
    let page = place.desk.store.read(move |view| view.project_rows(&query)).await.unwrap();
    assert_eq!((page.total, page.rows.len(), page.rows[0].name.as_str()), (6, 3, "Call Notes"));
}

/// The reply is lost, or the process dies between sending and settling: the id makes sending again safe.
#[tokio::test]
async fn nothing_is_done_twice_when_the_answer_is_lost() {
    let mut place = Place::new();
    place.desk.workspace().await;
    let project = place.desk.project("Call Notes").await;
    let version = place.desk.version(project, "1.0.0").await;
    let run = place.desk.run(project, version).await;
    place.synced().await;
    let items = testing::items();
    let ticked = place.desk.tick(run, &items[0], Outcome::Pass, vec![]).await;

    place.fake.trouble([Trouble::None, Trouble::LostReply]);
    assert!(place.round().await.is_err());
    assert_eq!(place.fake.taken().len(), 5, "it was taken");
    let [row] = &place.outbox().await[..] else { panic!("one entry waits") };
    assert_eq!((row.state, row.unsure, row.id), (OutboxState::Queued, true, ticked));

    // Killed while in flight: taken by the store, sent, never settled.
    let batch = place
        .desk
        .store
        .write(|tx| feed::take_batch(tx, &std::collections::BTreeSet::new(), 10, 1_000_000))
        .await
        .unwrap();
    assert_eq!(batch.len(), 1);
    assert_eq!(place.outbox().await[0].state, OutboxState::InFlight);
    place.restart();
    assert_eq!(place.outbox().await[0].state, OutboxState::Queued);

    place.synced().await;
    assert_eq!(place.fake.taken().len(), 5, "the service answered with the number that it gave");
    assert!(place.outbox().await.is_empty());
    let done = place.desk.store.read(move |view| view.outbox_row(ticked)).await.unwrap().unwrap();
    assert_eq!((done.state, done.number, done.attempts), (OutboxState::Done, Some(5), 3));
    place.agrees().await;
}

#[tokio::test]
async fn a_conflict_stays_visible_until_a_person_decides() {
    for keep_mine in [true, false] {
        let place = Place::new();
        place.desk.workspace().await;
        let project = place.desk.project("Call Notes").await;
        let version = place.desk.version(project, "1.0.0").await;
        place.synced().await;
        let theirs = set_field(version, FieldKey::Description, "theirs", None);
        place.fake.other(&person(2), &command(AggregateRef::Project(project), theirs));
        let mine = place.desk.set(project, version, FieldKey::Description, "mine").await;
        place.synced().await;

        let [row] = &place.outbox().await[..] else { panic!("one conflict") };
        assert_eq!((row.id, row.state), (mine, OutboxState::Conflicted));
        place.agrees().await;
        if keep_mine {
            assert!(place.desk.store.write(move |tx| outbox::retry(tx, mine)).await.unwrap());
        } else {
            let gone = place.desk.store.write(move |tx| outbox::discard(tx, [mine])).await.unwrap();
            assert_eq!(gone, [mine]);
        }
        place.synced().await;
        assert!(place.outbox().await.is_empty());
        place.agrees().await;
        let shown = place.desk.store.read(move |view| view.project(project)).await.unwrap().unwrap();
        let text = shown.version(version).unwrap().information.text(FieldKey::Description);
        assert_eq!(text, if keep_mine { "mine" } else { "theirs" });
    }
}

#[tokio::test]
async fn what_needs_a_refused_command_waits_and_the_rest_goes_on() {
    let place = Place::new();
    place.desk.workspace().await;
    place.synced().await;
    // Two desktops give one name.
    let taken =
        command(AggregateRef::Project(domain::ids::ProjectId(testing::fresh())), create("Call Notes"));
    place.fake.other(&person(2), &taken);
    let project = place.desk.project("Call Notes").await;
    let version = place.desk.version(project, "1.0.0").await;
    let run = place.desk.run(project, version).await;
    let ticked = place.desk.tick(run, &testing::items()[0], Outcome::Pass, vec![]).await;
    let other = place.desk.project("Shift Planner").await;
    place.synced().await;

    let open = place.outbox().await;
    let created = open[0].id;
    assert_eq!(open[0].state, OutboxState::Refused);
    for row in &open[1..] {
        assert_eq!((row.state, row.waits_for), (OutboxState::Queued, Some(created)), "the root of it");
    }
    assert_eq!(open.len(), 4, "the other project went on");
    assert!(place.fake.states().contains_key(&AggregateRef::Project(other)));
    let dependents = place.desk.store.read(move |view| view.dependents(created)).await.unwrap();
    assert_eq!(dependents, open[1..].iter().map(|row| row.id).collect::<Vec<_>>());

    // What waits is not sent again and again.
    place.fake.asked();
    place.synced().await;
    assert_eq!(place.fake.asked(), ["GET /v1/me", "GET /v1/changes"]);

    // Mended in its place, everything goes on.
    let at = (place.desk.clock)();
    let mended =
        place.desk.store.write(move |tx| outbox::amend(tx, created, create("Call Notes 2"), at)).await;
    assert!(mended.unwrap());
    place.synced().await;
    assert!(place.outbox().await.is_empty());
    assert!(place.fake.taken().contains(&ticked));
    place.agrees().await;
}

#[tokio::test]
async fn discarding_lets_go_of_what_waits_only_where_asked() {
    let place = Place::new();
    place.desk.workspace().await;
    let project = place.desk.project("Call Notes").await;
    let version = place.desk.version(project, "1.0.0").await;
    place.synced().await;
    let theirs = set_field(version, FieldKey::Description, "theirs", None);
    place.fake.other(&person(2), &command(AggregateRef::Project(project), theirs));
    let first = place.desk.set(project, version, FieldKey::Description, "mine").await;
    let step = Body::MarkCarried { version, fields: vec![FieldKey::Description], entered: BTreeMap::new() };
    let carried = place.desk.go(AggregateRef::Project(project), step).await;
    place.synced().await;
    let waits: Vec<_> = place.outbox().await.into_iter().map(|row| (row.id, row.waits_for)).collect();
    assert_eq!(waits, [(first, None), (carried, Some(first))]);
    place.desk.store.write(move |tx| outbox::discard(tx, [first])).await.unwrap();
    let open = place.outbox().await;
    assert_eq!((open.len(), open[0].waits_for, open[0].envelope.needs.len()), (1, None, 0));
    place.synced().await;
    assert!(place.fake.taken().contains(&carried), "tried on its own");
    place.agrees().await;
}

/// A service that was restored from a backup gives its feed another epoch: what it lost is sent again.
#[tokio::test]
async fn a_restored_service_gets_back_what_it_lost() {
    for with_epoch in [true, false] {
        let mut place = Place::new();
        place.desk.workspace().await;
        let project = place.desk.project("Call Notes").await;
        let version = place.desk.version(project, "1.0.0").await;
        let run = place.desk.run(project, version).await;
        place.synced().await;
        let backup: Box<dyn FnOnce(&Fake)> = if with_epoch {
            Box::new(place.fake.back_up())
        } else {
            Box::new(place.fake.back_up_without_epoch())
        };
        let items = testing::items();
        place.desk.tick(run, &items[0], Outcome::Pass, vec![]).await;
        let note = Body::Note { item: items[1].clone(), text: "seen".into(), knew: None };
        place.desk.go(AggregateRef::Run(run), note).await;
        place.synced().await;
        let before = place.fake.states();
        backup(&place.fake);
        assert_ne!(place.fake.states(), before, "two commands are lost");
        // Cut off after the snapshot was taken and before anything was sent again, then started anew: what is shown
        // stays as it was, with nothing gone and nothing twice.
        let shown = place.states().await;
        place.fake.asked();
        place.fake.trouble([Trouble::None, Trouble::None, Trouble::None, Trouble::Unreachable]);
        place.round().await.unwrap_err();
        let asked = ["GET /v1/changes", "GET /v1/me", "GET /v1/snapshot", "POST /v1/commands"];
        assert_eq!(place.fake.asked(), asked);
        place.restart();
        assert_eq!(place.states().await, shown);
        place.synced().await;
        assert_eq!(place.fake.taken().len(), 6);
        assert!(place.outbox().await.is_empty());
        place.agrees().await;
        let run = place.desk.store.read(move |view| view.run(run)).await.unwrap().unwrap();
        assert_eq!(run.items[&items[0]].entries.len(), 1, "once, not twice");
        assert_eq!(run.items[&items[1]].entries.len(), 1);
    }
}

#[tokio::test]
async fn a_second_desktop_begins_with_a_snapshot_by_pages() {
    let first = Place::new();
    first.desk.workspace().await;
    for n in 0..7 {
        let project = first.desk.project(&format!("Contact Sync {n}")).await;
        first.desk.version(project, "1.0.0").await;
    }
    first.synced().await;
    first.fake.pages_of(3);
    let second = Place::at(first.fake.clone());
    first.fake.asked();
    // Cut off after the first page: it goes on from there.
    first.fake.trouble([Trouble::None, Trouble::None, Trouble::Unreachable]);
    assert!(second.round().await.is_err());
    second.synced().await;
    second.agrees().await;
    let snapshots = first.fake.asked().iter().filter(|asked| asked.contains("snapshot")).count();
    assert_eq!(snapshots, 4, "3 pages, one of them asked for twice");
    let all = ActivityFilter::default();
    let activity = second.desk.store.read(move |view| view.activity(&all, 0, 100)).await.unwrap();
    assert_eq!((activity.rows.len(), activity.total), (15, 15), "what was done before is in the activity");
}

#[tokio::test]
async fn a_service_that_asks_for_an_update_is_read_on_and_the_queue_is_kept() {
    let place = Place::new();
    place.desk.workspace().await;
    place.synced().await;
    place.fake.least_protocol(2);
    let theirs =
        command(AggregateRef::Project(domain::ids::ProjectId(testing::fresh())), create("Queue Lens"));
    place.desk.project("Survey Sense").await;
    place.fake.other(&person(2), &theirs);
    assert_eq!(place.round().await.unwrap(), Round::ReadOnly);
    let query = ProjectQuery { limit: 9, ..ProjectQuery::default() };
    let page = place.desk.store.read(move |view| view.project_rows(&query)).await.unwrap();
    assert_eq!(
        page.rows.iter().map(|row| row.name.as_str()).collect::<Vec<_>>(),
        ["Queue Lens", "Survey Sense"]
    );
    let [row] = &place.outbox().await[..] else { panic!() };
    assert_eq!((row.state, row.attempts), (OutboxState::Queued, 0), "not even tried");
    place.fake.least_protocol(1);
    place.synced().await;
    place.agrees().await;
}

#[tokio::test]
async fn what_a_newer_version_did_is_kept_and_shown_as_such() {
    let place = Place::new();
    place.desk.workspace().await;
    let project = place.desk.project("Call Notes").await;
    place.synced().await;
    place.fake.by_a_newer_version(project);
    place.synced().await;
    place.agrees().await;
    let shown = place.desk.store.read(move |view| view.project(project)).await.unwrap().unwrap();
    assert_eq!(shown.extra["stars"], 5);
    let all = ActivityFilter::default();
    let activity = place.desk.store.read(move |view| view.activity(&all, 0, 1)).await.unwrap().rows;
    assert_eq!(activity[0].envelope.kind, "project.rate");
    assert!(activity[0].envelope.command().is_err());
    // Local work goes on top of a state with fields that this version does not know.
    place.desk.version(project, "1.0.0").await;
    place.synced().await;
    place.agrees().await;
}

#[tokio::test]
async fn one_command_that_is_too_large_is_refused_alone() {
    let place = Place::new();
    place.desk.workspace().await;
    let project = place.desk.project("Call Notes").await;
    let version = place.desk.version(project, "1.0.0").await;
    let large = place.desk.set(project, version, FieldKey::Description, &"x".repeat(15_000)).await;
    place.desk.set(project, version, FieldKey::ListingSummary, "short").await;
    place.fake.largest(10_000);
    place.synced().await;
    let [row] = &place.outbox().await[..] else { panic!() };
    assert_eq!((row.id, row.state), (large, OutboxState::Refused));
    assert_eq!(place.fake.taken().len(), 4);
    place.agrees().await;
}
