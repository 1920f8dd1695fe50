//! `project_row`: what lists need of each project.

use std::collections::BTreeMap;

use domain::ids::ProjectId;
use domain::status::Status;
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use serde::Serialize;

use super::{document, int, json};
use crate::store::StoreError;
use crate::store::projection::{ProjectRow, word};

/// Which projects.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ProjectQuery {
    /// Words that begin with these, in name, slug or owner; accents and case aside. Empty means all.
    pub text: String,
    /// Whose newest version has this status.
    pub status: Option<Status>,
    /// Those put away, instead of those at hand.
    pub archived: bool,
    /// How many to skip.
    pub offset: usize,
    /// How many at most.
    pub limit: usize,
}

/// A page of a list.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Page<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// How many there are in all.
    pub total: usize,
}

/// A page of projects, by name.
pub(in crate::store) fn page(
    connection: &Connection,
    query: &ProjectQuery,
) -> Result<Page<ProjectRow>, StoreError> {
    let terms = document::terms(&query.text);
    let status = query.status.map(|status| word(&status));
    // Without words the index search is left out: it is a table of its own.
    let filter = if terms.is_empty() {
        "archived = ?1 AND (?2 IS NULL OR status = ?2) AND ?3 IS NOT NULL"
    } else {
        "archived = ?1 AND (?2 IS NULL OR status = ?2) AND 'project:' || id IN (
           SELECT document.aggregate FROM search JOIN document ON document.rowid = search.rowid
           WHERE search MATCH ?3 AND document.key = 'project')"
    };
    let matching = document::all_of(&terms);
    let total: i64 = connection
        .prepare_cached(&format!("SELECT count(*) FROM project_row WHERE {filter}"))?
        .query_row(params![query.archived, status, matching], |row| row.get(0))?;
    let mut select = connection.prepare_cached(&format!(
        "SELECT row FROM project_row WHERE {filter} ORDER BY name_key, id LIMIT ?4 OFFSET ?5"
    ))?;
    let rows = select.query_map(
        params![query.archived, status, matching, int(query.limit as u64), int(query.offset as u64)],
        |row| json(row, 0),
    )?;
    Ok(Page { rows: rows.collect::<Result<_, _>>()?, total: usize::try_from(total).unwrap_or(0) })
}

/// Whether another project has the name, letters' case aside.
pub(in crate::store) fn name_taken(
    connection: &Connection,
    name: &str,
    except: &[ProjectId],
) -> Result<bool, StoreError> {
    taken(connection, "SELECT id FROM project_row WHERE name_key = ?1", &name.to_lowercase(), except)
}

/// Whether another project has the slug.
pub(in crate::store) fn slug_taken(
    connection: &Connection,
    slug: &str,
    except: &[ProjectId],
) -> Result<bool, StoreError> {
    taken(connection, "SELECT id FROM project_row WHERE slug_key = ?1", slug, except)
}

fn taken(connection: &Connection, sql: &str, key: &str, except: &[ProjectId]) -> Result<bool, StoreError> {
    let mut query = connection.prepare_cached(sql)?;
    let mut rows = query.query([key])?;
    while let Some(row) = rows.next()? {
        let id: ProjectId = super::parsed(row, 0)?;
        if !except.contains(&id) {
            return Ok(true);
        }
    }
    Ok(false)
}

pub(in crate::store) fn put(tx: &Transaction<'_>, row: &ProjectRow) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO project_row (id, name_key, slug_key, archived, status, updated_at, row)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT DO UPDATE SET
           name_key = ?2, slug_key = ?3, archived = ?4, status = ?5, updated_at = ?6, row = ?7",
    )?
    .execute(params![
        row.id.to_string(),
        row.name.to_lowercase(),
        row.slug,
        row.archived,
        row.newest.as_ref().map(|newest| word(&newest.status)),
        row.updated_at.0,
        serde_json::to_string(row)?
    ])?;
    Ok(())
}

pub(in crate::store) fn remove(tx: &Transaction<'_>, project: ProjectId) -> Result<(), StoreError> {
    tx.prepare_cached("DELETE FROM project_row WHERE id = ?1")?.execute([project.to_string()])?;
    Ok(())
}

/// The row of one project.
pub(in crate::store) fn get(
    connection: &Connection,
    project: ProjectId,
) -> Result<Option<ProjectRow>, StoreError> {
    Ok(connection
        .prepare_cached("SELECT row FROM project_row WHERE id = ?1")?
        .query_row([project.to_string()], |row| json(row, 0))
        .optional()?)
}

/// Projects by the status of their newest version, those without one under `none`.
pub(in crate::store) fn counts(
    connection: &Connection,
    archived: bool,
) -> Result<BTreeMap<String, u32>, StoreError> {
    let mut query = connection.prepare_cached(
        "SELECT coalesce(status, 'none'), count(*) FROM project_row WHERE archived = ?1 GROUP BY 1",
    )?;
    let rows = query.query_map([archived], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Projects that were worked on last.
pub(in crate::store) fn recent(connection: &Connection, limit: usize) -> Result<Vec<ProjectId>, StoreError> {
    let mut query = connection.prepare_cached(
        "SELECT id FROM project_row WHERE archived = 0 ORDER BY updated_at DESC, id DESC LIMIT ?1",
    )?;
    let rows = query.query_map([int(limit as u64)], |row| super::parsed(row, 0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
