//! `feed`: where we are in the service's feed.

use domain::Timestamp;
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use uuid::Uuid;

use super::{count, int, parsed};
use crate::store::StoreError;

/// Where we are in the service's feed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Position {
    /// The feed's epoch.
    pub epoch: Uuid,
    /// Everything up to this number was read.
    pub head: u64,
    /// A snapshot is being taken, so far up to this number.
    pub snapshot_after: Option<u64>,
    /// When everything was read last, by the desktop's clock.
    pub synced_at: Option<Timestamp>,
    /// Talkdesk's deliveries up to this number were read.
    pub deliveries: u64,
}

pub(in crate::store) fn get(connection: &Connection) -> Result<Option<Position>, StoreError> {
    Ok(connection
        .prepare_cached("SELECT epoch, head, snapshot_after, synced_at, deliveries FROM feed")?
        .query_row([], |row| {
            Ok(Position {
                epoch: parsed(row, 0)?,
                head: count(row, 1)?,
                snapshot_after: row.get::<_, Option<i64>>(2)?.and_then(|after| u64::try_from(after).ok()),
                synced_at: row.get::<_, Option<i64>>(3)?.map(Timestamp),
                deliveries: count(row, 4)?,
            })
        })
        .optional()?)
}

pub(in crate::store) fn set(tx: &Transaction<'_>, at: &Position) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO feed (one, epoch, head, snapshot_after, synced_at, deliveries) VALUES (1, ?1, ?2, ?3, ?4, ?5)
         ON CONFLICT DO UPDATE SET epoch = ?1, head = ?2, snapshot_after = ?3, synced_at = ?4, deliveries = ?5",
    )?
    .execute(params![
        at.epoch.to_string(),
        int(at.head),
        at.snapshot_after.map(int),
        at.synced_at.map(|at| at.0),
        int(at.deliveries)
    ])?;
    Ok(())
}
