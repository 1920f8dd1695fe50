//! `version_row`: what lists need of each version.

use domain::ids::ProjectId;
use rusqlite::{Connection, Transaction, params};

use super::json;
use crate::store::StoreError;
use crate::store::projection::{VersionRow, word};

/// Versions that somebody has to act on for a review: in review, rejected, approved and not live yet, oldest first.
pub(in crate::store) fn in_review(connection: &Connection) -> Result<Vec<VersionRow>, StoreError> {
    let mut query = connection.prepare_cached(
        "SELECT version_row.row FROM version_row JOIN project_row ON project_row.id = version_row.project
         WHERE version_row.status IN ('in_review', 'rejected', 'approved') AND project_row.archived = 0
         ORDER BY since",
    )?;
    let rows = query.query_map([], |row| json(row, 0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Replaces the rows of a project.
pub(in crate::store) fn put(
    tx: &Transaction<'_>,
    project: ProjectId,
    rows: &[VersionRow],
) -> Result<(), StoreError> {
    remove(tx, project)?;
    let mut add = tx.prepare_cached(
        "INSERT INTO version_row (id, project, status, since, row) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    for row in rows {
        add.execute(params![
            row.version.to_string(),
            project.to_string(),
            word(&row.status),
            row.since.0,
            serde_json::to_string(row)?
        ])?;
    }
    Ok(())
}

pub(in crate::store) fn remove(tx: &Transaction<'_>, project: ProjectId) -> Result<(), StoreError> {
    tx.prepare_cached("DELETE FROM version_row WHERE project = ?1")?.execute([project.to_string()])?;
    Ok(())
}

/// Versions that are not over: neither put away, superseded nor delisted; last changed first.
pub(in crate::store) fn open(connection: &Connection, limit: usize) -> Result<Vec<VersionRow>, StoreError> {
    let mut query = connection.prepare_cached(
        "SELECT version_row.row FROM version_row JOIN project_row ON project_row.id = version_row.project
         WHERE version_row.status IN ('draft', 'in_review', 'rejected', 'approved', 'published')
           AND project_row.archived = 0
         ORDER BY since DESC LIMIT ?1",
    )?;
    let rows = query.query_map([super::int(limit as u64)], |row| json(row, 0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
