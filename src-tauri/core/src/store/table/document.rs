//! `document` and its full-text index `search`: a row for each thing that a person looks for by words.
//!
//! Ranking a prefix of one or two letters over a large index costs more than a person waits, so up to there rows
//! come in index order, those with the word in their name first.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use domain::checklist::{ItemLog, Run};
use domain::comment::{Comment, Subject};
use domain::fields::{FIELDS, FieldValue, TrackName};
use domain::ids::{
    AccountId, CommentId, CustomerId, FindingId, LinkId, ProjectId, RunId, TemplateId, TicketId, VersionId,
};
use domain::project::{Project, Version};
use domain::templates::{self, Template};
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
    /// An account that may install without approval.
    Account { account: AccountId },
    /// A checklist template, its newest version.
    Template { template: TemplateId },
    /// What Talkdesk answered to a round.
    Answer { project: ProjectId, version: VersionId },
    /// A comment.
    Comment { spot: Spot },
    /// A ticket opened with Talkdesk.
    Ticket { ticket: TicketId },
}

/// Where a comment stands: enough to go there.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Spot {
    /// In what.
    pub of: AggregateRef,
    /// Beside what.
    pub subject: Subject,
    /// The version, where it is about one: the finding's, the field's.
    pub version: Option<VersionId>,
    /// Which.
    pub comment: CommentId,
}

impl Spot {
    /// A comment's place.
    pub fn of(of: AggregateRef, project: Option<&Project>, comment: &Comment) -> Self {
        let version = match &comment.subject {
            Subject::Version { version } | Subject::Field { version, .. } => Some(*version),
            Subject::Finding { finding } => project.and_then(|project| {
                project.findings.iter().find(|known| known.id == *finding).map(|known| known.version)
            }),
            _ => None,
        };
        Self { of, subject: comment.subject.clone(), version, comment: comment.id }
    }
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
    /// The part of it that matched, to have the focus there: a field of a version or of a form (`description`,
    /// `notes`, `email`, `reply`), or an item of a template. None where its name matched.
    pub part: Option<String>,
    /// Its name, or the beginning of its text where it has none.
    pub title: Vec<Piece>,
    /// What stands around the match, in the one part; the beginning of its text where the name matched.
    pub snippet: Vec<Piece>,
}

const BEGIN: char = '\u{1}';
const END: char = '\u{2}';
/// About how many letters of a text are shown around what matched.
const AROUND: usize = 110;

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
        Ok((row.get(0)?, hit(json(row, 1)?, &name, &text)))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn hit(Stored { target, parts }: Stored, name: &str, text: &str) -> Hit {
    let parts = split(text, &parts);
    // Of several parts, the one where most of the words stand.
    let best =
        parts.iter().map(|(_, text)| words_hit(text)).enumerate().max_by_key(|(at, n)| (*n, usize::MAX - at));
    let matched = best.filter(|(_, n)| *n > 0).map(|(at, _)| at);
    let shown = |at: usize| parts.get(at).map(|(_, text)| pieces(&around(text))).unwrap_or_default();
    let title = if name.is_empty() { shown(0) } else { pieces(name) };
    // What has no name shows its text as its title, and beside it what matched elsewhere.
    let snippet = match matched {
        Some(0) | None if name.is_empty() => Vec::new(),
        Some(at) => shown(at),
        None => shown(0),
    };
    let part = matched.and_then(|at| parts.get(at)).map(|(part, _)| (*part).to_owned());
    Hit { target, part: part.filter(|part| !part.is_empty()), title, snippet }
}

