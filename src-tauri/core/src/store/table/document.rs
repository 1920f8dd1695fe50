//! `document` and its full-text index `search`: a row for each thing that a person looks for by words.
//!
//! Ranking a prefix of one or two letters over a large index costs more than a person waits, so up to there rows
//! come in index order, those with the word in their name first.

mod content;
mod hit;
mod target;

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use domain::{Aggregate, AggregateRef};
use rusqlite::{Connection, OptionalExtension as _, Transaction, params};
use serde::{Deserialize, Serialize};

use super::{int, json, key};
use crate::store::StoreError;

pub use hit::{Hit, Piece};
pub use target::{Spot, Target};

/// The words of a query as FTS5 takes them: each the beginning of a word. Nothing typed is read as syntax.
pub(in crate::store) fn terms(text: &str) -> Vec<String> {
    text.split_whitespace()
        .filter(|word| word.chars().any(char::is_alphanumeric))
        .take(16)
        .map(|word| {
            let word: String = word.chars().filter(|c| !c.is_control()).take(100).collect();
            format!("\"{}\"*", word.replace('"', "\"\""))
        })
        .collect()
}

/// All of the words.
pub(in crate::store) fn all_of(terms: &[String]) -> String {
    terms.join(" AND ")
}

/// Finds things by the beginnings of words; names first.
pub(in crate::store) fn search(
    connection: &Connection,
    text: &str,
    limit: usize,
) -> Result<Vec<Hit>, StoreError> {
    let words = terms(text);
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let all = all_of(&words);
    // Three letters, with two quotes and a star around them.
    if words.iter().any(|word| word.chars().count() >= 6) {
        return Ok(matching(connection, RANKED, &all, limit)?.into_iter().map(|(_, hit)| hit).collect());
    }
    let mut found = matching(connection, IN_ORDER, &format!("{{name}} : ({all})"), limit)?;
    if found.len() < limit {
        // Those with a hit in their name come again.
        let named = found.len();
        for (rowid, hit) in matching(connection, IN_ORDER, &all, limit + named)? {
            if found.len() < limit && !found[..named].iter().any(|(known, _)| *known == rowid) {
                found.push((rowid, hit));
            }
        }
    }
    Ok(found.into_iter().map(|(_, hit)| hit).collect())
}

// The index alone finds and orders; the documents are read for the page only.
macro_rules! matching {
    ($rest:literal) => {
        concat!(
            "SELECT search.rowid, target, highlight(search, 0, char(1), char(2)),
                    highlight(search, 1, char(1), char(2))
             FROM search JOIN document ON document.rowid = search.rowid WHERE search MATCH ?1 ",
            $rest
        )
    };
}
/// A word in a name weighs more than many in a text: names come first.
const RANKED: &str = matching!("AND rank MATCH 'bm25(1000.0, 1.0)' ORDER BY rank LIMIT ?2");
const IN_ORDER: &str = matching!("LIMIT ?2");

fn matching(
    connection: &Connection,
    sql: &str,
    query: &str,
    limit: usize,
) -> Result<Vec<(i64, Hit)>, StoreError> {
    let mut select = connection.prepare_cached(sql)?;
    let rows = select.query_map(params![query, int(limit as u64)], |row| {
        let (name, text): (String, String) = (row.get(2)?, row.get(3)?);
        Ok((row.get(0)?, hit::hit(json(row, 1)?, &name, &text)))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Where a document leads, and where in its text each of its parts begins, in bytes.
#[derive(Hash, Serialize, Deserialize)]
struct Stored {
    #[serde(flatten)]
    target: Target,
    #[serde(default)]
    parts: Vec<(String, usize)>,
}

#[derive(Hash)]
struct Document {
    key: String,
    name: String,
    text: String,
    stored: Stored,
}

impl Document {
    /// A document of these parts; empty ones are left out.
    fn new<'a>(
        key: String,
        name: &str,
        parts: impl IntoIterator<Item = (&'a str, &'a str)>,
        target: Target,
    ) -> Self {
        let mut stored = Stored { target, parts: Vec::new() };
        let mut text = String::new();
        for (part, words) in parts.into_iter().filter(|(_, words)| !words.trim().is_empty()) {
            if !text.is_empty() {
                text.push('\n');
            }
            stored.parts.push((part.to_owned(), text.len()));
            text.push_str(&words.replace([hit::BEGIN, hit::END], " "));
        }
        Self { key, name: name.replace([hit::BEGIN, hit::END], " "), text, stored }
    }
}

/// Brings the documents of an aggregate up to date; what did not change is not touched.
pub(in crate::store) fn put(tx: &Transaction<'_>, state: &Aggregate) -> Result<(), StoreError> {
    let aggregate = id(state.of());
    let documents = match state {
        Aggregate::Workspace(workspace) => content::of_workspace(workspace),
        Aggregate::Project(project) => content::of_project(project),
        Aggregate::Run(run) => content::of_run(run),
        Aggregate::Installation(installation) => content::of_installation(installation),
    };
    let mark = mark(&documents);
    let marked: Option<i64> = tx
        .prepare_cached("SELECT mark FROM document_mark WHERE aggregate = ?1")?
        .query_row([&aggregate], |row| row.get(0))
        .optional()?;
    if marked == Some(mark) {
        return Ok(());
    }
    let mut known: HashMap<String, (i64, String, String, String)> = HashMap::new();
    let mut select =
        tx.prepare_cached("SELECT key, rowid, name, text, target FROM document WHERE aggregate = ?1")?;
    let mut rows = select.query([&aggregate])?;
    while let Some(row) = rows.next()? {
        known.insert(row.get(0)?, (row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?));
    }
    for document in documents {
        let target = serde_json::to_string(&document.stored)?;
        match known.remove(&document.key) {
            Some((_, name, text, known))
                if name == document.name && text == document.text && known == target => {}
            Some((rowid, ..)) => {
                tx.prepare_cached("UPDATE document SET name = ?2, text = ?3, target = ?4 WHERE rowid = ?1")?
                    .execute(params![rowid, document.name, document.text, target])?;
            }
            None => {
                tx.prepare_cached(
                    "INSERT INTO document (aggregate, key, name, text, target) VALUES (?1, ?2, ?3, ?4, ?5)",
                )?
                .execute(params![
                    aggregate,
                    document.key,
                    document.name,
                    document.text,
                    target
                ])?;
            }
        }
    }
    let mut delete = tx.prepare_cached("DELETE FROM document WHERE rowid = ?1")?;
    for (rowid, ..) in known.into_values() {
        delete.execute([rowid])?;
    }
    tx.prepare_cached(
        "INSERT INTO document_mark (aggregate, mark) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET mark = ?2",
    )?
    .execute(params![aggregate, mark])?;
    Ok(())
}

/// A number for documents. The hasher's keys are fixed; should its algorithm change, they are compared once more.
fn mark(documents: &[Document]) -> i64 {
    let mut hasher = DefaultHasher::new();
    documents.hash(&mut hasher);
    hasher.finish().cast_signed()
}

pub(in crate::store) fn remove(tx: &Transaction<'_>, of: AggregateRef) -> Result<(), StoreError> {
    tx.prepare_cached("DELETE FROM document WHERE aggregate = ?1")?.execute([id(of)])?;
    tx.prepare_cached("DELETE FROM document_mark WHERE aggregate = ?1")?.execute([id(of)])?;
    Ok(())
}

fn id(of: AggregateRef) -> String {
    let (kind, id) = key(of);
    format!("{kind}:{id}")
}
