//! The file's layout: migrations, each applied whole or not at all, and what is looked at before a file is touched.
//!
//! Migrations are only ever added. `user_version` counts the applied ones.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use super::{connect, copy};
use crate::error::OpenError;

/// Every migration, oldest first.
pub(super) const MIGRATIONS: &[&str] = &[
    include_str!("schema/1.sql"),
    include_str!("schema/2.sql"),
    include_str!("schema/3.sql"),
    include_str!("schema/4.sql"),
    include_str!("schema/5.sql"),
    include_str!("schema/6.sql"),
    include_str!("schema/7.sql"),
    include_str!("schema/8.sql"),
    include_str!("schema/9.sql"),
];

/// A larger file is not looked through before it is opened: that takes time, and grows with it. The desktop does so
/// while it is in use; a copy or a backup of it always is.
const LOOKED_THROUGH: u64 = 8 * 1024 * 1024;

/// Marks the file as a store of the partner service: `PrSv`.
const APPLICATION: u32 = 0x5072_5376;

/// Opens a store for writing, made or migrated where needed. Nothing is written to a file that fails a check.
pub(super) fn open(path: &Path, migrations: &[&str]) -> Result<Connection, OpenError> {
    let mode = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
    let mut connection = connect(path, mode)?;
    let found = identify(&connection, known(migrations))?;
    if std::fs::metadata(path).is_ok_and(|file| file.len() <= LOOKED_THROUGH) {
        look_through(&connection)?;
    }
    connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get::<_, String>(0))?;
    if found.is_some_and(|found| found < known(migrations)) {
        let version = found.unwrap_or_default();
        copy::copy(&connection, &backup_path(path, version))?;
    }
    migrate(&mut connection, migrations)?;
    Ok(connection)
}

/// The version of a sound store, `None` for an empty file.
pub(super) fn inspect(connection: &Connection, known: u32) -> Result<Option<u32>, OpenError> {
    let found = identify(connection, known)?;
    look_through(connection)?;
    Ok(found)
}

/// The version of a store, as far as its first page tells; `None` for an empty file.
fn identify(connection: &Connection, known: u32) -> Result<Option<u32>, OpenError> {
    let found = version(connection)?;
    let application: u32 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let empty =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0))? == 0;
    if empty && found == 0 && application == 0 {
        return Ok(None);
    }
    if application != APPLICATION {
        return Err(OpenError::Foreign);
    }
    if found > known {
        return Err(OpenError::TooNew { found, known });
    }
    Ok(Some(found))
}

/// Refuses a file whose pages do not hang together.
fn look_through(connection: &Connection) -> Result<(), OpenError> {
    let verdict: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if verdict == "ok" { Ok(()) } else { Err(OpenError::damaged(&verdict)) }
}

/// The newest version that is known.
pub(super) fn known(migrations: &[&str]) -> u32 {
    u32::try_from(migrations.len()).unwrap_or(u32::MAX)
}

fn migrate(connection: &mut Connection, migrations: &[&str]) -> Result<(), OpenError> {
    for (version_before, migration) in (0_u32..).zip(migrations) {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        // Looked at under the lock: another process may have been here first.
        if version(&transaction)? == version_before {
            transaction.execute_batch(migration)?;
            transaction.pragma_update(None, "application_id", APPLICATION)?;
            transaction.pragma_update(None, "user_version", version_before + 1)?;
            transaction.commit()?;
        }
    }
    Ok(())
}

fn version(connection: &Connection) -> rusqlite::Result<u32> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

