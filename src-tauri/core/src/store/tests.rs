//! What the store promises, room by room.

#![expect(
    clippy::redundant_closure_for_method_calls,
    reason = "the methods' lifetimes are not general enough"
)]

mod activity;
mod backups;
mod beside;
mod files;
mod outbox;
mod recovery;
mod schema;
mod search;
mod submit;

use std::time::Duration;

use domain::AggregateRef;
use domain::ids::ProjectId;
use tempfile::TempDir;

use super::*;
use crate::testing::{self, Desk, create};

/// A store in a folder of its own.
fn open() -> (TempDir, Desk) {
    let dir = tempfile::tempdir().unwrap();
    let desk = Desk::new(Store::open(dir.path()).unwrap());
    (dir, desk)
}

/// A store with a workspace, a project, a version and a run.
async fn furnished() -> (TempDir, Desk, testing::Furniture) {
    let (dir, desk) = open();
    desk.workspace().await;
    let project = desk.project("Call Notes").await;
    let version = desk.version(project, "1.0.0").await;
    let run = desk.run(project, version).await;
    (dir, desk, testing::Furniture { project, version, run })
}

async fn quiet(changes: &mut Changes) -> bool {
    tokio::time::timeout(Duration::from_millis(50), changes.next()).await.is_err()
}

#[tokio::test]
async fn tags_are_told_after_the_commit_and_of_several_commits_at_once() {
    let (_dir, desk) = open();
    let mut changes = desk.store.changes();
    desk.workspace().await;
    let first = desk.project("Call Notes").await;
    let second = desk.project("Shift Planner").await;
    let wanted = [
        Tag::Workspace,
        Tag::Projects,
        Tag::Project(first),
        Tag::Project(second),
        Tag::Outbox,
        Tag::Activity,
    ];
    assert_eq!(changes.next().await.unwrap(), wanted.into());
    assert!(quiet(&mut changes).await);

    // What is rolled back is not told.
    let id = ProjectId(testing::fresh());
    desk.submit(testing::command(AggregateRef::Project(id), create(" call notes "))).await.unwrap_err();
    let failed: Result<(), StoreError> = desk
        .store
        .write(|tx| {
            tx.changed(Tag::Runs);
            tx.set_setting("theme", &"dark".into())?;
            Err(StoreError::DiskFull)
        })
        .await;
    assert!(matches!(failed, Err(StoreError::DiskFull)));
    assert!(quiet(&mut changes).await);
    assert_eq!(desk.store.read(|view| view.setting("theme")).await.unwrap(), None);

    assert_eq!(Tag::Project(first).to_string(), format!("project:{first}"));
    desk.store.close();
    assert!(changes.next().await.is_none(), "the end is told too");
}

#[tokio::test]
async fn writes_keep_the_order_of_the_calls_and_a_panic_ends_only_itself() {
    let (_dir, desk) = open();
    let append = |n: i64| {
        desk.store.write(move |tx| {
            let mut all = tx.view().setting("all")?.unwrap_or_else(|| serde_json::json!([]));
            all.as_array_mut().unwrap().push(n.into());
            assert!(n != 50, "a defect");
            tx.set_setting("all", &all)
        })
    };
    // Called in order, awaited the other way round.
    let mut waiting: Vec<_> = (0..100).map(append).collect();
    waiting.reverse();
    for (at, write) in waiting.into_iter().enumerate() {
        match write.await {
            Ok(()) => assert_ne!(at, 49),
            Err(error) => assert!(at == 49 && matches!(error, StoreError::Panicked), "{at}: {error}"),
        }
    }
    let all = desk.store.read(|view| view.setting("all")).await.unwrap().unwrap();
    let wanted: Vec<i64> = (0..100).filter(|n| *n != 50).collect();
    assert_eq!(all, serde_json::json!(wanted));
    desk.store.close();
    assert!(matches!(desk.store.read(|view| view.setting("all")).await, Err(StoreError::Closed)));
    let late: Result<(), StoreError> = desk.store.write(|tx| tx.set_draft("a", None)).await;
    assert!(matches!(late, Err(StoreError::Closed)));
}

/// A read sees one state, whatever is written meanwhile, and does not wait for the writer.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_read_sees_one_state_while_others_write() {
    let (_dir, desk) = open();
    desk.workspace().await;
    let (reading, begun) = std::sync::mpsc::channel();
    let (written, go_on) = std::sync::mpsc::channel::<()>();
    let read = desk.store.read(move |view| {
        let before = view.draft("a")?;
        reading.send(()).unwrap();
        go_on.recv().unwrap();
        Ok::<_, StoreError>((before, view.draft("a")?))
    });
    tokio::task::spawn_blocking(move || begun.recv().unwrap()).await.unwrap();
    desk.store.write(|tx| tx.set_draft("a", Some("typed"))).await.unwrap();
    written.send(()).unwrap();
    assert_eq!(read.await.unwrap(), (None, None));
    assert_eq!(desk.store.read(|view| view.draft("a")).await.unwrap().as_deref(), Some("typed"));
}

#[tokio::test]
async fn drafts_and_settings_outlast_a_restart() {
    let (dir, desk) = open();
    let draft = "half a sentence with \u{1F600} and \u{5d0}";
    desk.store.write(move |tx| tx.set_draft("finding:1", Some(draft))).await.unwrap();
    desk.store.write(|tx| tx.set_draft("finding:2", Some("gone"))).await.unwrap();
    desk.store.write(|tx| tx.set_draft("finding:2", None)).await.unwrap();
    desk.store.write(|tx| tx.set_setting("pinned", &serde_json::json!({ "id": 1 }))).await.unwrap();
    desk.store.close();
    let store = Store::open(dir.path()).unwrap();
    assert_eq!(store.read(|view| view.draft("finding:1")).await.unwrap().as_deref(), Some(draft));
    assert_eq!(store.read(|view| view.draft("finding:2")).await.unwrap(), None);
    assert_eq!(store.read(|view| view.setting("pinned")).await.unwrap().unwrap()["id"], 1);
}
