//! The floor of the service's rows: a server that locks the workspace's row, writes the rows of a batch and commits, by
//! axum and tokio-postgres alone. It decides nothing, and answers with the last number. And the floor of deliveries: one
//! that inserts a row of what comes.

use std::sync::Arc;

use anyhow::{Context, Result};
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use axum::{Json, Router};
use deadpool_postgres::{Manager, Pool};
use domain::AggregateRef;
use domain::command::Envelope;
use domain::protocol::{Commands, WORKSPACE_HEADER};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Config, NoTls};
use uuid::Uuid;

use crate::service::{Served, serve_routes};

/// Parameters of a statement.
type Parameters<'a> = &'a [&'a (dyn ToSql + Sync)];

/// As many connections as a replica opens.
const CONNECTIONS: usize = 16;

const LOCK: &str = "SELECT head FROM workspace WHERE id = $1 FOR NO KEY UPDATE";
const COMMANDS: &str = "
    INSERT INTO command (workspace, number, id, actor, taken_at, aggregate_kind, aggregate, envelope)
    SELECT $1, * FROM unnest($2::bigint[], $3::uuid[], $4::uuid[], $5::bigint[], $6::text[], $7::uuid[], $8::text[])";
const AGGREGATES: &str = "
    INSERT INTO aggregate (workspace, kind, id, revision, number, state)
    SELECT $1, * FROM unnest($2::text[], $3::uuid[], $4::bigint[], $5::bigint[], $6::text[])";
const NAMES: &str = "
    INSERT INTO project_name (workspace, project, name_folded, slug)
    SELECT $1, * FROM unnest($2::uuid[], $3::text[], $4::text[])";
const HEAD: &str = "UPDATE workspace SET head = $2, last_at = $3 WHERE id = $1";

fn pool(database: &str) -> Result<Pool> {
    let config: Config = database.parse()?;
    Ok(Pool::builder(Manager::new(config, NoTls)).max_size(CONNECTIONS).build()?)
}

/// A project's state as the service wrote it.
pub async fn a_state(database: &str) -> Result<String> {
    let client = pool(database)?.get().await?;
    let row = client.query_one("SELECT state FROM aggregate WHERE kind = 'project' LIMIT 1", &[]).await?;
    Ok(row.try_get(0)?)
}

/// How many commands were written.
pub async fn rows(database: &str) -> Result<i64> {
    counted(database, "SELECT count(*) FROM command").await
}

#[derive(Clone)]
struct Alone {
    pool: Pool,
    state: Arc<str>,
}

/// Serves it over a database that has the service's tables.
pub async fn serve(database: &str, state: String) -> Result<Served> {
    let alone = Alone { pool: pool(database)?, state: state.into() };
    serve_routes(Router::new().route("/v1/commands", post(commands)).with_state(alone)).await
}

/// Serves what inserts a row of each body that comes, over an empty database.
pub async fn serve_one_row(database: &str) -> Result<Served> {
    let pool = pool(database)?;
    let table =
        "CREATE TABLE came (number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body bytea NOT NULL)";
    pool.get().await?.batch_execute(table).await?;
    serve_routes(Router::new().route("/", post(one_row)).with_state(pool)).await
}

async fn one_row(State(pool): State<Pool>, body: Bytes) -> Result<&'static str, StatusCode> {
    let inserted = async {
        let client = pool.get().await?;
        let statement = client.prepare_cached("INSERT INTO came (body) VALUES ($1)").await?;
        anyhow::Ok(client.execute(&statement, &[&&body[..]]).await?)
    };
    inserted.await.map(|_| "{}").map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
}

/// How many of them were inserted.
pub async fn one_rows(database: &str) -> Result<i64> {
    counted(database, "SELECT count(*) FROM came").await
}

/// How many deliveries the service kept.
pub async fn deliveries(database: &str) -> Result<i64> {
    counted(database, "SELECT count(*) FROM delivery").await
}

async fn counted(database: &str, sql: &str) -> Result<i64> {
    Ok(pool(database)?.get().await?.query_one(sql, &[]).await?.try_get(0)?)
}

async fn commands(
    State(alone): State<Alone>,
    headers: HeaderMap,
    Json(sent): Json<Commands>,
) -> Result<String, StatusCode> {
    let named = headers.get(WORKSPACE_HEADER).and_then(|value| value.to_str().ok()?.parse().ok());
    let workspace = named.ok_or(StatusCode::BAD_REQUEST)?;
    let written = write(&alone, workspace, &sent.commands).await;
    written.map(|head| head.to_string()).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
}

/// The rows of a batch, column by column.
#[derive(Default)]
struct Columns {
    numbers: Vec<i64>,
    ids: Vec<Uuid>,
    actors: Vec<Uuid>,
    at: Vec<i64>,
    kinds: Vec<&'static str>,
    aggregates: Vec<Uuid>,
    envelopes: Vec<String>,
    revisions: Vec<i64>,
    names: Vec<String>,
    slugs: Vec<String>,
}

fn columns(commands: &[Envelope], head: i64) -> Result<Columns> {
    let mut columns = Columns::default();
    for (number, command) in (head + 1..).zip(commands) {
        let AggregateRef::Project(project) = command.aggregate else { continue };
        let text = |name: &str| command.args["details"][name].as_str().unwrap_or_default().to_lowercase();
        columns.numbers.push(number);
        columns.ids.push(command.id.0);
        columns.actors.push(project.0);
        columns.at.push(command.made_at.0);
        columns.kinds.push("project");
        columns.aggregates.push(project.0);
        columns.envelopes.push(serde_json::to_string(command)?);
        columns.revisions.push(1);
        columns.names.push(text("name"));
        columns.slugs.push(text("slug"));
    }
    Ok(columns)
}

async fn write(alone: &Alone, workspace: Uuid, commands: &[Envelope]) -> Result<i64> {
    let client = alone.pool.get().await?;
    let prepared = |sql| client.prepare_cached(sql);
    let lock = prepared(LOCK).await?;
    let (insert, states, named, set) =
        tokio::try_join!(prepared(COMMANDS), prepared(AGGREGATES), prepared(NAMES), prepared(HEAD))?;
    // Sent together, carried out in their order: as the service does it.
    let one: Parameters = &[&workspace];
    let ((), locked) = tokio::try_join!(biased; client.batch_execute("BEGIN"), client.query_opt(&lock, one))?;
    let head: i64 = locked.context("no such workspace")?.try_get(0)?;
    let c = columns(commands, head)?;
    let state: Vec<&str> = vec![&alone.state; c.ids.len()];
    let (last, at) = (c.numbers.last().copied().unwrap_or(head), c.at.last().copied().unwrap_or_default());
    let rows: Parameters =
        &[&workspace, &c.numbers, &c.ids, &c.actors, &c.at, &c.kinds, &c.aggregates, &c.envelopes];
    let of: Parameters = &[&workspace, &c.kinds, &c.aggregates, &c.revisions, &c.numbers, &state];
    let called: Parameters = &[&workspace, &c.aggregates, &c.names, &c.slugs];
    let feed: Parameters = &[&workspace, &last, &at];
    tokio::try_join!(
        biased;
        client.execute(&insert, rows),
        client.execute(&states, of),
        client.execute(&named, called),
        client.execute(&set, feed),
        client.batch_execute("COMMIT"),
    )?;
    Ok(last)
}
