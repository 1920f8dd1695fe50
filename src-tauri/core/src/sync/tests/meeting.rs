//! How changes come to meet others: whom a desktop names, and what it leaves out.

use domain::ids::CommandId;

use super::*;
use crate::store::outbox::retry;

/// Two computers in step, and a project with a described version.
async fn two() -> (Place, Place, domain::ids::ProjectId, domain::ids::VersionId, CommandId) {
    let here = Place::new();
    here.desk.workspace().await;
    let project = here.desk.project("Call Notes").await;
    let version = here.desk.version(project, "1.0.0").await;
    let first = here.desk.set(project, version, FieldKey::Description, "Notes").await;
    here.synced().await;
    let there = Place::at(here.fake.clone());
    there.synced().await;
    (here, there, project, version, first)
}

impl Place {
    async fn met(&self, id: CommandId) -> Vec<CommandId> {
        let met = self.desk.store.read(move |view| view.met(id)).await.unwrap();
        met.into_iter().map(|row| row.id).collect()
    }

    async fn settled(&self) -> Vec<CommandId> {
        let rows = self.desk.store.read(|view| view.met_and_taken(10)).await.unwrap();
        rows.into_iter().map(|row| row.id).collect()
    }
}

/// Protects who is named: the change that was not known, of the same field, and none besides; what stood before is
/// the last of the known ones. Once a person decided, nothing of it is left to tell.
#[tokio::test]
async fn a_conflict_names_what_it_met_and_what_stood_before() {
    let (here, there, project, version, first) = two().await;
    let theirs = there.desk.set(project, version, FieldKey::Description, "Notes, by theirs").await;
    there.desk.set(project, version, FieldKey::Notes, "another field").await;
    there.synced().await;
    let ours = here.desk.set(project, version, FieldKey::Description, "Notes, by ours").await;
    let alone = here.desk.set(project, version, FieldKey::ListingSummary, "nobody else's").await;
    here.synced().await;

    let open = here.outbox().await;
    assert_eq!((open.len(), open[0].id, open[0].state), (1, ours, OutboxState::Conflicted));
    assert!(open[0].settled_at.is_some() && open[0].knew_at.is_some());
    assert_eq!((here.met(ours).await, here.met(alone).await), (vec![theirs], vec![]));
    let row = open[0].clone();
    let base = here.desk.store.read(move |view| view.base(&row)).await.unwrap().unwrap();
    assert_eq!(base.id, first);
    assert!(here.settled().await.is_empty(), "it waits for a person");

    assert!(here.desk.store.write(move |tx| retry(tx, ours)).await.unwrap());
    here.synced().await;
    assert!(here.outbox().await.is_empty());
    assert!(here.met(ours).await.is_empty() && here.settled().await.is_empty(), "a person settled it");
}

/// Protects the list of what nobody has to settle: the same text on both sides, the later of two edits, and nothing
/// that was done in step or to another thing.
#[tokio::test]
async fn what_is_taken_although_another_changed_the_same_is_told() {
    let (here, there, project, version, _) = two().await;
    let of = AggregateRef::Project(project);
    let edit = |notes: &str| Body::VersionEdit { version, number: "1.0.0".into(), notes: notes.into() };
    let same = there.desk.set(project, version, FieldKey::ListingSummary, "Beside the call").await;
    let earlier = there.desk.go(of, edit("theirs")).await;
    there.synced().await;
    let ours = here.desk.set(project, version, FieldKey::ListingSummary, "Beside the call").await;
    let later = here.desk.go(of, edit("ours")).await;
    here.desk.set(project, version, FieldKey::Notes, "alone").await;
    here.synced().await;
    assert!(here.outbox().await.is_empty());
    assert_eq!((here.met(ours).await, here.met(later).await), (vec![same], vec![earlier]));
    assert_eq!(here.settled().await, [later, ours], "newest first");

    there.synced().await;
    there.desk.go(of, edit("in step")).await;
    there.synced().await;
    here.synced().await;
    assert_eq!(
        (here.settled().await.len(), there.settled().await.len()),
        (2, 0),
        "who was in step met nobody"
    );
}
