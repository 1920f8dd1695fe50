//! `run_row`: what lists need of each run.

use domain::checklist::Run;
use domain::ids::{ProjectId, RunId, VersionId};
use rusqlite::{Connection, Transaction, params};

use super::{json, parsed};
use crate::store::StoreError;
use crate::store::projection::{OpenRun, RunRow, RunStored};

/// All runs, last changed first.
pub(in crate::store) fn all(connection: &Connection) -> Result<Vec<RunRow>, StoreError> {
    let mut query = connection.prepare_cached(
        "SELECT run_row.row, json_extract(project_row.row, '$.name'), json_extract(version_row.row, '$.number')
         FROM run_row
         LEFT JOIN project_row ON project_row.id = run_row.project
         LEFT JOIN version_row ON version_row.id = run_row.version
         ORDER BY run_row.updated_at DESC, run_row.id",
    )?;
    let rows = query.query_map([], |row| {
        let stored: RunStored = json(row, 0)?;
        let text = |at| Ok::<_, rusqlite::Error>(row.get::<_, Option<String>>(at)?.unwrap_or_default());
        Ok(stored.named(text(1)?, text(2)?))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The runs of a version that were not signed, in the order of their ids.
pub(in crate::store) fn open_of_version(
    connection: &Connection,
    project: ProjectId,
    version: VersionId,
) -> Result<Vec<OpenRun>, StoreError> {
    let mut query = connection
        .prepare_cached("SELECT row FROM run_row WHERE project = ?1 AND version = ?2 ORDER BY id")?;
    let rows = query
        .query_map([project.to_string(), version.to_string()], |row| Ok(json::<RunStored>(row, 0)?.open()))?;
    Ok(rows.filter_map(Result::transpose).collect::<Result<_, _>>()?)
}

/// The runs of a version, in the order of their ids.
pub(in crate::store) fn of_version(
    connection: &Connection,
    project: ProjectId,
    version: VersionId,
) -> Result<Vec<RunId>, StoreError> {
    let mut query = connection
        .prepare_cached("SELECT id FROM run_row WHERE project = ?1 AND version = ?2 ORDER BY id")?;
    let rows = query.query_map([project.to_string(), version.to_string()], |row| parsed(row, 0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(in crate::store) fn put(tx: &Transaction<'_>, run: &Run) -> Result<(), StoreError> {
    let row = RunStored::of(run);
    tx.prepare_cached(
        "INSERT INTO run_row (id, project, version, updated_at, row) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT DO UPDATE SET project = ?2, version = ?3, updated_at = ?4, row = ?5",
    )?
    .execute(params![
        run.id.to_string(),
        run.project.to_string(),
        run.version.to_string(),
        row.updated_at.0,
        serde_json::to_string(&row)?
    ])?;
    Ok(())
}

pub(in crate::store) fn remove(tx: &Transaction<'_>, run: RunId) -> Result<(), StoreError> {
    tx.prepare_cached("DELETE FROM run_row WHERE id = ?1")?.execute([run.to_string()])?;
    Ok(())
}
