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
    let found = matching(connection, &document::all_of(&terms))?;
    let (page, total) = if found.len() > FEW {
        along_the_list(connection, query, &found)?
    } else {
        in_order(connection, query, &found)?
    };
    let mut read = connection.prepare_cached("SELECT row FROM project_row WHERE seq = ?1")?;
    let rows = page.iter().map(|seq| read.query_row([seq], |row| json(row, 0)));
    Ok(Page { rows: rows.collect::<Result<_, _>>()?, total })
}

/// Up to here all that match are put in order. Of more a page is found sooner along the list: that many lie close there.
const FEW: usize = 2_000;

/// The projects that have the words, in the order of their rows.
fn matching(connection: &Connection, words: &str) -> Result<Vec<i64>, StoreError> {
    let mut select = connection
        .prepare_cached("SELECT rowid FROM project_search WHERE project_search MATCH ?1 ORDER BY rowid")?;
    let found = select.query_map([words], |row| row.get(0))?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// Whether the words alone say which projects are on the list.
fn nothing_else(connection: &Connection, query: &ProjectQuery) -> Result<bool, StoreError> {
    let others: i64 = connection
        .prepare_cached("SELECT coalesce(sum(n), 0) FROM project_count WHERE archived != ?1")?
        .query_row([query.archived], |row| row.get(0))?;
    Ok(others == 0 && query.status.is_none())
}

/// The page and how many there are of very many that match, found along the list's own index. Where their number is
/// known the end of the page is the end of the way.
fn along_the_list(
    connection: &Connection,
    query: &ProjectQuery,
    found: &[i64],
) -> Result<(Vec<i64>, usize), StoreError> {
    let known = nothing_else(connection, query)?;
    let mut list = connection.prepare_cached(
        "SELECT seq FROM project_row INDEXED BY project_row_list
         WHERE archived = ?1 AND (?2 IS NULL OR status = ?2) ORDER BY name_key, id",
    )?;
    let (mut page, mut total) = (Vec::new(), 0);
    let mut rows = list.query(params![query.archived, status(query)])?;
    while let Some(row) = rows.next()? {
        let seq: i64 = row.get(0)?;
        if found.binary_search(&seq).is_err() {
            continue;
        }
        if total >= query.offset && page.len() < query.limit {
            page.push(seq);
        }
        total += 1;
        if known && page.len() == query.limit {
            return Ok((page, found.len()));
        }
    }
    Ok((page, total))
}

/// The page and how many there are: one look at the list's index gives the order and the number.
fn in_order(
    connection: &Connection,
    query: &ProjectQuery,
    found: &[i64],
) -> Result<(Vec<i64>, usize), StoreError> {
    let mut select = connection.prepare_cached(
        "SELECT seq FROM project_row INDEXED BY project_row_list
         WHERE archived = ?1 AND (?2 IS NULL OR status = ?2) AND seq IN (SELECT value FROM json_each(?3))
         ORDER BY name_key, id",
    )?;
    let found = serde_json::to_string(found)?;
    let found = select.query_map(params![query.archived, status(query), found], |row| row.get(0))?;
    let found: Vec<i64> = found.collect::<Result<_, _>>()?;
    let page = found.iter().skip(query.offset).take(query.limit).copied().collect();
    Ok((page, found.len()))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::schema;
    use domain::Timestamp;

    /// Protects the way for very many matches: the same pages, in the same order, of as many as by a look at each; also
    /// beside one that was put away, where that way is not gone.
    #[test]
    fn a_page_of_very_many_is_that_of_a_look_at_each() {
        let mut connection = Connection::open_in_memory().unwrap();
        for sql in schema::MIGRATIONS {
            connection.execute_batch(sql).unwrap();
        }
        let row = |n: u128, archived: bool| ProjectRow {
            id: ProjectId::from_u128(n),
            name: format!("{} {}", if n.is_multiple_of(5) { "Board" } else { "Call" }, n * 7_919 % 10_007),
            slug: format!("slug-{n}"),
            owner: String::new(),
            archived,
            newest: None,
            published: None,
            open_findings: 0,
            updated_at: Timestamp(0),
        };
        let rows: Vec<ProjectRow> = (0..3_000).map(|n| row(n, false)).collect();
        let tx = connection.transaction().unwrap();
        for row in &rows {
            put(&tx, row).unwrap();
        }
        tx.commit().unwrap();
        let pages = |connection: &Connection| {
            for (word, limit) in
                [("c", 50), ("ca", 50), ("slug", 100), ("b", 50), ("call 1", 50), ("zzz", 50)]
            {
                let begins = |row: &&ProjectRow| {
                    let words = format!("{} {}", row.name, row.slug).to_lowercase().replace('-', " ");
                    word.split(' ').all(|part| words.split(' ').any(|own| own.starts_with(part)))
                };
                let mut all: Vec<&ProjectRow> = rows.iter().filter(begins).collect();
                all.sort_by_key(|row| (row.name.to_lowercase(), row.id.to_string()));
                for offset in [0, 50, all.len().saturating_sub(3)] {
                    let query =
                        ProjectQuery { text: word.to_owned(), offset, limit, ..ProjectQuery::default() };
                    let found = page(connection, &query).unwrap();
                    let wanted: Vec<_> =
                        all.iter().skip(offset).take(limit).map(|row| (*row).clone()).collect();
                    assert_eq!((found.total, found.rows), (all.len(), wanted), "{word:?} from {offset}");
                }
            }
        };
        pages(&connection);
        let tx = connection.transaction().unwrap();
        put(&tx, &row(9_999, true)).unwrap();
        tx.commit().unwrap();
        pages(&connection);
    }
}