/// Where the store as it was before a migration is kept: `<file>.before-<version>`.
fn backup_path(path: &Path, version: u32) -> PathBuf {
    copy::beside(path, &format!("before-{}", version + 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::tests::Redacted;

    const ONE: &[&str] = &[MIGRATIONS[0]];
    const TWO: &[&str] = &[MIGRATIONS[0], "ALTER TABLE workspace ADD COLUMN label TEXT NOT NULL DEFAULT ''"];
    const BROKEN: &[&str] =
        &[MIGRATIONS[0], "ALTER TABLE workspace ADD COLUMN label TEXT; INSERT INTO nowhere VALUES (1)"];

    fn columns(connection: &Connection) -> i64 {
        connection
            .query_row("SELECT count(*) FROM pragma_table_info('workspace')", [], |row| row.get(0))
            .unwrap()
    }

    #[test]
    fn a_migration_keeps_a_backup_of_what_was() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("service.db");
        drop(open(&path, ONE).unwrap());
        assert!(!backup_path(&path, 0).exists(), "a new store has nothing to back up");
        let migrated = open(&path, TWO).unwrap();
        assert_eq!((version(&migrated).unwrap(), columns(&migrated)), (2, 4));
        let backup = connect(&backup_path(&path, 1), OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
        assert_eq!((version(&backup).unwrap(), columns(&backup)), (1, 3));
    }

    #[test]
    fn a_migration_that_fails_leaves_the_store_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("service.db");
        drop(open(&path, ONE).unwrap());
        assert!(matches!(open(&path, BROKEN), Err(OpenError::Storage(_))));
        let store = open(&path, ONE).unwrap();
        assert_eq!((version(&store).unwrap(), columns(&store)), (1, 3));
    }

    /// What was redacted before redaction reached the stored commands is blank in them from then on.
    #[test]
    fn comments_that_were_redacted_once_lose_their_words() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("service.db");
        let store = open(&path, &MIGRATIONS[..7]).unwrap();
        let (workspace, all) = (uuid::Uuid::from_u128(1), Redacted::new());
        store.execute("INSERT INTO workspace (id, epoch, head) VALUES (?1, ?1, 4)", [workspace]).unwrap();
        for (number, command) in (1_i64..).zip(&all.said) {
            let domain::AggregateRef::Project(project) = command.aggregate else { panic!() };
            let (by, at) = (Redacted::ACTOR, Redacted::AT);
            let json = serde_json::to_string(command).unwrap();
            let row =
                rusqlite::params![workspace, number, command.id.0, by.0, at, "project", project.0, json];
            let sql = "INSERT INTO command (workspace, number, id, actor, taken_at, aggregate_kind, aggregate, envelope)
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
            store.execute(sql, row).unwrap();
        }
        drop(store);
        let store = open(&path, MIGRATIONS).unwrap();
        let mut rows = store.prepare("SELECT envelope FROM command ORDER BY number").unwrap();
        let found = rows.query_map([], |row| row.get::<_, String>(0)).unwrap();
        let found: Vec<domain::Envelope> =
            found.map(|json| serde_json::from_str(&json.unwrap()).unwrap()).collect();
        assert_eq!(found, all.blanked());
    }

    #[test]
    fn what_is_not_a_store_of_this_version_stays_untouched() {
        let folder = tempfile::tempdir().unwrap();
        let make = |name: &str, sql: &str| {
            let path = folder.path().join(name);
            Connection::open(&path).unwrap().execute_batch(sql).unwrap();
            path
        };
        let foreign = make("foreign.db", "CREATE TABLE note (text TEXT)");
        let newer = folder.path().join("newer.db");
        drop(open(&newer, TWO).unwrap());
        let damaged = folder.path().join("damaged.db");
        std::fs::write(&damaged, "This is no database at all. ".repeat(200)).unwrap();
        for (path, expected) in [
            (&foreign, "the file is not a store of the partner service"),
            (&newer, "the store has version 2; the newest that this program knows is 1"),
            (&damaged, "the store is damaged"),
        ] {
            let before = std::fs::read(path).unwrap();
            assert_eq!(open(path, ONE).unwrap_err().to_string(), expected);
            assert_eq!(std::fs::read(path).unwrap(), before, "{}", path.display());
        }
    }

    #[test]
    fn a_store_with_a_torn_page_is_damaged() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("service.db");
        drop(open(&path, MIGRATIONS).unwrap());
        let mut bytes = std::fs::read(&path).unwrap();
        // The second page holds the first table.
        bytes[4096..4096 + 512].fill(0xEE);
        std::fs::write(&path, bytes).unwrap();
        assert!(matches!(open(&path, MIGRATIONS), Err(OpenError::Damaged)));
    }

    #[test]
    fn every_write_is_on_the_disk_before_it_is_answered() {
        let folder = tempfile::tempdir().unwrap();
        let store = open(&folder.path().join("service.db"), MIGRATIONS).unwrap();
        let setting = |name: &str| {
            store
                .query_row(&format!("PRAGMA {name}"), [], |row| row.get::<_, rusqlite::types::Value>(0))
                .unwrap()
        };
        assert_eq!(setting("journal_mode"), "wal".to_owned().into());
        assert_eq!(setting("synchronous"), 2.into());
        assert_eq!(setting("foreign_keys"), 1.into());
    }
}