/// The parts of a text whose matches are marked.
fn split<'a>(marked: &'a str, parts: &'a [(String, usize)]) -> Vec<(&'a str, &'a str)> {
    let mut found = Vec::new();
    let (mut rest, mut before) = (marked, 0);
    for (index, (part, _)) in parts.iter().enumerate() {
        // The next part begins behind as many letters that are no marks.
        let end = parts.get(index + 1).map(|(_, start)| start.saturating_sub(before));
        let cut = end.map_or(rest.len(), |end| {
            let mut plain = 0;
            rest.char_indices()
                .find(|(_, c)| {
                    let here = plain;
                    plain += if matches!(*c, BEGIN | END) { 0 } else { c.len_utf8() };
                    // A mark that opens there belongs to what follows, one that closes to what it closes.
                    here >= end && *c != END
                })
                .map_or(rest.len(), |(at, _)| at)
        });
        let (text, after) = rest.split_at(cut);
        found.push((part.as_str(), text.trim_end_matches('\n')));
        before += end.unwrap_or_default();
        rest = after;
    }
    if found.is_empty() && !marked.is_empty() {
        // Written before parts were kept.
        found.push(("", marked));
    }
    found
}

/// How many different words are marked.
fn words_hit(marked: &str) -> usize {
    let mut words: Vec<String> = marked
        .split(BEGIN)
        .skip(1)
        .filter_map(|part| part.split_once(END))
        .map(|(word, _)| word.to_lowercase())
        .collect();
    words.sort_unstable();
    words.dedup();
    words.len()
}

/// A long text is shown around its first match, cut between words.
fn around(marked: &str) -> String {
    let letters = marked.chars().count();
    if letters <= 2 * AROUND {
        return marked.to_owned();
    }
    let first = marked.chars().position(|c| c == BEGIN).unwrap_or(0);
    let start = first.saturating_sub(AROUND / 2);
    let mut cut: Vec<char> = marked.chars().skip(start).take(2 * AROUND).collect();
    if start > 0
        && let Some(space) = cut.iter().take(AROUND / 2).position(|c| c.is_whitespace())
    {
        cut.drain(..=space);
    }
    let ends = start + 2 * AROUND >= letters;
    if !ends && let Some(space) = cut.iter().rposition(|c| c.is_whitespace()) {
        cut.truncate(space);
    }
    let mut text: String = cut.into_iter().collect();
    // A mark that was cut off is closed.
    if text.rfind(BEGIN) > text.rfind(END) {
        text.push(END);
    }
    format!("{}{text}{}", if start > 0 { "…" } else { "" }, if ends { "" } else { "…" })
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
            text.push_str(&words.replace([BEGIN, END], " "));
        }
        Self { key, name: name.replace([BEGIN, END], " "), text, stored }
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

fn of_workspace(workspace: &Workspace) -> Vec<Document> {
    let customers =
        workspace.customers.iter().filter(|customer| customer.removed.is_none()).map(|customer| {
            let known = &customer.details;
            let contacts = known.contacts.iter().flat_map(|contact| {
                [&contact.name, &contact.role, &contact.email, &contact.phone].map(String::as_str)
            });
            let contacts = contacts.filter(|words| !words.is_empty()).collect::<Vec<_>>().join("\n");
            let parts = [
                ("account", known.account.as_str()),
                ("region", &known.region),
                ("contacts", &contacts),
                ("notes", &known.notes),
            ];
            let target = Target::Customer { customer: customer.id };
            Document::new(format!("customer:{}", customer.id), &known.name, parts, target)
        });
    let accounts = workspace.accounts.iter().map(|account| {
        let target = Target::Account { account: account.id };
        Document::new(
            format!("account:{}", account.id),
            &account.name,
            [("region", account.region.as_str())],
            target,
        )
    });
    // What is built in is the same everywhere: it is read from the lists, and found in the runs that follow it.
    let own = |template: &&Template| templates::by_id(template.id).is_none();
    let templates = workspace.newest_templates().into_iter().filter(own).map(of_template);
    let tickets = workspace.tickets.iter().filter(|ticket| ticket.removed.is_none()).map(|ticket| {
        let known = &ticket.details;
        let name = format!("{} {}", known.number, known.subject);
        let target = Target::Ticket { ticket: ticket.id };
        Document::new(format!("ticket:{}", ticket.id), &name, [("notes", known.notes.as_str())], target)
    });
    let comments = of_comments(AggregateRef::Workspace(workspace.id), None, &workspace.comments);
    customers.chain(accounts).chain(tickets).chain(templates).chain(comments).collect()
}

