//! Who may come in: look-ups over all workspaces, and the people of one.

use deadpool_postgres::Client;
use domain::Timestamp;
use domain::ids::WorkspaceId;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use crate::error::StoreError;
use crate::storage::{Lookup, PeopleWritten};

pub(super) async fn people(client: &Client, workspace: WorkspaceId) -> Result<Option<String>, StoreError> {
    let statement = client.prepare_cached("SELECT people FROM people WHERE workspace = $1").await?;
    Ok(client.query_opt(&statement, &[&workspace.0]).await?.map(|row| row.try_get(0)).transpose()?)
}

pub(super) async fn workspaces_of(client: &Client, who: Lookup<'_>) -> Result<Vec<WorkspaceId>, StoreError> {
    let (sql, row): (&str, &[&(dyn ToSql + Sync)]) = match &who {
        Lookup::Subject { issuer, subject } => (
            "SELECT workspace FROM identity WHERE subject = $1 AND issuer = $2 ORDER BY workspace",
            &[subject, issuer],
        ),
        Lookup::Invited { email } => {
            ("SELECT workspace FROM invited WHERE email = $1 ORDER BY workspace", &[email])
        }
    };
    let statement = client.prepare_cached(sql).await?;
    let rows = client.query(&statement, row).await?;
    rows.iter().map(|row| Ok(WorkspaceId(row.try_get::<_, Uuid>(0)?))).collect()
}

/// Writes the document and what is looked up of it, within a transaction.
pub(super) async fn write(
    client: &Client,
    workspace: WorkspaceId,
    written: &PeopleWritten,
) -> Result<(), StoreError> {
    let (issuers, subjects): (Vec<&str>, Vec<&str>) =
        written.subjects.iter().map(|(issuer, subject)| (issuer.as_str(), subject.as_str())).unzip();
    let sql = "INSERT INTO people (workspace, people) VALUES ($1, $2)
               ON CONFLICT (workspace) DO UPDATE SET people = excluded.people";
    client.execute(sql, &[&workspace.0, &written.json]).await?;
    // Nobody who was known is forgotten: whoever was removed is told so.
    let sql = "INSERT INTO identity (workspace, issuer, subject)
               SELECT $1, * FROM unnest($2::text[], $3::text[]) ON CONFLICT DO NOTHING";
    client.execute(sql, &[&workspace.0, &issuers, &subjects]).await?;
    client.execute("DELETE FROM invited WHERE workspace = $1", &[&workspace.0]).await?;
    let sql = "INSERT INTO invited (workspace, email) SELECT $1, unnest($2::text[]) ON CONFLICT DO NOTHING";
    client.execute(sql, &[&workspace.0, &written.invited]).await?;
    Ok(())
}

pub(super) async fn anybody(client: &Client) -> Result<bool, StoreError> {
    Ok(client.query_one("SELECT EXISTS (SELECT 1 FROM identity)", &[]).await?.try_get(0)?)
}

pub(super) async fn keep_code(client: &Client, hash: &str, expires_at: Timestamp) -> Result<(), StoreError> {
    let sql = "INSERT INTO owner_code (code_sha256, expires_at) VALUES ($1, $2)";
    client.execute(sql, &[&hash, &expires_at.0]).await?;
    Ok(())
}

pub(super) async fn knows_code(client: &Client, hash: &str, now: Timestamp) -> Result<bool, StoreError> {
    client.execute("DELETE FROM owner_code WHERE expires_at <= $1", &[&now.0]).await?;
    let sql = "SELECT EXISTS (SELECT 1 FROM owner_code WHERE code_sha256 = $1)";
    Ok(client.query_one(sql, &[&hash]).await?.try_get(0)?)
}
