//! `draft`: what a person typed and did not hand in yet.

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use crate::store::StoreError;

pub(in crate::store) fn get(connection: &Connection, key: &str) -> Result<Option<String>, StoreError> {
    Ok(connection
        .prepare_cached("SELECT text FROM draft WHERE key = ?1")?
        .query_row([key], |row| row.get(0))
        .optional()?)
}

/// All whose keys begin so, in the order of their keys.
pub(in crate::store) fn all(connection: &Connection, prefix: &str) -> Result<Vec<String>, StoreError> {
    let mut select = connection
        .prepare_cached("SELECT text FROM draft WHERE substr(key, 1, length(?1)) = ?1 ORDER BY key")?;
    let rows = select.query_map([prefix], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(in crate::store) fn set(tx: &Transaction<'_>, key: &str, text: Option<&str>) -> Result<(), StoreError> {
    match text {
        Some(text) => tx
            .prepare_cached(
                "INSERT INTO draft (key, text) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET text = ?2",
            )?
            .execute(params![key, text])?,
        None => tx.prepare_cached("DELETE FROM draft WHERE key = ?1")?.execute([key])?,
    };
    Ok(())
}
