//! Copies of the store by `SQLite`'s backup API, and a copy put back in the store's place.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use domain::Timestamp;
use rusqlite::backup::Backup;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use super::{connect, new_epochs, schema};
use crate::error::OpenError;

/// Copies a store, in use or not, to a file that appears only when it is complete and sound.
pub(super) fn copy(from: &Connection, to: &Path) -> Result<(), OpenError> {
    let partial = beside(to, "partial");
    write(from, &partial)?;
    replace(&partial, to)
}

/// Puts a backup in the store's place, under a new epoch. What stood there is kept beside it.
pub(crate) fn restore(backup: &Path, path: &Path, now: Timestamp) -> Result<(), OpenError> {
    let backup = connect(backup, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    if schema::inspect(&backup, schema::known(schema::MIGRATIONS))?.is_none() {
        return Err(OpenError::Foreign);
    }
    let restoring = beside(path, "restoring");
    write(&backup, &restoring)?;
    // The epoch is another one before the file stands in its place: a restored store never goes by its old epoch.
    let mut restored = connect(&restoring, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let transaction = restored.transaction_with_behavior(TransactionBehavior::Immediate)?;
    new_epochs(&transaction)?;
    transaction.commit()?;
    close(restored)?;
    keep_aside(path, now)?;
    replace(&restoring, path)
}

/// `<file>.<suffix>`, in the same folder.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(".");
    name.push(suffix);
    name.into()
}

fn write(from: &Connection, to: &Path) -> Result<(), OpenError> {
    remove_if_there(to)?;
    let mut copy = connect(to, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?;
    // All pages in one step: a step of fewer would start again at every write in between.
    Backup::new(from, &mut copy)?.run_to_completion(i32::MAX, Duration::from_millis(10), None)?;
    // One file that can be read from anywhere, with no log beside it.
    copy.pragma_update_and_check(None, "journal_mode", "DELETE", |row| row.get::<_, String>(0))?;
    schema::inspect(&copy, u32::MAX)?;
    close(copy)
}

fn close(connection: Connection) -> Result<(), OpenError> {
    connection.close().map_err(|(_, error)| error.into())
}

/// Moves a file over another at once, and has the folder remember it.
fn replace(from: &Path, to: &Path) -> Result<(), OpenError> {
    fs::rename(from, to)?;
    #[cfg(unix)]
    if let Some(folder) = to.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// Keeps what stands at `path` under another name, its log too, and takes the log away: left there, it would be
/// played into the file that comes next. The store itself stays until it is replaced.
fn keep_aside(path: &Path, now: Timestamp) -> Result<(), OpenError> {
    let kept = beside(path, &format!("replaced-{}", now.0));
    let (log, kept_log) = (with_end(path, "-wal"), with_end(&kept, "-wal"));
    if path.exists() {
        fs::copy(path, &kept)?;
        if log.exists() {
            fs::copy(&log, &kept_log)?;
            File::open(&kept_log)?.sync_all()?;
        }
        File::open(&kept)?.sync_all()?;
    }
    remove_if_there(&log)?;
    remove_if_there(&with_end(path, "-shm"))
}

fn with_end(path: &Path, end: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(end);
    name.into()
}

fn remove_if_there(path: &Path) -> Result<(), OpenError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}
