//! What the store does when something goes wrong below it.

use domain::ids::WorkspaceId;
use rusqlite::Connection;
use tempfile::TempDir;

use super::{Store, workspace};
use crate::error::StoreError;

const WORKSPACE: WorkspaceId = WorkspaceId::from_u128(1);

fn store() -> (TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("service.db"), &[WORKSPACE]).unwrap();
    (folder, store)
}

async fn head(store: &Store) -> u64 {
    store.read(|tx| workspace::feed(tx, WORKSPACE)).await.unwrap().head
}

async fn set_head(store: &Store, head: u64) -> Result<(), StoreError> {
    store.write(move |tx| workspace::set_head(tx, WORKSPACE, head)).await
}

#[tokio::test]
async fn work_that_fails_or_panics_leaves_nothing_and_the_next_goes_on() {
    let (_folder, store) = store();
    let failed: Result<(), _> = store
        .write(|tx| {
            workspace::set_head(tx, WORKSPACE, 7)?;
            Err(StoreError::NoFeed)
        })
        .await;
    assert!(matches!(failed, Err(StoreError::NoFeed)));
    let cut_short: Result<(), _> = store
        .write(|tx| {
            workspace::set_head(tx, WORKSPACE, 8)?;
            panic!("in the middle of a transaction")
        })
        .await;
    assert!(matches!(cut_short, Err(StoreError::CutShort(_))));
    assert_eq!(head(&store).await, 0);
    set_head(&store, 1).await.unwrap();
    assert_eq!(head(&store).await, 1);
}

#[tokio::test]
async fn a_full_disk_and_a_lock_pass() {
    let (folder, store) = store();
    let pages: i64 = store.writer.lock().await.query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap();
    let limit = |pages: i64| format!("PRAGMA max_page_count = {pages}");
    let grow = || {
        store.write(|tx| {
            tx.execute("INSERT INTO workspace VALUES (zeroblob(100000), x'00', 0)", [])?;
            Ok(())
        })
    };
    store.writer.lock().await.query_row(&limit(pages), [], |_| Ok(())).unwrap();
    assert_eq!(grow().await.unwrap_err().passing(), Some("disk_full"));
    store.writer.lock().await.query_row(&limit(1_000_000), [], |_| Ok(())).unwrap();
    grow().await.unwrap();

    store.writer.lock().await.busy_timeout(std::time::Duration::ZERO).unwrap();
    let other = Connection::open(folder.path().join("service.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert_eq!(set_head(&store, 1).await.unwrap_err().passing(), Some("busy"));
    // Readers wait for no writer.
    assert_eq!(head(&store).await, 0);
    other.execute_batch("ROLLBACK").unwrap();
    set_head(&store, 1).await.unwrap();
    assert_eq!(StoreError::NoFeed.passing(), None);
}

#[tokio::test]
async fn a_reader_sees_one_moment() {
    let (folder, store) = store();
    let path = folder.path().join("service.db");
    let seen = store
        .read(move |tx| {
            let before = workspace::feed(tx, WORKSPACE)?.head;
            Connection::open(&path)?.execute("UPDATE workspace SET head = 5", [])?;
            Ok((before, workspace::feed(tx, WORKSPACE)?.head))
        })
        .await
        .unwrap();
    assert_eq!(seen, (0, 0));
    assert_eq!(head(&store).await, 5);
}

/// Each look-up that a command may ask for is answered from an index.
#[tokio::test]
async fn look_ups_read_no_table_from_end_to_end() {
    let (_folder, store) = store();
    for sql in [
        "SELECT 1 FROM project_name WHERE workspace = ?1 AND name_folded = ?2 AND project <> ?3",
        "SELECT 1 FROM project_name WHERE workspace = ?1 AND slug = ?2 AND project <> ?3",
        "SELECT run FROM run_of WHERE workspace = ?1 AND project = ?2 AND version = ?3 ORDER BY started",
        "SELECT state FROM aggregate WHERE workspace = ?1 AND kind = ?2 AND id = ?3",
        "SELECT state FROM aggregate WHERE workspace = ?1 AND number > ?2 ORDER BY number",
        "SELECT 1 FROM command WHERE workspace = ?1 AND id = ?2",
        "SELECT envelope FROM command WHERE workspace = ?1 AND number > ?2 ORDER BY number",
    ] {
        let plan: Vec<String> = store
            .read(move |tx| {
                let mut statement = tx.prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?;
                let count = statement.parameter_count();
                let rows =
                    statement.query_map(rusqlite::params_from_iter(vec![1; count]), |row| row.get(3))?;
                Ok(rows.collect::<Result<_, _>>()?)
            })
            .await
            .unwrap();
        let [step] = plan.as_slice() else { panic!("{sql}: {plan:?}") };
        assert!(
            step.starts_with("SEARCH") && step.contains("INDEX") | step.contains("PRIMARY KEY"),
            "{sql}: {step}"
        );
    }
}
