//! `version_row`: what lists need of each version.

use domain::ids::ProjectId;
use domain::project::Project;
use rusqlite::{Connection, Transaction, params};

use super::json;
use crate::store::StoreError;
use crate::store::projection::{VersionRow, word};

/// Versions that somebody has to act on for a review: in review, rejected, approved and not live yet, oldest first.
pub(in crate::store) fn in_review(connection: &Connection) -> Result<Vec<VersionRow>, StoreError> {
    let mut query = connection.prepare_cached(
        "SELECT row FROM version_row INDEXED BY version_row_review
         WHERE archived = 0 AND status IN ('in_review', 'rejected', 'approved') ORDER BY since",
    )?;
    let rows = query.query_map([], |row| json(row, 0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// How many these are.
pub(in crate::store) fn count_in_review(connection: &Connection) -> Result<usize, StoreError> {
    let mut query = connection.prepare_cached(
        "SELECT count(*) FROM version_row INDEXED BY version_row_review
         WHERE archived = 0 AND status IN ('in_review', 'rejected', 'approved')",
    )?;
    let count: i64 = query.query_row([], |row| row.get(0))?;
    Ok(usize::try_from(count).unwrap_or(0))
}

/// Replaces the rows of a project.
pub(in crate::store) fn put(tx: &Transaction<'_>, project: &Project) -> Result<(), StoreError> {
    remove(tx, project.id)?;
    let mut add = tx.prepare_cached(
        "INSERT INTO version_row (id, project, archived, status, since, row) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    for row in VersionRow::all(project) {
        add.execute(params![
            row.version.to_string(),
            project.id.to_string(),
            project.archived.is_some(),
            word(&row.status),
            row.since.0,
            serde_json::to_string(&row)?
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
        "SELECT row FROM version_row INDEXED BY version_row_open
         WHERE archived = 0 AND status IN ('draft', 'in_review', 'rejected', 'approved', 'published')
         ORDER BY since DESC LIMIT ?1",
    )?;
    let rows = query.query_map([super::int(limit as u64)], |row| json(row, 0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
