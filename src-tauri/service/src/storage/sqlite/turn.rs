//! A turn: one transaction under the file's write lock.

use async_trait::async_trait;
use domain::ids::{MemberId, ProjectId, RunId, WorkspaceId};
use domain::redact::Redacted;
use domain::{AggregateRef, Timestamp};
use rusqlite::{Connection, OptionalExtension, params};
use tokio::sync::OwnedMutexGuard;
use tokio::task::spawn_blocking;

use super::people;
use crate::error::StoreError;
use crate::storage::{Begun, Command, Entry, Found, Held, Taken, Turn, Wanted, Written, key};

/// The one writing connection, with a transaction begun on it.
struct Open(OwnedMutexGuard<Connection>);

/// Whatever cuts a turn short leaves no transaction behind: the next turn has the same connection.
impl Drop for Open {
    fn drop(&mut self) {
        if !self.0.is_autocommit()
            && let Err(error) = self.0.execute_batch("ROLLBACK")
        {
            tracing::error!(%error, "a transaction cannot be rolled back");
        }
    }
}

/// A turn under way.
pub(super) struct Writing {
    workspace: WorkspaceId,
    /// Away only while a blocking thread has it.
    open: Option<Open>,
}

impl Writing {
    pub(super) async fn begin(
        connection: OwnedMutexGuard<Connection>,
        workspace: WorkspaceId,
        wanted: &Wanted,
    ) -> Result<Begun, StoreError> {
        let wanted = wanted.clone();
        let (open, feed, found) = spawn_blocking(move || {
            let open = Open(connection);
            open.0.execute_batch("BEGIN IMMEDIATE")?;
            let feed = super::feed(&open.0, workspace)?;
            let found = find(&open.0, workspace, &wanted)?;
            Ok::<_, StoreError>((open, feed, found))
        })
        .await??;
        Ok(Begun { turn: Box::new(Self { workspace, open: Some(open) }), feed, found })
    }

    /// Works with the connection on a blocking thread.
    async fn work<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(&Connection, WorkspaceId) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let open = self.open.take().ok_or(StoreError::NoTurn)?;
        let workspace = self.workspace;
        let (open, done) = spawn_blocking(move || {
            let done = work(&open.0, workspace)?;
            Ok::<_, StoreError>((open, done))
        })
        .await??;
        self.open = Some(open);
        Ok(done)
    }
}

#[async_trait]
impl Turn for Writing {
    async fn find(&mut self, wanted: &Wanted) -> Result<Found, StoreError> {
        let wanted = wanted.clone();
        self.work(move |connection, workspace| find(connection, workspace, &wanted)).await
    }

    async fn leave(mut self: Box<Self>) -> Result<(), StoreError> {
        self.work(|connection, _| Ok(connection.execute_batch("ROLLBACK")?)).await
    }

    async fn commit(mut self: Box<Self>, mut taken: Taken) -> Result<(), StoreError> {
        self.work(move |connection, workspace| {
            for (of, redacted) in taken.redact() {
                redact(connection, workspace, of, &redacted)?;
            }
            for command in &taken.commands {
                insert(connection, workspace, command)?;
            }
            for written in &taken.aggregates {
                write(connection, workspace, written)?;
            }
            if let Some(people) = &taken.people {
                people::write(connection, workspace, people)?;
            }
            let sql = "UPDATE workspace SET head = ?2 WHERE id = ?1";
            connection.prepare_cached(sql)?.execute(params![workspace.0, taken.head])?;
            Ok(connection.execute_batch("COMMIT")?)
        })
        .await
    }
}

fn find(connection: &Connection, workspace: WorkspaceId, wanted: &Wanted) -> Result<Found, StoreError> {
    let mut found = Found::default();
    let sql = "SELECT number, actor, taken_at, envelope FROM command WHERE workspace = ?1 AND id = ?2";
    let mut statement = connection.prepare_cached(sql)?;
    for id in &wanted.commands {
        let mut rows = statement.query(params![workspace.0, id.0])?;
        if let Some(row) = rows.next()? {
            found.commands.push(Command {
                number: row.get(0)?,
                actor: MemberId(row.get(1)?),
                taken_at: Timestamp(row.get(2)?),
                envelope: serde_json::from_str(row.get_ref(3)?.as_str()?)?,
            });
        }
    }
    for of in &wanted.aggregates {
        found.aggregates.extend(state(connection, workspace, *of)?);
    }
    for name in &wanted.names {
        let sql = "SELECT project FROM project_name WHERE workspace = ?1 AND name_folded = ?2";
        found.names.extend(projects(connection, sql, workspace, name)?);
    }
    for slug in &wanted.slugs {
        let sql = "SELECT project FROM project_name WHERE workspace = ?1 AND slug = ?2";
        found.slugs.extend(projects(connection, sql, workspace, slug)?);
    }
    let sql =
        "SELECT run FROM run_of WHERE workspace = ?1 AND project = ?2 AND version = ?3 ORDER BY started";
    let mut statement = connection.prepare_cached(sql)?;
    for of @ (project, version) in &wanted.runs_of {
        let mut rows = statement.query(params![workspace.0, project.0, version.0])?;
        while let Some(row) = rows.next()? {
            found.runs_of.push((*of, RunId(row.get(0)?)));
        }
    }
    if wanted.people {
        found.people = people::people(connection, workspace)?;
    }
    Ok(found)
}