/// A template with its items as its parts. Those that it only shows are found where they belong.
fn of_template(template: &Template) -> Document {
    let words: Vec<(&str, String)> = template
        .items()
        .filter(|item| item.shown_from.is_none())
        .map(|item| {
            let evidence = item.evidence.as_deref().unwrap_or_default();
            (
                item.id.as_str(),
                format!("{} {}\n{}\n{evidence}", item.id, item.text, item.help).trim().to_owned(),
            )
        })
        .collect();
    let parts = words.iter().map(|(id, words)| (*id, words.as_str()));
    Document::new(
        format!("template:{}", template.id),
        &template.name,
        parts,
        Target::Template { template: template.id },
    )
}

fn of_project(project: &Project) -> Vec<Document> {
    let details = &project.details;
    let mut documents = vec![Document::new(
        "project".to_owned(),
        &details.name,
        [("slug", details.slug.as_str()), ("owner", &details.owner)],
        Target::Project { project: project.id },
    )];
    for version in &project.versions {
        let content = content(version);
        let notes = std::iter::once(("release_notes", version.notes.as_str()));
        documents.push(Document::new(
            format!("version:{}", version.id),
            &format!("{} {}", details.name, version.number),
            notes.chain(content.iter().map(|(field, words)| (*field, words.as_str()))),
            Target::Version { project: project.id, version: version.id },
        ));
        documents.extend(answers(project, version));
    }
    documents.extend(project.findings.iter().map(|finding| {
        Document::new(
            format!("finding:{}", finding.id),
            "",
            [("text", finding.said.text.as_str()), ("reply", &finding.reply)],
            Target::Finding { project: project.id, version: finding.version, finding: finding.id },
        )
    }));
    documents.extend(project.links.iter().map(|link| {
        Document::new(
            format!("link:{}", link.id),
            "",
            [("url", link.url.as_str())],
            Target::Link { project: project.id, version: link.version, link: link.id },
        )
    }));
    documents.extend(of_comments(AggregateRef::Project(project.id), Some(project), &project.comments));
    documents
}

/// What Talkdesk answered, as it came.
fn answers<'a>(project: &'a Project, version: &'a Version) -> impl Iterator<Item = Document> + 'a {
    let rounds = TrackName::ALL.iter().flat_map(|track| &version.track(*track).0);
    let target = Target::Answer { project: project.id, version: version.id };
    rounds
        .flat_map(|round| round.answers.iter().enumerate().map(move |(n, answer)| (round.id, n, answer)))
        .filter(|(_, _, answer)| !answer.text.trim().is_empty())
        .map(move |(round, n, answer)| {
            Document::new(
                format!("answer:{round}:{n}"),
                "",
                [("answer", answer.text.as_str())],
                target.clone(),
            )
        })
}

fn of_run(run: &Run) -> Vec<Document> {
    let (project, version) = (run.project, run.version);
    let tested = &run.tested;
    let mut documents = vec![Document::new(
        "run".to_owned(),
        &run.name,
        [("build", tested.build.as_str()), ("account", &tested.account), ("browser", &tested.browser)],
        Target::Run { project, version, run: run.id },
    )];
    documents.extend(run.all_items().map(|item| {
        let note = run.items.get(&item.id).map(ItemLog::note).unwrap_or_default();
        Document::new(
            format!("item:{}", item.id),
            "",
            [("text", format!("{} {}", item.id, item.text).as_str()), ("help", &item.help), ("note", note)],
            Target::Item { project, version, run: run.id, item: item.id.clone() },
        )
    }));
    documents.extend(of_comments(AggregateRef::Run(run.id), None, &run.comments));
    documents
}

