//! How the file is opened. Loosened nowhere: what is acknowledged has reached the disk.

use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

/// What a connection keeps of the file, in KiB. Those that read are several, and the system keeps the same pages for all
/// of them; a search comes back to the same pages again and again.
const READ_CACHE: i32 = 512;
const SEARCH_CACHE: i32 = 2_000;

/// The one connection that writes. Nothing is written yet: whether the file may be is looked at first.
pub(super) fn writable(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    connection.busy_timeout(Duration::from_secs(10))?;
    common(&connection)?;
    Ok(connection)
}

/// Lets readers go on while there is a write. It stands in the file itself.
pub(super) fn keep_log(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update(None, "journal_mode", "wal")
}

/// A connection that cannot write.
pub(super) fn readable(path: &Path) -> rusqlite::Result<Connection> {
    reading(path, READ_CACHE)
}

/// A connection that searches.
pub(super) fn searchable(path: &Path) -> rusqlite::Result<Connection> {
    reading(path, SEARCH_CACHE)
}

fn reading(path: &Path, cache: i32) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    connection.busy_timeout(Duration::from_secs(10))?;
    connection.pragma_update(None, "cache_size", -cache)?;
    common(&connection)?;
    Ok(connection)
}

fn common(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "mmap_size", 0)?;
    // A damaged or foreign file must not run anything through its schema.
    connection.pragma_update(None, "trusted_schema", false)?;
    // No plan depends on what is bound: otherwise some statements would be prepared anew at each use.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.set_prepared_statement_cache_capacity(128);
    Ok(())
}
