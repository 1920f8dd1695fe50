//! `activity`: the commands that the service took, by number.

use domain::command::Envelope;
use domain::ids::{CommandId, MemberId, ProjectId};
use domain::protocol::Change;
use domain::redact::Redacted;
use domain::{AggregateRef, Timestamp};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params, params_from_iter};
use serde::Serialize;

use super::{count, installation_row, int, json, parsed};
use crate::store::StoreError;

/// A command that somebody did.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ActivityRow {
    /// Its number, once the service gave one.
    #[cfg_attr(feature = "ts", ts(type = "number | null"))]
    pub number: Option<u64>,
    /// Its id.
    pub id: CommandId,
    /// Who.
    pub actor: MemberId,
    /// When: the service's clock, or the desktop's while it is pending.
    pub at: Timestamp,
    /// Not taken by the service yet.
    pub pending: bool,
    /// The project that it is about, where it is about one.
    pub project: Option<ProjectId>,
    /// The command.
    pub envelope: Envelope,
}

/// Which activity; what is empty asks for everything.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ActivityFilter {
    /// Of one project only, its runs included.
    pub project: Option<ProjectId>,
    /// By one person only.
    pub actor: Option<MemberId>,
    /// Of these kinds only.
    pub kinds: Vec<String>,
    /// From this moment on.
    pub from: Option<Timestamp>,
    /// Before this moment.
    pub to: Option<Timestamp>,
    /// Each of these has to be met.
    pub words: Vec<ActivityWord>,
}

/// A word that is looked for, and everything that it may stand for.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ActivityWord {
    /// In what was typed; in small letters.
    pub texts: Vec<String>,
    /// A kind whose sentence holds it.
    pub kinds: Vec<String>,
    /// A person whose name holds it.
    pub actors: Vec<MemberId>,
    /// A project whose name holds it.
    pub projects: Vec<ProjectId>,
}

impl ActivityFilter {
    /// The same question to a row that is not in the table yet.
    pub(in crate::store) fn takes(&self, row: &ActivityRow) -> bool {
        let words = words(&row.envelope.args);
        let kind = &row.envelope.kind;
        let meets = |word: &ActivityWord| {
            word.texts.iter().any(|text| words.contains(text))
                || word.kinds.contains(kind)
                || word.actors.contains(&row.actor)
                || row.project.is_some_and(|project| word.projects.contains(&project))
        };
        self.project.is_none_or(|project| row.project == Some(project))
            && self.actor.is_none_or(|actor| row.actor == actor)
            && (self.kinds.is_empty() || self.kinds.contains(kind))
            && self.from.is_none_or(|from| row.at >= from)
            && self.to.is_none_or(|to| row.at < to)
            && self.words.iter().all(meets)
    }

    /// As SQL behind `FROM activity INDEXED BY activity_list`, and its parameters.
    fn sql(&self) -> (String, Vec<Value>) {
        let (mut all, mut values) = (Vec::new(), Vec::new());
        let mut given = |sql: &str, value: Value| {
            values.push(value);
            sql.replace('?', &format!("?{}", values.len()))
        };
        if let Some(project) = self.project {
            all.push(given("project = ?", project.to_string().into()));
        }
        if let Some(actor) = self.actor {
            all.push(given("actor = ?", actor.to_string().into()));
        }
        if !self.kinds.is_empty() {
            all.push(given("kind IN (SELECT value FROM json_each(?))", list(&self.kinds)));
        }
        if let Some(from) = self.from {
            all.push(given("at >= ?", from.0.into()));
        }
        if let Some(to) = self.to {
            all.push(given("at < ?", to.0.into()));
        }
        for word in &self.words {
            let texts = word.texts.iter().map(|text| given("instr(words, ?) > 0", text.clone().into()));
            let mut any: Vec<String> = texts.collect();
            any.push(given("kind IN (SELECT value FROM json_each(?))", list(&word.kinds)));
            any.push(given("actor IN (SELECT value FROM json_each(?))", list(&word.actors)));
            any.push(given("project IN (SELECT value FROM json_each(?))", list(&word.projects)));
            all.push(format!("({})", any.join(" OR ")));
        }
        let sql = if all.is_empty() { String::new() } else { format!("WHERE {}", all.join(" AND ")) };
        (sql, values)
    }
}