fn of_comments<'a>(
    of: AggregateRef,
    project: Option<&'a Project>,
    comments: &'a [Comment],
) -> impl Iterator<Item = Document> + 'a {
    comments.iter().filter(|comment| !comment.is_blank()).map(move |comment| {
        let target = Target::Comment { spot: Spot::of(of, project, comment) };
        Document::new(format!("comment:{}", comment.id), "", [("text", comment.text.as_str())], target)
    })
}

/// Every text in the content of a version, field by field.
fn content(version: &Version) -> Vec<(&'static str, String)> {
    let words = |value: &FieldValue| {
        let mut words = Vec::new();
        if let Ok(value) = serde_json::to_value(value) {
            // Past the tag that says which kind of value it is.
            collect(&value["value"], &mut words);
        }
        words.join("\n")
    };
    FIELDS
        .iter()
        .filter_map(|field| version.information.get(field.key).map(|value| (field.name, words(&value))))
        .collect()
}

fn collect(value: &Value, words: &mut Vec<String>) {
    match value {
        Value::String(text) => words.push(text.clone()),
        Value::Array(values) => values.iter().for_each(|value| collect(value, words)),
        Value::Object(values) => values.values().for_each(|value| collect(value, words)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(pieces: &[Piece]) -> String {
        pieces.iter().map(|p| if p.hit { format!("[{}]", p.text) } else { p.text.clone() }).collect()
    }

    #[test]
    fn a_hit_says_in_which_part_it_is_and_what_stands_around_it() {
        let target = Target::Project { project: ProjectId::from_u128(1) };
        let document = Document::new(
            "k".to_owned(),
            "",
            [("text", "Ação one"), ("empty", " "), ("help", "two words"), ("note", "one and two")],
            target,
        );
        let marked = |words: &[&str]| {
            words
                .iter()
                .fold(document.text.clone(), |text, word| text.replace(word, &format!("{BEGIN}{word}{END}")))
        };
        let stored =
            || Stored { target: document.stored.target.clone(), parts: document.stored.parts.clone() };
        for (words, part, title, snippet) in [
            (&["Ação"][..], Some("text"), "[Ação] one", ""),
            (&["words"], Some("help"), "Ação one", "two [words]"),
            // Both words stand in one part: there, and not where the first of them is met first.
            (&["one", "two"], Some("note"), "Ação [one]", "[one] and [two]"),
            (&[], None, "Ação one", ""),
        ] {
            let hit = hit(stored(), "", &marked(words));
            assert_eq!(
                (hit.part.as_deref(), shown(&hit.title).as_str(), shown(&hit.snippet).as_str()),
                (part, title, snippet)
            );
        }
        // The name matched, and a store that an older console wrote knows no parts.
        let named = hit(stored(), &format!("{BEGIN}Call{END} Notes"), &marked(&[]));
        assert_eq!((named.part, shown(&named.title)), (None, "[Call] Notes".to_owned()));
        let old = Stored { target: document.stored.target.clone(), parts: Vec::new() };
        assert_eq!(hit(old, "Name", &marked(&["words"])).part, None);
    }

    #[test]
    fn a_long_text_is_cut_between_words_around_its_match() {
        let text = format!("{}{BEGIN}needle{END} {}", "hay ".repeat(100), "stack ".repeat(100));
        let cut = around(&text);
        assert!(cut.starts_with("…hay") && cut.ends_with("stack…"), "{cut}");
        assert!(cut.contains(&format!("{BEGIN}needle{END}")) && cut.chars().count() < 2 * AROUND + 4);
        let one = format!("{BEGIN}{}{END}", "x".repeat(1_000));
        assert_eq!(pieces(&around(&one)).iter().filter(|piece| piece.hit).count(), 1);
        assert_eq!(around("short"), "short");
    }
}
