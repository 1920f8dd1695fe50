//! A turn: one transaction under the lock of the workspace's row.
//!
//! Statements that are polled together go to the server together and are carried out in their order: what comes after
//! the lock sees what was committed before the lock was had.

use std::future::Future;

use async_trait::async_trait;
use deadpool_postgres::Object;
use domain::ids::{MemberId, ProjectId, RunId, VersionId, WorkspaceId};
use domain::redact::Redacted;
use domain::{AggregateRef, Timestamp};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Row, Statement};
use uuid::Uuid;

use super::columns::{self, Commands};
use super::{feed, number, people};
use crate::error::StoreError;
use crate::storage::{Begun, Command, Found, Held, Taken, Turn, Wanted, key, reference, signed};

/// Parameters of a statement.
type Parameters<'a> = &'a [&'a (dyn ToSql + Sync)];

const LOCK: &str = "SELECT epoch, head, last_at, deliveries FROM workspace WHERE id = $1 FOR NO KEY UPDATE";

// Each is looked up by its index, whatever the server knows or guesses of the tables: `= ANY` in their place reads a whole
// workspace where a plan was made while it was small.
const COMMANDS: &str = "
    SELECT c.number, c.actor, c.taken_at, c.envelope FROM unnest($2::uuid[]) AS wanted (id)
    CROSS JOIN LATERAL (
        SELECT number, actor, taken_at, envelope FROM command WHERE workspace = $1 AND id = wanted.id LIMIT 1
    ) c";
const AGGREGATES: &str = "
    SELECT a.kind, a.id, a.revision, a.state FROM unnest($2::text[], $3::uuid[]) AS wanted (kind, id)
    CROSS JOIN LATERAL (
        SELECT kind, id, revision, state FROM aggregate
        WHERE workspace = $1 AND kind = wanted.kind AND id = wanted.id LIMIT 1
    ) a";
const NAMES: &str = "
    SELECT n.name_folded, n.project FROM unnest($2::text[]) AS wanted (name)
    CROSS JOIN LATERAL (
        SELECT name_folded, project FROM project_name WHERE workspace = $1 AND name_folded = wanted.name OFFSET 0
    ) n";
const SLUGS: &str = "
    SELECT n.slug, n.project FROM unnest($2::text[]) AS wanted (slug)
    CROSS JOIN LATERAL (
        SELECT slug, project FROM project_name WHERE workspace = $1 AND slug = wanted.slug OFFSET 0
    ) n";
const RUNS_OF: &str = "
    SELECT r.project, r.version, r.run FROM unnest($2::uuid[], $3::uuid[]) AS wanted (project, version)
    CROSS JOIN LATERAL (
        SELECT project, version, run, started FROM run_of
        WHERE workspace = $1 AND project = wanted.project AND version = wanted.version OFFSET 0
    ) r ORDER BY r.started";

const INSERT_COMMANDS: &str = "
    INSERT INTO command (workspace, number, id, actor, taken_at, aggregate_kind, aggregate, envelope)
    SELECT $1, * FROM unnest($2::bigint[], $3::uuid[], $4::uuid[], $5::bigint[], $6::text[], $7::uuid[], $8::text[])";
const UPSERT_AGGREGATES: &str = "
    INSERT INTO aggregate (workspace, kind, id, revision, number, state)
    SELECT $1, * FROM unnest($2::text[], $3::uuid[], $4::bigint[], $5::bigint[], $6::text[])
    ON CONFLICT (workspace, kind, id) DO UPDATE
    SET revision = excluded.revision, number = excluded.number, state = excluded.state";
const UPSERT_NAMES: &str = "
    INSERT INTO project_name (workspace, project, name_folded, slug)
    SELECT $1, * FROM unnest($2::uuid[], $3::text[], $4::text[])
    ON CONFLICT (workspace, project) DO UPDATE SET name_folded = excluded.name_folded, slug = excluded.slug
    WHERE (project_name.name_folded, project_name.slug) <> (excluded.name_folded, excluded.slug)";
const INSERT_RUNS: &str = "
    INSERT INTO run_of (workspace, run, project, version, started)
    SELECT $1, * FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::bigint[]) ON CONFLICT DO NOTHING";
const SET_HEAD: &str = "UPDATE workspace SET head = $2, last_at = $3 WHERE id = $1";

