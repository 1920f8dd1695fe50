//! `document` and its full-text index `search`: a row for each thing that a person looks for by words.
//!
//! Ranking a prefix of one or two letters over a large index costs more than a person waits, so up to there rows
//! come in index order, those with the word in their name first.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use domain::checklist::Run;
use domain::fields::FIELDS;
use domain::ids::{CustomerId, FindingId, LinkId, ProjectId, RunId, TemplateId, VersionId};
use domain::project::{Project, Version};
use domain::workspace::Workspace;
use domain::{Aggregate, AggregateRef};
use rusqlite::{Connection, OptionalExtension as _, Transaction, params};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{int, json, key};
use crate::store::StoreError;

/// Where a hit leads.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "snake_case")]
#[expect(missing_docs, reason = "ids named after what they identify")]
pub enum Target {
    /// A project.
    Project { project: ProjectId },
    /// A version.
    Version { project: ProjectId, version: VersionId },
    /// A finding.
    Finding { project: ProjectId, version: VersionId, finding: FindingId },
    /// An install link.
    Link { project: ProjectId, version: VersionId, link: LinkId },
    /// A checklist run.
    Run { project: ProjectId, version: VersionId, run: RunId },
    /// An item of a run.
    Item { project: ProjectId, version: VersionId, run: RunId, item: String },
    /// A customer.
    Customer { customer: CustomerId },
    /// An imported checklist template.
    Template { template: TemplateId },
}

/// A piece of a text; those that matched are marked.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Piece {
    /// The text.
    pub text: String,
    /// Whether it matched.
    pub hit: bool,
}

/// Something that was found.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Hit {
    /// Where it leads.
    pub target: Target,
    /// Its name, or the first line of its text where it has none.
    pub title: Vec<Piece>,
    /// The part of its text that matched, or its beginning.
    pub snippet: Vec<Piece>,
}

const BEGIN: char = '\u{1}';
const END: char = '\u{2}';

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
                    snippet(search, 1, char(1), char(2), '…', 16)
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
        let (name, snippet): (String, String) = (row.get(2)?, row.get(3)?);
        let snippet = pieces(&snippet);
        let title = if name.is_empty() { snippet.clone() } else { pieces(&name) };
        Ok((row.get(0)?, Hit { target: json(row, 1)?, title, snippet }))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn pieces(marked: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for (at, part) in marked.split(BEGIN).enumerate() {
        let (hit, rest) = match part.split_once(END) {
            Some((hit, rest)) if at > 0 => (hit, rest),
            _ => ("", part),
        };
        for (text, hit) in [(hit, true), (rest, false)] {
            if !text.is_empty() {
                pieces.push(Piece { text: text.to_owned(), hit });
            }
        }
    }
    pieces
}

#[derive(Hash)]
struct Document {
    key: String,
    name: String,
    text: String,
    target: Target,
}

impl Document {
    fn new(key: String, name: &str, text: &[&str], target: Target) -> Self {
        let parts = text.iter().filter(|part| !part.is_empty());
        let text = parts.copied().collect::<Vec<_>>().join("\n").replace([BEGIN, END], " ");
        Self { key, name: name.replace([BEGIN, END], " "), text, target }
    }
}

