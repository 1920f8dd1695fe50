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
    if query.text.trim().is_empty() {
        return unfiltered(connection, query);
    }
    let terms = document::terms(&query.text);
    if terms.is_empty() {
        // Signs alone are no words.
        return unfiltered(connection, query);
    }
    // One look at the indexes gives the order and the number; only the rows of the page are read.
    let mut select = connection.prepare_cached(
        "SELECT seq FROM project_row INDEXED BY project_row_list
         WHERE archived = ?1 AND (?2 IS NULL OR status = ?2)
           AND seq IN (SELECT rowid FROM project_search WHERE project_search MATCH ?3)
         ORDER BY name_key, id",
    )?;
    let matching = document::all_of(&terms);
    let found = select.query_map(params![query.archived, status(query), matching], |row| row.get(0))?;
    let found: Vec<i64> = found.collect::<Result<_, _>>()?;
    let mut read = connection.prepare_cached("SELECT row FROM project_row WHERE seq = ?1")?;
    let page = found.iter().skip(query.offset).take(query.limit);
    let rows = page.map(|seq| read.query_row([seq], |row| json(row, 0)));
    Ok(Page { rows: rows.collect::<Result<_, _>>()?, total: found.len() })
}

/// The same where there are no words: how many there are is known.
fn unfiltered(connection: &Connection, query: &ProjectQuery) -> Result<Page<ProjectRow>, StoreError> {
    let total: i64 = connection
        .prepare_cached(
            "SELECT coalesce(sum(n), 0) FROM project_count WHERE archived = ?1 AND (?2 IS NULL OR status = ?2)",
        )?
        .query_row(params![query.archived, status(query)], |row| row.get(0))?;
    let mut select = connection.prepare_cached(
        "SELECT row FROM project_row INDEXED BY project_row_list
         WHERE archived = ?1 AND (?2 IS NULL OR status = ?2) ORDER BY name_key, id LIMIT ?3 OFFSET ?4",
    )?;
    let rows = select.query_map(
        params![query.archived, status(query), int(query.limit as u64), int(query.offset as u64)],
        |row| json(row, 0),
    )?;
    Ok(Page { rows: rows.collect::<Result<_, _>>()?, total: usize::try_from(total).unwrap_or(0) })
}

fn status(query: &ProjectQuery) -> Option<String> {
    query.status.map(|status| word(&status))
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
    let seq: i64 = tx
        .prepare_cached(
            "INSERT INTO project_row (id, name_key, slug_key, archived, status, updated_at, row)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT DO UPDATE SET
               name_key = ?2, slug_key = ?3, archived = ?4, status = ?5, updated_at = ?6, row = ?7
             RETURNING seq",
        )?
        .query_row(
            params![
                row.id.to_string(),
                row.name.to_lowercase(),
                row.slug,
                row.archived,
                row.newest.as_ref().map(|newest| word(&newest.status)),
                row.updated_at.0,
                serde_json::to_string(row)?
            ],
            |row| row.get(0),
        )?;
    tx.prepare_cached("INSERT OR REPLACE INTO project_search (rowid, words) VALUES (?1, ?2)")?
        .execute(params![seq, [&*row.name, &row.slug, &row.owner].join("\n")])?;
    Ok(())
}

pub(in crate::store) fn remove(tx: &Transaction<'_>, project: ProjectId) -> Result<(), StoreError> {
    tx.prepare_cached("DELETE FROM project_row WHERE id = ?1")?.execute([project.to_string()])?;
    Ok(())
}

/// Whether there is no project in the lists.
pub(in crate::store) fn is_empty(connection: &Connection) -> Result<bool, StoreError> {
    let mut query = connection.prepare_cached("SELECT NOT EXISTS (SELECT 1 FROM project_row)")?;
    Ok(query.query_row([], |row| row.get(0))?)
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
        "SELECT iif(status = '', 'none', status), n FROM project_count WHERE archived = ?1 AND n > 0",
    )?;
    let rows = query.query_map([archived], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Projects that were worked on last.
pub(in crate::store) fn recent(connection: &Connection, limit: usize) -> Result<Vec<ProjectId>, StoreError> {
    let mut query = connection.prepare_cached(
        "SELECT id FROM project_row INDEXED BY project_row_recent WHERE archived = 0
         ORDER BY updated_at DESC, id DESC LIMIT ?1",
    )?;
    let rows = query.query_map([int(limit as u64)], |row| super::parsed(row, 0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
