//! `shown`: each aggregate as screens read it.

use domain::checklist::Run;
use domain::ids::{InstallationId, ProjectId, RunId};
use domain::installation::Installation;
use domain::project::Project;
use domain::workspace::Workspace;
use domain::{Aggregate, AggregateRef};
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use serde::de::DeserializeOwned;

use super::key;
use crate::store::StoreError;

fn read<T: DeserializeOwned>(connection: &Connection, kind: &str, id: &str) -> Result<Option<T>, StoreError> {
    let mut query = connection.prepare_cached("SELECT state FROM shown WHERE kind = ?1 AND id = ?2")?;
    let mut rows = query.query(params![kind, id])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let text = row.get_ref(0)?.as_str().map_err(|error| StoreError::Damaged(error.to_string()))?;
    Ok(Some(parsed(text, |text| serde_json::from_str(text))?))
}

/// A state in words that this version does not know is not damage.
fn parsed<T>(text: &str, read: impl FnOnce(&str) -> serde_json::Result<T>) -> Result<T, StoreError> {
    read(text).map_err(|error| match serde_json::from_str::<serde::de::IgnoredAny>(text) {
        Ok(_) => StoreError::Newer(error.to_string()),
        Err(_) => error.into(),
    })
}

/// The workspace: a store holds one.
pub(in crate::store) fn workspace(connection: &Connection) -> Result<Option<Workspace>, StoreError> {
    let mut query = connection.prepare_cached("SELECT state FROM shown WHERE kind = 'workspace' LIMIT 1")?;
    let text: Option<String> = query.query_row([], |row| row.get(0)).optional()?;
    text.map(|text| parsed(&text, |text| serde_json::from_str(text))).transpose()
}

pub(in crate::store) fn project(
    connection: &Connection,
    id: ProjectId,
) -> Result<Option<Project>, StoreError> {
    read(connection, "project", &id.to_string())
}

pub(in crate::store) fn run(connection: &Connection, id: RunId) -> Result<Option<Run>, StoreError> {
    read(connection, "run", &id.to_string())
}

pub(in crate::store) fn installation(
    connection: &Connection,
    id: InstallationId,
) -> Result<Option<Installation>, StoreError> {
    read(connection, "installation", &id.to_string())
}

/// Whatever is shown.
pub(in crate::store) fn all(connection: &Connection) -> Result<Vec<AggregateRef>, StoreError> {
    let mut query = connection.prepare_cached("SELECT kind, id FROM shown")?;
    let rows = query.query_map([], |row| super::aggregate(row, 0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The state as it is stored.
pub(in crate::store) fn text(
    connection: &Connection,
    of: AggregateRef,
) -> Result<Option<String>, StoreError> {
    let (kind, id) = key(of);
    Ok(connection
        .prepare_cached("SELECT state FROM shown WHERE kind = ?1 AND id = ?2")?
        .query_row(params![kind, id], |row| row.get(0))
        .optional()?)
}

/// The state, whichever kind it is.
pub(in crate::store) fn get(
    connection: &Connection,
    of: AggregateRef,
) -> Result<Option<Aggregate>, StoreError> {
    text(connection, of)?.map(|text| parse(of, &text)).transpose()
}

/// A state from its text.
pub(in crate::store) fn parse(of: AggregateRef, text: &str) -> Result<Aggregate, StoreError> {
    parsed(text, |text| Aggregate::read(of, text))
}

pub(in crate::store) fn put(tx: &Transaction<'_>, of: AggregateRef, state: &str) -> Result<(), StoreError> {
    let (kind, id) = key(of);
    tx.prepare_cached(
        "INSERT INTO shown (kind, id, state) VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET state = ?3",
    )?
    .execute(params![kind, id, state])?;
    Ok(())
}

pub(in crate::store) fn remove(tx: &Transaction<'_>, of: AggregateRef) -> Result<(), StoreError> {
    let (kind, id) = key(of);
    tx.prepare_cached("DELETE FROM shown WHERE kind = ?1 AND id = ?2")?.execute(params![kind, id])?;
    Ok(())
}
