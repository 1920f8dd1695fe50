//! `setting`: small values by key.

use rusqlite::{Connection, OptionalExtension, Transaction, params};
use serde_json::Value;

use crate::store::StoreError;

pub(in crate::store) fn get(connection: &Connection, key: &str) -> Result<Option<Value>, StoreError> {
    let found: Option<String> = connection
        .prepare_cached("SELECT value FROM setting WHERE key = ?1")?
        .query_row([key], |row| row.get(0))
        .optional()?;
    Ok(found.map(|text| serde_json::from_str(&text)).transpose()?)
}

pub(in crate::store) fn set(tx: &Transaction<'_>, key: &str, value: &Value) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO setting (key, value) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = ?2",
    )?
    .execute(params![key, value.to_string()])?;
    Ok(())
}
