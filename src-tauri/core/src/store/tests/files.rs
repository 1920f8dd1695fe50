//! What the store knows of files, whatever happened between a file and its row.

use std::collections::BTreeSet;

use domain::files::{BlobId, Evidence, FileRef};
use domain::ids::CommandId;
use domain::{AggregateRef, Body, Timestamp};

use super::*;
use crate::blobs::Blobs;
use crate::store::files::{self, KEPT_MS};

const NOW: i64 = 1_790_000_000_000;

fn reference(id: BlobId) -> FileRef {
    FileRef { sha256: id, name: "shot.png".into(), media_type: "image/png".into(), bytes: 3, pixels: None }
}

async fn add(desk: &Desk, blobs: &Blobs, bytes: &[u8], at: i64) -> BlobId {
    let (id, length) = (blobs.add(bytes).unwrap(), bytes.len() as u64);
    desk.store.write(move |tx| files::added(tx, id, length, Timestamp(at))).await.unwrap();
    id
}

async fn unsent(desk: &Desk, ids: &[BlobId]) -> Vec<BlobId> {
    let ids: BTreeSet<BlobId> = ids.iter().copied().collect();
    desk.store.read(move |view| files::unsent(view, &ids)).await.unwrap()
}

/// A look at some moment; what went.
async fn forgotten(desk: &Desk, at: i64) -> Vec<BlobId> {
    let named = desk.store.read(files::all_named).await.unwrap();
    desk.store.write(move |tx| files::forget_unnamed(tx, &named, Timestamp(at))).await.unwrap()
}

#[tokio::test]
async fn files_and_rows_find_together_after_a_crash_between_them_and_after_a_recovery() {
    let (dir, desk) = open();
    let blobs = Blobs::of(dir.path());
    let noted = add(&desk, &blobs, b"noted", NOW).await;
    desk.store.write(move |tx| files::set_sent(tx, noted, true)).await.unwrap();
    // The process ended between the file and its row.
    let loose = blobs.add(b"loose").unwrap();
    // And a file went without its row: somebody cleaned up by hand.
    let gone = add(&desk, &blobs, b"gone", NOW).await;
    blobs.remove(gone).unwrap();

    let here = blobs.all().unwrap();
    desk.store.write(move |tx| files::reconcile(tx, &here, Timestamp(NOW))).await.unwrap();
    assert_eq!(
        unsent(&desk, &[noted, loose, gone]).await,
        BTreeSet::from([loose, gone]).into_iter().collect::<Vec<_>>()
    );

    // Nothing that lost its row is let go of at once: what names it may be in a mail's draft, or on its way.
    assert!(forgotten(&desk, NOW).await.is_empty());
    let all: BTreeSet<BlobId> = forgotten(&desk, NOW + KEPT_MS).await.into_iter().collect();
    assert_eq!(all, BTreeSet::from([noted, loose]), "the row of what is gone went with it");
}

#[tokio::test]
async fn what_anything_names_is_kept_and_what_nothing_names_goes_after_its_time() {
    let (dir, desk, at) = furnished().await;
    let blobs = Blobs::of(dir.path());
    let item = testing::items()[0].clone();
    let attach = |id| Body::Attach { item: item.clone(), evidence: Evidence::File(reference(id)) };
    let run = AggregateRef::Run(at.run);

    let standing = add(&desk, &blobs, b"evidence", NOW).await;
    let taken_away = add(&desk, &blobs, b"taken away", NOW).await;
    let typed = add(&desk, &blobs, b"in a form that is open", NOW).await;
    let unnamed = add(&desk, &blobs, b"of a dialog that was closed", NOW).await;
    desk.go(run, attach(standing)).await;
    let entry: CommandId = desk.go(run, attach(taken_away)).await;
    desk.go(run, Body::Detach { item: item.clone(), entry }).await;
    let draft = format!("{{\"files\":[{{\"sha256\":\"{typed}\"}}]}}");
    desk.store.write(move |tx| tx.set_draft("answer", Some(&draft))).await.unwrap();

    assert!(forgotten(&desk, NOW).await.is_empty(), "noted");
    assert!(forgotten(&desk, NOW + KEPT_MS - 1).await.is_empty(), "too new");
    assert_eq!(forgotten(&desk, NOW + KEPT_MS).await, [unnamed]);
    // Its time begins when it was found unnamed, however long it has been here. The history of an item keeps what was
    // taken away.
    desk.store.write(|tx| tx.set_draft("answer", None)).await.unwrap();
    assert!(forgotten(&desk, NOW + KEPT_MS).await.is_empty());
    assert_eq!(forgotten(&desk, NOW + 2 * KEPT_MS).await, [typed]);

    // What is added again is as new.
    let again = add(&desk, &blobs, b"of a dialog that was closed", NOW).await;
    assert!(forgotten(&desk, NOW).await.is_empty());
    add(&desk, &blobs, b"of a dialog that was closed", NOW + KEPT_MS).await;
    assert!(forgotten(&desk, NOW + KEPT_MS).await.is_empty());
    assert_eq!(forgotten(&desk, NOW + 2 * KEPT_MS).await, [again]);
}

#[tokio::test]
async fn what_is_named_again_while_it_is_looked_for_stays_and_a_clock_put_back_takes_nothing_early() {
    let (dir, desk, at) = furnished().await;
    let blobs = Blobs::of(dir.path());
    let item = testing::items()[0].clone();
    let undone = add(&desk, &blobs, b"removed, and brought back by undo", NOW).await;
    assert!(forgotten(&desk, NOW).await.is_empty());
    let named = desk.store.read(files::all_named).await.unwrap();
    desk.go(AggregateRef::Run(at.run), Body::Attach { item, evidence: Evidence::File(reference(undone)) })
        .await;
    let due = Timestamp(NOW + KEPT_MS);
    let gone = desk.store.write(move |tx| files::forget_unnamed(tx, &named, due)).await.unwrap();
    assert!(gone.is_empty(), "it was named after the look");

    let other = add(&desk, &blobs, b"other", NOW).await;
    assert!(forgotten(&desk, NOW + 2 * KEPT_MS).await.is_empty(), "noted");
    assert!(forgotten(&desk, NOW).await.is_empty(), "noted anew");
    assert!(forgotten(&desk, NOW + KEPT_MS - 1).await.is_empty());
    assert_eq!(forgotten(&desk, NOW + KEPT_MS).await, [other]);
}

#[tokio::test]
async fn what_the_service_has_is_known_and_can_be_taken_back() {
    let (dir, desk) = open();
    let blobs = Blobs::of(dir.path());
    let mine = add(&desk, &blobs, b"mine", NOW).await;
    let theirs = blobs.add(b"theirs").unwrap();
    desk.store.write(move |tx| files::fetched(tx, theirs, 6, Timestamp(NOW))).await.unwrap();
    assert_eq!(unsent(&desk, &[mine, theirs]).await, [mine]);
    desk.store.write(move |tx| files::set_sent(tx, mine, true)).await.unwrap();
    assert!(unsent(&desk, &[mine, theirs]).await.is_empty());
    // Added here as well, it is still there.
    add(&desk, &blobs, b"theirs", NOW).await;
    assert!(unsent(&desk, &[theirs]).await.is_empty());
    desk.store.write(move |tx| files::set_sent(tx, theirs, false)).await.unwrap();
    assert_eq!(unsent(&desk, &[theirs]).await, [theirs]);
}