/// Brings the documents of an aggregate up to date; what did not change is not touched.
pub(in crate::store) fn put(tx: &Transaction<'_>, state: &Aggregate) -> Result<(), StoreError> {
    let aggregate = id(state.of());
    let documents = match state {
        Aggregate::Workspace(workspace) => of_workspace(workspace),
        Aggregate::Project(project) => of_project(project),
        Aggregate::Run(run) => of_run(run),
    };
    let mark = mark(&documents);
    let marked: Option<i64> = tx
        .prepare_cached("SELECT mark FROM document_mark WHERE aggregate = ?1")?
        .query_row([&aggregate], |row| row.get(0))
        .optional()?;
    if marked == Some(mark) {
        return Ok(());
    }
    let mut known: HashMap<String, (i64, String, String)> = HashMap::new();
    let mut select = tx.prepare_cached("SELECT key, rowid, name, text FROM document WHERE aggregate = ?1")?;
    let mut rows = select.query([&aggregate])?;
    while let Some(row) = rows.next()? {
        known.insert(row.get(0)?, (row.get(1)?, row.get(2)?, row.get(3)?));
    }
    for document in documents {
        match known.remove(&document.key) {
            Some((_, name, text)) if name == document.name && text == document.text => {}
            Some((rowid, ..)) => {
                tx.prepare_cached("UPDATE document SET name = ?2, text = ?3, target = ?4 WHERE rowid = ?1")?
                    .execute(params![
                        rowid,
                        document.name,
                        document.text,
                        serde_json::to_string(&document.target)?
                    ])?;
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
                    serde_json::to_string(&document.target)?
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

fn of_workspace(workspace: &Workspace) -> Vec<Document> {
    let customers =
        workspace.customers.iter().filter(|customer| customer.removed.is_none()).map(|customer| {
            let known = &customer.details;
            Document::new(
                format!("customer:{}", customer.id),
                &known.name,
                &[&known.account, &known.region, &known.email, &known.notes],
                Target::Customer { customer: customer.id },
            )
        });
    let templates = workspace.templates.iter().map(|template| {
        let key = format!("template:{}:{}", template.id, template.version);
        Document::new(key, &template.name, &[], Target::Template { template: template.id })
    });
    customers.chain(templates).collect()
}

fn of_project(project: &Project) -> Vec<Document> {
    let details = &project.details;
    let mut documents = vec![Document::new(
        "project".to_owned(),
        &details.name,
        &[&details.slug, &details.owner],
        Target::Project { project: project.id },
    )];
    for version in &project.versions {
        let content = words(version);
        documents.push(Document::new(
            format!("version:{}", version.id),
            &format!("{} {}", details.name, version.number),
            &[&version.notes, &content],
            Target::Version { project: project.id, version: version.id },
        ));
    }
    documents.extend(project.findings.iter().map(|finding| {
        Document::new(
            format!("finding:{}", finding.id),
            "",
            &[&finding.said.text, &finding.reply],
            Target::Finding { project: project.id, version: finding.version, finding: finding.id },
        )
    }));
    documents.extend(project.links.iter().map(|link| {
        Document::new(
            format!("link:{}", link.id),
            "",
            &[&link.url],
            Target::Link { project: project.id, version: link.version, link: link.id },
        )
    }));
    documents
}

fn of_run(run: &Run) -> Vec<Document> {
    let (project, version) = (run.project, run.version);
    let mut documents = vec![Document::new(
        "run".to_owned(),
        &run.name,
        &[&run.tested.build, &run.tested.account, &run.tested.browser],
        Target::Run { project, version, run: run.id },
    )];
    documents.extend(run.all_items().map(|item| {
        let note = run.items.get(&item.id).map(domain::checklist::ItemLog::note).unwrap_or_default();
        Document::new(
            format!("item:{}", item.id),
            "",
            &[&format!("{} {}", item.id, item.text), &item.help, note],
            Target::Item { project, version, run: run.id, item: item.id.clone() },
        )
    }));
    documents
}

/// Every text in the content of a version.
fn words(version: &Version) -> String {
    fn collect(value: &Value, words: &mut Vec<String>) {
        match value {
            Value::String(text) => words.push(text.clone()),
            Value::Array(values) => values.iter().for_each(|value| collect(value, words)),
            Value::Object(values) => values.values().for_each(|value| collect(value, words)),
            _ => {}
        }
    }
    let mut words = Vec::new();
    for field in FIELDS {
        if let Some(value) = version.information.get(field.key)
            && let Ok(value) = serde_json::to_value(value)
        {
            // Past the tag that says which kind of value it is.
            collect(&value["value"], &mut words);
        }
    }
    words.join("\n")
}
