//! Table `aggregate`, and beside it what is looked up by something else than an id.

use domain::ids::WorkspaceId;
use domain::protocol::State;
use domain::{Aggregate, AggregateRef};
use rusqlite::{OptionalExtension, Row, Transaction, params};
use uuid::Uuid;

use crate::error::StoreError;

/// An aggregate and how often it was changed.
pub(crate) struct Stored {
    pub(crate) state: Aggregate,
    pub(crate) revision: u64,
}

/// A state as a page carries it, and its size in bytes.
pub(crate) type Sized = (State, usize);

/// The kind as it stands in the tables, and the id.
pub(super) fn key(aggregate: AggregateRef) -> (&'static str, Uuid) {
    match aggregate {
        AggregateRef::Workspace(id) => ("workspace", id.0),
        AggregateRef::Project(id) => ("project", id.0),
        AggregateRef::Run(id) => ("run", id.0),
    }
}

pub(crate) fn read(
    tx: &Transaction,
    workspace: WorkspaceId,
    aggregate: AggregateRef,
) -> Result<Option<Stored>, StoreError> {
    let (kind, id) = key(aggregate);
    let sql = "SELECT state, revision FROM aggregate WHERE workspace = ?1 AND kind = ?2 AND id = ?3";
    let row: Option<(String, u64)> = tx
        .prepare_cached(sql)?
        .query_row(params![workspace.0, kind, id], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    row.map(|(json, revision)| Ok(Stored { state: Aggregate::read(aggregate, &json)?, revision })).transpose()
}

/// Writes a state and what is looked up of it.
pub(crate) fn write(
    tx: &Transaction,
    workspace: WorkspaceId,
    state: &Aggregate,
    revision: u64,
    number: u64,
) -> Result<(), StoreError> {
    let (kind, id) = key(state.of());
    let sql =
        "INSERT INTO aggregate (workspace, kind, id, revision, number, state) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
               ON CONFLICT (workspace, kind, id) DO UPDATE
               SET revision = excluded.revision, number = excluded.number, state = excluded.state";
    tx.prepare_cached(sql)?.execute(params![workspace.0, kind, id, revision, number, state.write()?])?;
    match state {
        Aggregate::Workspace(_) => {}
        Aggregate::Project(project) => {
            let sql =
                "INSERT INTO project_name (workspace, project, name_folded, slug) VALUES (?1, ?2, ?3, ?4)
                       ON CONFLICT (workspace, project) DO UPDATE
                       SET name_folded = excluded.name_folded, slug = excluded.slug";
            let details = &project.details;
            let row = params![workspace.0, project.id.0, folded(&details.name), details.slug];
            tx.prepare_cached(sql)?.execute(row)?;
        }
        // What a run tests never changes: the first number stands.
        Aggregate::Run(run) => {
            let sql =
                "INSERT INTO run_of (workspace, project, version, started, run) VALUES (?1, ?2, ?3, ?4, ?5)
                       ON CONFLICT (workspace, run) DO NOTHING";
            let row = params![workspace.0, run.project.0, run.version.0, number, run.id.0];
            tx.prepare_cached(sql)?.execute(row)?;
        }
    }
    Ok(())
}

/// A name with its letters' case taken away.
pub(super) fn folded(name: &str) -> String {
    name.trim().to_lowercase()
}

/// The newest state of an aggregate, as a page carries it.
pub(crate) fn newest(
    tx: &Transaction,
    workspace: WorkspaceId,
    aggregate: AggregateRef,
) -> Result<Option<Sized>, StoreError> {
    let (kind, id) = key(aggregate);
    let sql = "SELECT kind, id, revision, number, state FROM aggregate
               WHERE workspace = ?1 AND kind = ?2 AND id = ?3";
    let mut statement = tx.prepare_cached(sql)?;
    let mut rows = statement.query(params![workspace.0, kind, id])?;
    rows.next()?.map(sized).transpose()
}

/// Hands out the states whose last number is greater than `after`, by number, until `take` has enough.
/// Whether one was left is the answer.
pub(crate) fn after(
    tx: &Transaction,
    workspace: WorkspaceId,
    after: u64,
    mut take: impl FnMut(Sized) -> bool,
) -> Result<bool, StoreError> {
    let sql = "SELECT kind, id, revision, number, state FROM aggregate
               WHERE workspace = ?1 AND number > ?2 ORDER BY number";
    let mut statement = tx.prepare_cached(sql)?;
    let mut rows = statement.query(params![workspace.0, after])?;
    while let Some(row) = rows.next()? {
        if !take(sized(row)?) {
            return Ok(rows.next()?.is_some());
        }
    }
    Ok(false)
}

fn sized(row: &Row) -> Result<Sized, StoreError> {
    let json = row.get_ref(4)?.as_str().map_err(rusqlite::Error::from)?;
    let state = State {
        aggregate: reference(row, 0, 1)?,
        revision: row.get(2)?,
        number: row.get(3)?,
        state: serde_json::from_str(json)?,
    };
    Ok((state, json.len()))
}

/// Reads the two columns that [`key`] gives.
pub(super) fn reference(row: &Row, kind: usize, id: usize) -> Result<AggregateRef, StoreError> {
    let kind: String = row.get(kind)?;
    let id: Uuid = row.get(id)?;
    Ok(serde_json::from_value(serde_json::json!({ "kind": kind, "id": id }))?)
}
