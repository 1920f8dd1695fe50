//! `confirmed`: each aggregate as the service last said.

use domain::protocol::State;
use domain::{Aggregate, AggregateRef};
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::{count, int, key};
use crate::store::StoreError;

/// An aggregate as the service last said.
pub(in crate::store) struct Confirmed {
    /// The number of the last command in it.
    pub number: u64,
    /// The state, or nothing where this version cannot read it.
    pub state: Result<Aggregate, String>,
}

pub(in crate::store) fn get(
    connection: &Connection,
    aggregate: AggregateRef,
) -> Result<Option<Confirmed>, StoreError> {
    let (kind, id) = key(aggregate);
    let found = connection
        .prepare_cached("SELECT number, state FROM confirmed WHERE kind = ?1 AND id = ?2")?
        .query_row(params![kind, id], |row| Ok((count(row, 0)?, row.get::<_, String>(1)?)))
        .optional()?;
    Ok(found.map(|(number, text)| Confirmed {
        number,
        state: Aggregate::read(aggregate, &text).map_err(|_| text),
    }))
}

/// Takes a state where it is newer than what is there; says whether it was.
pub(in crate::store) fn take(tx: &Transaction<'_>, new: &State) -> Result<bool, StoreError> {
    let (kind, id) = key(new.aggregate);
    let changed = tx
        .prepare_cached(
            "INSERT INTO confirmed (kind, id, revision, number, state) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT DO UPDATE SET revision = ?3, number = ?4, state = ?5 WHERE revision < ?3",
        )?
        .execute(params![kind, id, int(new.revision), int(new.number), new.state.to_string()])?;
    Ok(changed > 0)
}

/// Forgets every state: numbers and revisions of another epoch cannot be compared.
pub(in crate::store) fn clear(tx: &Transaction<'_>) -> Result<(), StoreError> {
    tx.execute("DELETE FROM confirmed", [])?;
    Ok(())
}