/// The statements of a turn, prepared once a connection.
struct Statements {
    lock: Statement,
    commands: Statement,
    aggregates: Statement,
    names: Statement,
    slugs: Statement,
    runs_of: Statement,
    insert_commands: Statement,
    upsert_aggregates: Statement,
    upsert_names: Statement,
    insert_runs: Statement,
    set_head: Statement,
}

impl Statements {
    async fn of(client: &Object) -> Result<Self, StoreError> {
        let prepared = |sql| client.prepare_cached(sql);
        let (lock, commands, aggregates, names, slugs, runs_of) = tokio::try_join!(
            prepared(LOCK),
            prepared(COMMANDS),
            prepared(AGGREGATES),
            prepared(NAMES),
            prepared(SLUGS),
            prepared(RUNS_OF),
        )?;
        let (insert_commands, upsert_aggregates, upsert_names, insert_runs, set_head) = tokio::try_join!(
            prepared(INSERT_COMMANDS),
            prepared(UPSERT_AGGREGATES),
            prepared(UPSERT_NAMES),
            prepared(INSERT_RUNS),
            prepared(SET_HEAD),
        )?;
        Ok(Self {
            lock,
            commands,
            aggregates,
            names,
            slugs,
            runs_of,
            insert_commands,
            upsert_aggregates,
            upsert_names,
            insert_runs,
            set_head,
        })
    }
}

/// A connection with a transaction begun on it.
struct Open(Option<Object>);

impl Open {
    fn client(&self) -> Result<&Object, StoreError> {
        self.0.as_ref().ok_or(StoreError::NoTurn)
    }

    /// The transaction has ended: the connection is fit for the next.
    fn ended(mut self) {
        drop(self.0.take());
    }
}

/// Whatever cuts a turn short closes its connection, and the server rolls back.
impl Drop for Open {
    fn drop(&mut self) {
        if let Some(client) = self.0.take() {
            drop(Object::take(client));
        }
    }
}

/// A turn under way.
pub(super) struct Writing {
    workspace: WorkspaceId,
    open: Open,
    statements: Statements,
}

impl Writing {
    pub(super) async fn begin(
        client: Object,
        workspace: WorkspaceId,
        wanted: &Wanted,
    ) -> Result<Begun, StoreError> {
        let statements = Statements::of(&client).await?;
        let open = Open(Some(client));
        let client = open.client()?;
        let lock: Parameters = &[&workspace.0];
        let ((), locked, found) = tokio::try_join!(
            biased;
            sent(client.batch_execute("BEGIN")),
            sent(client.query_opt(&statements.lock, lock)),
            find(client, &statements, workspace, wanted),
        )?;
        let feed = feed(locked.as_ref())?;
        Ok(Begun { turn: Box::new(Self { workspace, open, statements }), feed, found })
    }
}

#[async_trait]
impl Turn for Writing {
    async fn find(&mut self, wanted: &Wanted) -> Result<Found, StoreError> {
        find(self.open.client()?, &self.statements, self.workspace, wanted).await
    }

    async fn commit(self: Box<Self>, mut taken: Taken) -> Result<(), StoreError> {
        let Self { workspace, open, statements } = *self;
        let client = open.client()?;
        // Rare, too.
        for (of, redacted) in taken.redact() {
            redact(client, workspace, of, &redacted).await?;
        }
        let commands = Commands::of(&taken)?;
        let (states, names, runs) = columns::changed(&taken);
        let last_at = taken.last_at.0;
        let head = signed(taken.head);
        let c = &commands;
        let commands: Parameters = &[
            &workspace.0,
            &c.numbers,
            &c.ids,
            &c.actors,
            &c.taken_at,
            &c.kinds,
            &c.aggregates,
            &c.envelopes,
        ];
        let s = &states;
        let states: Parameters = &[&workspace.0, &s.kinds, &s.ids, &s.revisions, &s.numbers, &s.json];
        let no_names = names.projects.is_empty();
        let names: Parameters = &[&workspace.0, &names.projects, &names.folded, &names.slugs];
        let no_runs = runs.ids.is_empty();
        let runs: Parameters = &[&workspace.0, &runs.ids, &runs.projects, &runs.versions, &runs.started];
        let feed: Parameters = &[&workspace.0, &head, &last_at];
        // Changes of people are rare: they may take their own time under the lock.
        if let Some(people) = &taken.people {
            people::write(client, workspace, people).await?;
        }
        tokio::try_join!(
            biased;
            write(client, &statements.insert_commands, commands, c.ids.is_empty()),
            write(client, &statements.upsert_aggregates, states, s.ids.is_empty()),
            write(client, &statements.upsert_names, names, no_names),
            write(client, &statements.insert_runs, runs, no_runs),
            write(client, &statements.set_head, feed, false),
            // Where a statement before it failed this rolls back; then that statement's error is the answer.
            sent(client.batch_execute("COMMIT")),
        )?;
        open.ended();
        Ok(())
    }