fn list(of: &impl Serialize) -> Value {
    serde_json::to_string(of).unwrap_or_default().into()
}

/// What people typed into a command's arguments, in small letters; ids are no words.
fn words(args: &serde_json::Value) -> String {
    fn gather(value: &serde_json::Value, into: &mut String) {
        match value {
            serde_json::Value::String(text) if text.parse::<CommandId>().is_err() => {
                into.push_str(&text.to_lowercase());
                into.push('\n');
            }
            serde_json::Value::Array(list) => list.iter().for_each(|value| gather(value, into)),
            serde_json::Value::Object(map) => map.values().for_each(|value| gather(value, into)),
            _ => {}
        }
    }
    let mut text = String::new();
    gather(args, &mut text);
    text
}

/// Things done in the same quarter of an hour, which no time zone parts by midnight.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Stretch {
    /// When its newest one was done.
    pub at: Timestamp,
    /// How many there are.
    pub count: u32,
}

impl Stretch {
    const LENGTH_MS: i64 = 15 * 60 * 1_000;

    /// Moments in their order, gathered.
    pub(in crate::store) fn gather(all: &mut Vec<Self>, at: Timestamp) {
        let quarter = |at: Timestamp| at.0.div_euclid(Self::LENGTH_MS);
        match all.last_mut() {
            Some(last) if quarter(last.at) == quarter(at) => last.count += 1,
            _ => all.push(Self { at, count: 1 }),
        }
    }
}

/// When confirmed activity was done, newest first.
pub(in crate::store) fn stretches(
    connection: &Connection,
    filter: &ActivityFilter,
    all: &mut Vec<Stretch>,
) -> Result<(), StoreError> {
    let (sql, values) = filter.sql();
    let mut query = connection.prepare_cached(&format!(
        "SELECT at FROM activity INDEXED BY activity_list {sql} ORDER BY number DESC"
    ))?;
    let mut rows = query.query(params_from_iter(values))?;
    while let Some(row) = rows.next()? {
        Stretch::gather(all, Timestamp(row.get(0)?));
    }
    Ok(())
}

/// How much confirmed activity there is.
pub(in crate::store) fn total(connection: &Connection, filter: &ActivityFilter) -> Result<usize, StoreError> {
    let (sql, values) = filter.sql();
    let total: i64 = connection
        .prepare_cached(&format!("SELECT count(*) FROM activity INDEXED BY activity_list {sql}"))?
        .query_row(params_from_iter(values), |row| row.get(0))?;
    Ok(usize::try_from(total).unwrap_or(0))
}

/// Whether a command is among the confirmed.
pub(in crate::store) fn holds(connection: &Connection, number: u64) -> Result<bool, StoreError> {
    Ok(connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM activity WHERE number = ?1)")?
        .query_row([int(number)], |row| row.get(0))?)
}

/// Confirmed activity, newest first: a page of it.
pub(in crate::store) fn page(
    connection: &Connection,
    filter: &ActivityFilter,
    offset: usize,
    limit: usize,
) -> Result<Vec<ActivityRow>, StoreError> {
    let (sql, mut values) = filter.sql();
    values.extend([int(limit as u64).into(), int(offset as u64).into()]);
    let (limit, offset) = (values.len() - 1, values.len());
    // The rows that are skipped are counted in the index, which is a tenth of the table.
    let mut query = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM activity WHERE number IN (
           SELECT number FROM activity INDEXED BY activity_list {sql} ORDER BY number DESC LIMIT ?{limit} OFFSET ?{offset}
         ) ORDER BY number DESC"
    ))?;
    let rows = query.query_map(params_from_iter(values), read)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Confirmed activity by its numbers, oldest first.
pub(in crate::store) fn numbered(
    connection: &Connection,
    numbers: &[u64],
) -> Result<Vec<ActivityRow>, StoreError> {
    let mut query = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM activity WHERE number IN (SELECT value FROM json_each(?1)) ORDER BY number"
    ))?;
    let rows = query.query_map([serde_json::to_string(numbers)?], read)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// What was done to the same aggregate by the same kind of command, or by one that sets fields as well, up to a