fn state(
    connection: &Connection,
    workspace: WorkspaceId,
    of: AggregateRef,
) -> Result<Option<Held>, StoreError> {
    let (kind, id) = key(of);
    let sql = "SELECT revision, state FROM aggregate WHERE workspace = ?1 AND kind = ?2 AND id = ?3";
    let held = connection
        .prepare_cached(sql)?
        .query_row(params![workspace.0, kind, id], |row| {
            Ok(Held { of, revision: row.get(0)?, json: row.get(1)? })
        })
        .optional()?;
    Ok(held)
}

fn projects(
    connection: &Connection,
    sql: &str,
    workspace: WorkspaceId,
    value: &str,
) -> Result<Vec<(String, ProjectId)>, StoreError> {
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement
        .query_map(params![workspace.0, value], |row| Ok((value.to_owned(), ProjectId(row.get(0)?))))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn insert(connection: &Connection, workspace: WorkspaceId, command: &Command) -> Result<(), StoreError> {
    let (kind, aggregate) = key(command.envelope.aggregate);
    let sql =
        "INSERT INTO command (workspace, number, id, actor, taken_at, aggregate_kind, aggregate, envelope)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    connection.prepare_cached(sql)?.execute(params![
        workspace.0,
        command.number,
        command.envelope.id.0,
        command.actor.0,
        command.taken_at.0,
        kind,
        aggregate,
        serde_json::to_string(&command.envelope)?,
    ])?;
    Ok(())
}

/// Blanks the stored commands that carry these words. Rare, so they are looked for without an index.
fn redact(
    connection: &Connection,
    workspace: WorkspaceId,
    of: AggregateRef,
    redacted: &Redacted,
) -> Result<(), StoreError> {
    let (kind, aggregate) = key(of);
    let sql = "SELECT number, envelope FROM command
               WHERE workspace = ?1 AND aggregate_kind = ?2 AND aggregate = ?3 AND instr(envelope, ?4) > 0";
    let mut statement = connection.prepare(sql)?;
    let named = params![workspace.0, kind, aggregate, redacted.words.needle()];
    let found = statement.query_map(named, |row| Ok((row.get(0)?, row.get(1)?)))?;
    let found: Vec<(u64, String)> = found.collect::<Result<_, _>>()?;
    for (number, envelope) in found {
        let mut envelope = serde_json::from_str(&envelope)?;
        if redacted.blank(&mut envelope) {
            let sql = "UPDATE command SET envelope = ?3 WHERE workspace = ?1 AND number = ?2";
            connection.execute(sql, params![workspace.0, number, serde_json::to_string(&envelope)?])?;
        }
    }
    Ok(())
}

fn write(connection: &Connection, workspace: WorkspaceId, written: &Written) -> Result<(), StoreError> {
    let Written { state: Held { of, revision, json }, number, entry } = written;
    let (kind, id) = key(*of);
    let sql =
        "INSERT INTO aggregate (workspace, kind, id, revision, number, state) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
               ON CONFLICT (workspace, kind, id) DO UPDATE
               SET revision = excluded.revision, number = excluded.number, state = excluded.state";
    connection.prepare_cached(sql)?.execute(params![workspace.0, kind, id, revision, number, json])?;
    match entry {
        Entry::None => {}
        Entry::Project { name_folded, slug } => {
            let sql =
                "INSERT INTO project_name (workspace, project, name_folded, slug) VALUES (?1, ?2, ?3, ?4)
                       ON CONFLICT (workspace, project) DO UPDATE
                       SET name_folded = excluded.name_folded, slug = excluded.slug";
            connection.prepare_cached(sql)?.execute(params![workspace.0, id, name_folded, slug])?;
        }
        Entry::Run { project, version, started } => {
            let sql =
                "INSERT INTO run_of (workspace, project, version, started, run) VALUES (?1, ?2, ?3, ?4, ?5)
                       ON CONFLICT (workspace, run) DO NOTHING";
            let row = params![workspace.0, project.0, version.0, started, id];
            connection.prepare_cached(sql)?.execute(row)?;
        }
    }
    Ok(())
}
