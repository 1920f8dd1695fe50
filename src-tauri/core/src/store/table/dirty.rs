//! `dirty`: aggregates whose shown state has to be derived again.

use std::collections::BTreeSet;

use domain::AggregateRef;
use rusqlite::{Connection, Transaction, params};

use super::{aggregate, key};
use crate::store::StoreError;

/// Those that can be derived now.
///
/// A snapshot says nothing of the commands in it. So while a command may or may not be in a newly taken one, its
/// aggregate is shown as before: applied on top it could show twice.
pub(in crate::store) fn ready(connection: &Connection) -> Result<BTreeSet<AggregateRef>, StoreError> {
    let mut query = connection.prepare_cached(
        "SELECT kind, id FROM dirty WHERE snapshot = 0 OR NOT EXISTS (
           SELECT 1 FROM outbox WHERE outbox.kind = dirty.kind AND outbox.aggregate = dirty.id
             AND outbox.state IN ('queued', 'in_flight') AND outbox.unsure = 1)",
    )?;
    let rows = query.query_map([], |row| aggregate(row, 0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(in crate::store) fn mark(
    tx: &Transaction<'_>,
    of: AggregateRef,
    snapshot: bool,
) -> Result<(), StoreError> {
    let (kind, id) = key(of);
    tx.prepare_cached(
        "INSERT INTO dirty (kind, id, snapshot) VALUES (?1, ?2, ?3)
         ON CONFLICT DO UPDATE SET snapshot = max(snapshot, ?3)",
    )?
    .execute(params![kind, id, snapshot])?;
    Ok(())
}

/// Marks whatever is shown or waits: a snapshot of another epoch may not hold it any more.
pub(in crate::store) fn mark_all(tx: &Transaction<'_>, snapshot: bool) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO dirty (kind, id, snapshot)
         SELECT kind, id, ?1 FROM shown UNION
         SELECT kind, aggregate, ?1 FROM outbox WHERE state IN ('queued', 'in_flight', 'done')
         ON CONFLICT DO UPDATE SET snapshot = max(snapshot, ?1)",
        [snapshot],
    )?;
    Ok(())
}

pub(in crate::store) fn clear(tx: &Transaction<'_>, of: AggregateRef) -> Result<(), StoreError> {
    let (kind, id) = key(of);
    tx.prepare_cached("DELETE FROM dirty WHERE kind = ?1 AND id = ?2")?.execute(params![kind, id])?;
    Ok(())
}