    async fn leave(self: Box<Self>) -> Result<(), StoreError> {
        let Self { open, .. } = *self;
        open.client()?.batch_execute("ROLLBACK").await?;
        open.ended();
        Ok(())
    }
}

/// Blanks the stored commands that carry these words. Rare, so they are looked for without an index.
async fn redact(
    client: &Object,
    workspace: WorkspaceId,
    of: AggregateRef,
    redacted: &Redacted,
) -> Result<(), StoreError> {
    let (kind, aggregate) = key(of);
    let sql = "SELECT number, envelope FROM command
               WHERE workspace = $1 AND aggregate_kind = $2 AND aggregate = $3 AND strpos(envelope, $4) > 0";
    let named: Parameters = &[&workspace.0, &kind, &aggregate, &redacted.words.needle()];
    for row in client.query(sql, named).await? {
        let mut envelope = serde_json::from_str(row.try_get(1)?)?;
        if redacted.blank(&mut envelope) {
            let sql = "UPDATE command SET envelope = $3 WHERE workspace = $1 AND number = $2";
            let blanked: Parameters =
                &[&workspace.0, &row.try_get::<_, i64>(0)?, &serde_json::to_string(&envelope)?];
            client.execute(sql, blanked).await?;
        }
    }
    Ok(())
}

/// Writes rows, where there are any.
async fn write(
    client: &Object,
    statement: &Statement,
    row: Parameters<'_>,
    none: bool,
) -> Result<u64, StoreError> {
    if none { Ok(0) } else { Ok(client.execute(statement, row).await?) }
}

/// Reads rows, where any are asked for.
async fn rows(
    client: &Object,
    statement: &Statement,
    row: Parameters<'_>,
    none: bool,
) -> Result<Vec<Row>, StoreError> {
    if none { Ok(Vec::new()) } else { Ok(client.query(statement, row).await?) }
}

async fn sent<T>(statement: impl Future<Output = Result<T, tokio_postgres::Error>>) -> Result<T, StoreError> {
    Ok(statement.await?)
}

/// Looks up what is wanted, all of it sent at once.
async fn find(
    client: &Object,
    statements: &Statements,
    workspace: WorkspaceId,
    wanted: &Wanted,
) -> Result<Found, StoreError> {
    let ids: Vec<Uuid> = wanted.commands.iter().map(|id| id.0).collect();
    let (kinds, aggregates): (Vec<&str>, Vec<Uuid>) = wanted.aggregates.iter().map(|of| key(*of)).unzip();
    // PostgreSQL's text holds no NUL, so nothing there has such a name.
    let text = |text: &&String| !text.contains('\0');
    let names: Vec<&String> = wanted.names.iter().filter(text).collect();
    let slugs: Vec<&String> = wanted.slugs.iter().filter(text).collect();
    let (projects, versions): (Vec<Uuid>, Vec<Uuid>) =
        wanted.runs_of.iter().map(|(project, version)| (project.0, version.0)).unzip();
    let no_ids = ids.is_empty();
    let ids: Parameters = &[&workspace.0, &ids];
    let no_states = aggregates.is_empty();
    let states: Parameters = &[&workspace.0, &kinds, &aggregates];
    let (no_names, no_slugs) = (names.is_empty(), slugs.is_empty());
    let (names, slugs): (Parameters, Parameters) = (&[&workspace.0, &names], &[&workspace.0, &slugs]);
    let no_runs = projects.is_empty();
    let runs: Parameters = &[&workspace.0, &projects, &versions];
    let (commands, states, names, slugs, runs) = tokio::try_join!(
        biased;
        rows(client, &statements.commands, ids, no_ids),
        rows(client, &statements.aggregates, states, no_states),
        rows(client, &statements.names, names, no_names),
        rows(client, &statements.slugs, slugs, no_slugs),
        rows(client, &statements.runs_of, runs, no_runs),
    )?;
    let people = if wanted.people { people::people(client, workspace).await? } else { None };
    let project = |row: &Row| Ok::<_, StoreError>((row.try_get(0)?, ProjectId(row.try_get(1)?)));
    Ok(Found {
        commands: commands.iter().map(command).collect::<Result<_, _>>()?,
        aggregates: states.iter().map(held).collect::<Result<_, _>>()?,
        names: names.iter().map(project).collect::<Result<_, _>>()?,
        slugs: slugs.iter().map(project).collect::<Result<_, _>>()?,
        runs_of: runs.iter().map(run_of).collect::<Result<_, _>>()?,
        people,
    })
}