/// number; newest first, and not for ever.
pub(in crate::store) fn before(
    connection: &Connection,
    command: &Envelope,
    number: u64,
) -> Result<Vec<ActivityRow>, StoreError> {
    let project = project_of(connection, command)?.map(|id| id.to_string());
    let mut query = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM activity INDEXED BY activity_project
         WHERE project IS ?1 AND number <= ?2 AND kind IN (?3, 'version.rebase') ORDER BY number DESC LIMIT 500"
    ))?;
    let found = query.query_map(params![project, int(number), command.kind], read)?;
    let mut found = found.collect::<Result<Vec<ActivityRow>, _>>()?;
    found.retain(|row| row.envelope.aggregate == command.aggregate);
    Ok(found)
}

const COLUMNS: &str = "number, id, actor, at, project, envelope";

fn read(row: &Row<'_>) -> rusqlite::Result<ActivityRow> {
    Ok(ActivityRow {
        number: Some(count(row, 0)?),
        id: parsed(row, 1)?,
        actor: parsed(row, 2)?,
        at: Timestamp(row.get(3)?),
        pending: false,
        project: row.get::<_, Option<String>>(4)?.and_then(|id| id.parse().ok()),
        envelope: json(row, 5)?,
    })
}

pub(in crate::store) fn add(tx: &Transaction<'_>, change: &Change) -> Result<(), StoreError> {
    let project = project_of(tx, &change.command)?.map(|id| id.to_string());
    tx.prepare_cached(
        "INSERT INTO activity (number, id, actor, at, project, envelope, kind, words)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING",
    )?
    .execute(params![
        int(change.number),
        change.command.id.to_string(),
        change.actor.to_string(),
        change.taken_at.0,
        project,
        serde_json::to_string(&change.command)?,
        change.command.kind,
        words(&change.command.args)
    ])?;
    Ok(())
}

/// Blanks what carries these words. Rare, so it is looked for without an index.
pub(in crate::store) fn redact(tx: &Transaction<'_>, these: &Redacted) -> Result<(), StoreError> {
    let mut query = tx.prepare("SELECT number, envelope FROM activity WHERE instr(envelope, ?1) > 0")?;
    let found = query.query_map([these.words.needle()], |row| Ok((row.get(0)?, json(row, 1)?)))?;
    let found: Vec<(i64, Envelope)> = found.collect::<Result<_, _>>()?;
    for (number, mut envelope) in found {
        if these.blank(&mut envelope) {
            tx.execute(
                "UPDATE activity SET envelope = ?2, words = ?3 WHERE number = ?1",
                params![number, serde_json::to_string(&envelope)?, words(&envelope.args)],
            )?;
        }
    }
    Ok(())
}

pub(in crate::store) fn clear(tx: &Transaction<'_>) -> Result<(), StoreError> {
    tx.execute("DELETE FROM activity", [])?;
    Ok(())
}

/// The project that a command is about. A run's commands name it once, when the run starts.
pub(in crate::store) fn project_of(
    connection: &Connection,
    command: &Envelope,
) -> Result<Option<ProjectId>, StoreError> {
    match command.aggregate {
        AggregateRef::Workspace(_) => Ok(None),
        AggregateRef::Project(id) => Ok(Some(id)),
        AggregateRef::Installation(id) => installation_row::project_of(connection, id),
        AggregateRef::Run(run) => {
            if let Some(project) = command.args.get("project").and_then(|id| id.as_str()?.parse().ok()) {
                return Ok(Some(project));
            }
            let run = run.to_string();
            let known: Option<String> = connection
                .prepare_cached(
                    "SELECT coalesce((SELECT project FROM run_row WHERE id = ?1),
                       (SELECT json_extract(state, '$.project') FROM confirmed WHERE kind = 'run' AND id = ?1))",
                )?
                .query_row([run], |row| row.get(0))
                .optional()?
                .flatten();
            Ok(known.and_then(|id| id.parse().ok()))
        }
    }
}
