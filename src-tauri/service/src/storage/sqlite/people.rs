//! Who may come in: look-ups over all workspaces, and the people of one.

use domain::Timestamp;
use domain::ids::WorkspaceId;
use rusqlite::{Connection, OptionalExtension, params};

use crate::error::StoreError;
use crate::storage::{Lookup, PeopleWritten};

pub(super) fn people(connection: &Connection, workspace: WorkspaceId) -> Result<Option<String>, StoreError> {
    let sql = "SELECT people FROM people WHERE workspace = ?1";
    Ok(connection.prepare_cached(sql)?.query_row([workspace.0], |row| row.get(0)).optional()?)
}

pub(super) fn workspaces_of(
    connection: &Connection,
    who: Lookup<'_>,
) -> Result<Vec<WorkspaceId>, StoreError> {
    let (sql, row) = match who {
        Lookup::Subject { issuer, subject } => (
            "SELECT workspace FROM identity WHERE subject = ?1 AND issuer = ?2 ORDER BY workspace",
            vec![subject, issuer],
        ),
        Lookup::Invited { email } => {
            ("SELECT workspace FROM invited WHERE email = ?1 ORDER BY workspace", vec![email])
        }
    };
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map(rusqlite::params_from_iter(row), |row| Ok(WorkspaceId(row.get(0)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Writes the document and what is looked up of it, within a transaction.
pub(super) fn write(
    connection: &Connection,
    workspace: WorkspaceId,
    written: &PeopleWritten,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO people (workspace, people) VALUES (?1, ?2)
               ON CONFLICT (workspace) DO UPDATE SET people = excluded.people";
    connection.execute(sql, params![workspace.0, written.json])?;
    // Nobody who was known is forgotten: whoever was removed is told so.
    for (issuer, subject) in &written.subjects {
        let sql =
            "INSERT INTO identity (workspace, issuer, subject) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
        connection.execute(sql, params![workspace.0, issuer, subject])?;
    }
    connection.execute("DELETE FROM invited WHERE workspace = ?1", [workspace.0])?;
    for email in &written.invited {
        let sql = "INSERT INTO invited (workspace, email) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
        connection.execute(sql, params![workspace.0, email])?;
    }
    Ok(())
}

pub(super) fn anybody(connection: &Connection) -> Result<bool, StoreError> {
    Ok(connection.query_row("SELECT EXISTS (SELECT 1 FROM identity)", [], |row| row.get(0))?)
}

pub(super) fn keep_code(
    connection: &Connection,
    hash: &str,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO owner_code (code_sha256, expires_at) VALUES (?1, ?2)";
    connection.execute(sql, params![hash, expires_at.0])?;
    Ok(())
}

pub(super) fn knows_code(connection: &Connection, hash: &str, now: Timestamp) -> Result<bool, StoreError> {
    connection.execute("DELETE FROM owner_code WHERE expires_at <= ?1", [now.0])?;
    let sql = "SELECT EXISTS (SELECT 1 FROM owner_code WHERE code_sha256 = ?1)";
    Ok(connection.query_row(sql, [hash], |row| row.get(0))?)
}