fn command(row: &Row) -> Result<Command, StoreError> {
    Ok(Command {
        number: number(row, 0)?,
        actor: MemberId(row.try_get(1)?),
        taken_at: Timestamp(row.try_get(2)?),
        envelope: serde_json::from_str(row.try_get(3)?)?,
    })
}

fn held(row: &Row) -> Result<Held, StoreError> {
    let of = reference(row.try_get(0)?, row.try_get(1)?)?;
    Ok(Held { of, revision: number(row, 2)?, json: row.try_get(3)? })
}

fn run_of(row: &Row) -> Result<((ProjectId, VersionId), RunId), StoreError> {
    Ok(((ProjectId(row.try_get(0)?), VersionId(row.try_get(1)?)), RunId(row.try_get(2)?)))
}

#[cfg(test)]
mod tests {
    use super::super::{connect, schema};
    use super::*;
    use crate::storage::tests::database;

    /// Protects how long a batch takes into a workspace of any size: whatever the server guesses of tables that it has not
    /// looked through yet, each thing that a batch wants is looked up by an index, and no row is read to be passed over.
    #[tokio::test]
    async fn what_a_batch_wants_is_looked_up_by_indexes() {
        let Some(address) = database() else { return };
        let pool = connect::Address::read(&address).unwrap().pool().unwrap();
        let mut client = pool.get().await.unwrap();
        schema::migrate(&mut client, schema::MIGRATIONS).await.unwrap();
        let workspace = Uuid::from_u128(1);
        let fill = format!(
            "INSERT INTO project_name SELECT '{workspace}', gen_random_uuid(), 'p' || n, 'p' || n
             FROM generate_series(1, 11000) n;
             INSERT INTO command SELECT '{workspace}', n, gen_random_uuid(), gen_random_uuid(), 0, 'project',
             gen_random_uuid(), '{{}}' FROM generate_series(1, 11000) n;
             INSERT INTO aggregate SELECT '{workspace}', 'project', gen_random_uuid(), 1, n, '{{}}'
             FROM generate_series(1, 11000) n;
             INSERT INTO run_of SELECT '{workspace}', gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), n
             FROM generate_series(1, 11000) n;"
        );
        client.batch_execute(&fill).await.unwrap();
        let list =
            |one: fn(u32) -> String| format!("'{{{}}}'", (0..100).map(one).collect::<Vec<_>>().join(","));
        let ids = || list(|n| Uuid::from_u128(n.into()).to_string());
        let (words, kinds) = (list(|n| format!("p{n}")), list(|_| "project".to_owned()));
        for (sql, arguments) in [
            (COMMANDS, vec![ids()]),
            (AGGREGATES, vec![kinds, ids()]),
            (NAMES, vec![words.clone()]),
            (SLUGS, vec![words]),
            (RUNS_OF, vec![ids(), ids()]),
        ] {
            client.batch_execute(&format!("PREPARE wanted AS {sql}")).await.unwrap();
            let arguments = arguments.join(", ");
            let explain = format!("EXPLAIN EXECUTE wanted('{workspace}', {arguments})");
            let plan: String = client
                .simple_query(&explain)
                .await
                .unwrap()
                .iter()
                .filter_map(|line| match line {
                    tokio_postgres::SimpleQueryMessage::Row(row) => {
                        row.get(0).map(|line| format!("{line}\n"))
                    }
                    _ => None,
                })
                .collect();
            let by: Vec<&str> = plan.lines().filter(|line| line.contains("Index Cond")).collect();
            assert!(!by.is_empty() && by.iter().all(|line| line.contains(" AND ")), "{plan}");
            assert!(!plan.contains("Filter") && !plan.contains("Seq Scan"), "{plan}");
            client.batch_execute("DEALLOCATE wanted").await.unwrap();
        }
    }
}
