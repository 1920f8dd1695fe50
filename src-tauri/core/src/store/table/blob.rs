//! `blob`: the files that are here, and whether the service has them.

use domain::Timestamp;
use domain::files::BlobId;
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::{int, parsed};
use crate::store::StoreError;

/// Notes a file that is here. One that is added again is as new.
pub(in crate::store) fn add(
    tx: &Transaction<'_>,
    id: BlobId,
    bytes: u64,
    at: Timestamp,
    sent: bool,
) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO blob (sha256, bytes, added_at, sent) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT DO UPDATE SET bytes = ?2, added_at = ?3, sent = max(sent, ?4),
           unnamed_since = NULL",
    )?
    .execute(params![id.to_string(), int(bytes), at.0, sent])?;
    Ok(())
}

/// Whether the service said that it has it.
pub(in crate::store) fn is_sent(connection: &Connection, id: BlobId) -> Result<bool, StoreError> {
    let found = connection
        .prepare_cached("SELECT sent FROM blob WHERE sha256 = ?1")?
        .query_row([id.to_string()], |row| row.get(0))
        .optional()?;
    Ok(found.unwrap_or(false))
}

/// Notes whether the service has it.
pub(in crate::store) fn set_sent(tx: &Transaction<'_>, id: BlobId, sent: bool) -> Result<(), StoreError> {
    tx.prepare_cached("UPDATE blob SET sent = ?2 WHERE sha256 = ?1")?
        .execute(params![id.to_string(), sent])?;
    Ok(())
}

/// Every file that is noted.
pub(in crate::store) fn all(connection: &Connection) -> Result<Vec<BlobId>, StoreError> {
    let mut query = connection.prepare_cached("SELECT sha256 FROM blob")?;
    Ok(query.query_map([], |row| parsed(row, 0))?.collect::<Result<_, _>>()?)
}

/// Every file, and since when nothing names it.
pub(in crate::store) fn unnamed_since(
    connection: &Connection,
) -> Result<Vec<(BlobId, Option<Timestamp>)>, StoreError> {
    let mut query = connection.prepare_cached("SELECT sha256, unnamed_since FROM blob")?;
    let rows =
        query.query_map([], |row| Ok((parsed(row, 0)?, row.get::<_, Option<i64>>(1)?.map(Timestamp))))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Notes since when nothing names it; none where something does.
pub(in crate::store) fn set_unnamed_since(
    tx: &Transaction<'_>,
    id: BlobId,
    since: Option<Timestamp>,
) -> Result<(), StoreError> {
    tx.prepare_cached("UPDATE blob SET unnamed_since = ?2 WHERE sha256 = ?1")?
        .execute(params![id.to_string(), since.map(|at| at.0)])?;
    Ok(())
}

pub(in crate::store) fn remove(tx: &Transaction<'_>, id: BlobId) -> Result<(), StoreError> {
    tx.prepare_cached("DELETE FROM blob WHERE sha256 = ?1")?.execute([id.to_string()])?;
    Ok(())
}
