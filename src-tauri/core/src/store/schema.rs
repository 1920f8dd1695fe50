//! The schema and its migrations: append-only, each all-or-nothing, with a backup before the first of them.

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use super::{OpenError, backup};

/// Every migration ever released, oldest first. `user_version` counts those that a file has.
pub(super) const MIGRATIONS: &[&str] = &[
    include_str!("migrations/0001.sql"),
    include_str!("migrations/0002.sql"),
    include_str!("migrations/0003.sql"),
    include_str!("migrations/0004.sql"),
    include_str!("migrations/0005.sql"),
    include_str!("migrations/0006.sql"),
    include_str!("migrations/0007.sql"),
    include_str!("migrations/0008.sql"),
    include_str!("migrations/0009.sql"),
    include_str!("migrations/0010.sql"),
    include_str!("migrations/0011.sql"),
    include_str!("migrations/0012.sql"),
    include_str!("migrations/0013.sql"),
];

/// Refuses a file whose pages do not hang together.
pub(super) fn check(connection: &Connection) -> Result<(), OpenError> {
    let found: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if found == "ok" { Ok(()) } else { Err(super::StoreError::Damaged(found).into()) }
}

/// Refuses a file with a text that is no JSON any more: bytes inside a page are beyond what `SQLite` looks at.
pub(super) fn check_texts(connection: &Connection) -> Result<(), OpenError> {
    for (table, column) in [
        ("outbox", "envelope"),
        ("setting", "value"),
        ("confirmed", "state"),
        ("shown", "state"),
        ("project_row", "row"),
        ("version_row", "row"),
        ("run_row", "row"),
        ("installation_row", "row"),
        ("event_row", "row"),
        ("delivery", "row"),
    ] {
        let sql = format!("SELECT EXISTS (SELECT 1 FROM {table} WHERE NOT json_valid({column}))");
        if connection.query_row(&sql, [], |row| row.get::<_, bool>(0))? {
            return Err(super::StoreError::Damaged(format!("{table}.{column}")).into());
        }
    }
    Ok(())
}

/// How many migrations a file has. One by a newer version is refused, before anything is written to it.
pub(super) fn version(connection: &Connection, migrations: &[&str]) -> Result<u32, OpenError> {
    let known = u32::try_from(migrations.len()).unwrap_or(u32::MAX);
    let found: u32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if found > known { Err(OpenError::TooNew { found, known }) } else { Ok(found) }
}

/// Brings a file up to date, or refuses one by a newer version.
pub(super) fn migrate(
    connection: &mut Connection,
    migrations: &[&str],
    backups: &Path,
) -> Result<(), OpenError> {
    let found = version(connection, migrations)?;
    if found > 0 && (found as usize) < migrations.len() {
        backup::before_migration(connection, backups, found)?;
    }
    for (done, sql) in (found + 1..).zip(&migrations[found as usize..]) {
        let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        tx.execute_batch(sql)?;
        tx.pragma_update(None, "user_version", done)?;
        tx.commit()?;
    }
    Ok(())
}
