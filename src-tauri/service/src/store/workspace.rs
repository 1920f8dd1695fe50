//! Table `workspace`: each workspace's feed, its epoch and its head.

use domain::ids::WorkspaceId;
use rusqlite::{OptionalExtension, Transaction, params};
use uuid::Uuid;

use crate::error::StoreError;

/// Where a feed stands.
pub(crate) struct Feed {
    pub(crate) epoch: Uuid,
    pub(crate) head: u64,
}

/// Gives a workspace its feed, where it has none.
pub(super) fn ensure(tx: &Transaction, workspace: WorkspaceId) -> rusqlite::Result<()> {
    tx.execute(
        "INSERT INTO workspace (id, epoch, head) VALUES (?1, ?2, 0) ON CONFLICT (id) DO NOTHING",
        params![workspace.0, Uuid::now_v7()],
    )?;
    Ok(())
}

/// Gives every feed another epoch.
pub(super) fn new_epochs(tx: &Transaction) -> rusqlite::Result<()> {
    let ids: Vec<Uuid> =
        tx.prepare("SELECT id FROM workspace")?.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    for id in ids {
        tx.execute("UPDATE workspace SET epoch = ?2 WHERE id = ?1", params![id, Uuid::now_v7()])?;
    }
    Ok(())
}

pub(crate) fn feed(tx: &Transaction, workspace: WorkspaceId) -> Result<Feed, StoreError> {
    let sql = "SELECT epoch, head FROM workspace WHERE id = ?1";
    let feed = tx
        .prepare_cached(sql)?
        .query_row([workspace.0], |row| Ok(Feed { epoch: row.get(0)?, head: row.get(1)? }));
    feed.optional()?.ok_or(StoreError::NoFeed)
}

pub(crate) fn set_head(tx: &Transaction, workspace: WorkspaceId, head: u64) -> Result<(), StoreError> {
    let sql = "UPDATE workspace SET head = ?2 WHERE id = ?1";
    tx.prepare_cached(sql)?.execute(params![workspace.0, head])?;
    Ok(())
}
