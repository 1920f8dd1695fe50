//! `activity`: the commands that the service took, by number.

use domain::command::Envelope;
use domain::ids::{CommandId, MemberId, ProjectId};
use domain::protocol::Change;
use domain::{AggregateRef, Timestamp};
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use serde::Serialize;

use super::{count, int, json, parsed};
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

/// Which activity.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ActivityFilter {
    /// Of one project only, its runs included.
    pub project: Option<ProjectId>,
    /// Before this number; nothing means from the newest, with what is pending on top.
    pub before: Option<u64>,
    /// How many at most.
    pub limit: usize,
}

/// Confirmed activity, newest first.
pub(in crate::store) fn list(
    connection: &Connection,
    filter: &ActivityFilter,
) -> Result<Vec<ActivityRow>, StoreError> {
    let mut query = connection.prepare_cached(
        "SELECT number, id, actor, at, project, envelope FROM activity
         WHERE number < ?1 AND (?2 IS NULL OR project = ?2) ORDER BY number DESC LIMIT ?3",
    )?;
    let rows = query.query_map(
        params![
            filter.before.map_or(i64::MAX, int),
            filter.project.map(|id| id.to_string()),
            int(filter.limit as u64)
        ],
        |row| {
            Ok(ActivityRow {
                number: Some(count(row, 0)?),
                id: parsed(row, 1)?,
                actor: parsed(row, 2)?,
                at: Timestamp(row.get(3)?),
                pending: false,
                project: row.get::<_, Option<String>>(4)?.and_then(|id| id.parse().ok()),
                envelope: json(row, 5)?,
            })
        },
    )?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(in crate::store) fn add(tx: &Transaction<'_>, change: &Change) -> Result<(), StoreError> {
    let project = project_of(tx, &change.command)?.map(|id| id.to_string());
    tx.prepare_cached(
        "INSERT INTO activity (number, id, actor, at, project, envelope) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT DO NOTHING",
    )?
    .execute(params![
        int(change.number),
        change.command.id.to_string(),
        change.actor.to_string(),
        change.taken_at.0,
        project,
        serde_json::to_string(&change.command)?
    ])?;
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
