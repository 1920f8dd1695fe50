//! Backups of the files that cannot be fetched again, by `SQLite`'s backup API: complete and consistent while in use.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use domain::Timestamp;
use rusqlite::{Connection, OpenFlags};

use super::{OpenError, StoreError};

/// The folder of the backups.
pub const FOLDER: &str = "backups";
/// Pages copied at once: 4 MB, a few milliseconds.
const PAGES: i32 = 1_000;
/// How long is waited for somebody who writes.
const TURN: std::time::Duration = std::time::Duration::from_millis(5);
/// How many daily backups of a file are kept.
const KEPT: usize = 7;

/// A backup.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Backup {
    /// Its file in the folder of the backups.
    pub file: String,
    /// The name of the file that it is a backup of.
    pub name: String,
    /// When it was made.
    pub at: Timestamp,
    /// In bytes.
    pub bytes: u64,
}

impl Backup {
    /// Where it is, in the folder of a connection.
    pub fn path(&self, folder: &Path) -> PathBuf {
        folder.join(FOLDER).join(&self.file)
    }
}

/// Backs up these files of a connection's folder, once a day; says which backups it made. The last seven days of
/// each are kept.
pub fn daily(folder: &Path, names: &[&str], now: Timestamp) -> Result<Vec<PathBuf>, OpenError> {
    let day = domain::time::day(now);
    let mut made = Vec::new();
    for name in names {
        let to = folder.join(FOLDER).join(format!("{day}-{name}"));
        if to.exists() || !folder.join(name).exists() {
            continue;
        }
        make(folder, name, &to, &to_the_end)?;
        made.push(to);
    }
    Ok(made)
}

/// Makes the day's backup of these files anew, where they changed since; says which it made. Without it the first
/// day's backup would stay one of an empty database.
///
/// `go_on` hears how many pages of how many are copied, of each file anew, and may end it: the backup before stays.
pub fn renew(
    folder: &Path,
    names: &[&str],
    now: Timestamp,
    go_on: &dyn Fn(u32, u32) -> bool,
) -> Result<Vec<PathBuf>, OpenError> {
    let day = domain::time::day(now);
    let mut made = Vec::new();
    for name in names {
        let to = folder.join(FOLDER).join(format!("{day}-{name}"));
        let Some(changed) = changed(&folder.join(name)) else { continue };
        if changed_at(&to).is_some_and(|made| made >= changed) {
            continue;
        }
        make(folder, name, &to, go_on)?;
        made.push(to);
    }
    Ok(made)
}

/// Makes a backup, and removes those that are older than the last seven days.
fn make(folder: &Path, name: &str, to: &Path, go_on: &dyn Fn(u32, u32) -> bool) -> Result<(), OpenError> {
    copy(&Connection::open_with_flags(folder.join(name), OpenFlags::SQLITE_OPEN_READ_ONLY)?, to, go_on)?;
    let days = list(folder)?.into_iter().filter(|backup| backup.name == name && is_daily(&backup.file));
    for old in days.skip(KEPT) {
        fs::remove_file(old.path(folder))?;
    }
    Ok(())
}

/// When a database was last written to: what is new stands in its log first. Opening it makes an empty one.
fn changed(file: &Path) -> Option<SystemTime> {
    let log = beside(file, "-wal");
    let is_empty = fs::metadata(&log).map_or(0, |about| about.len()) == 0;
    changed_at(file).max(if is_empty { None } else { changed_at(&log) })
}

fn changed_at(file: &Path) -> Option<SystemTime> {
    fs::metadata(file).ok()?.modified().ok()
}

/// Backs up the open store before its schema changes.
pub(super) fn before_migration(connection: &Connection, folder: &Path, schema: u32) -> Result<(), OpenError> {
    copy(connection, &folder.join(format!("schema{schema}-{}", super::FILE)), &to_the_end)
}

/// The backups in a connection's folder, newest day first.
pub fn list(folder: &Path) -> std::io::Result<Vec<Backup>> {
    let mut found = Vec::new();
    let entries = match fs::read_dir(folder.join(FOLDER)) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(found),
        Err(error) => return Err(error),
    };
    for entry in entries {
        let entry = entry?;
        let file = entry.file_name().to_string_lossy().into_owned();
        // `2026-11-24-service.db`, `schema1-cache.db`.
        let label = if is_daily(&file) { DAY } else { file.find('-').unwrap_or(0) };
        let Some(name) = file.get(label + 1..).filter(|name| {
            label > 0 && Path::new(name).extension().is_some_and(|extension| extension == "db")
        }) else {
            continue;
        };
        let about = entry.metadata()?;
        let made = about.modified()?.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        found.push(Backup {
            name: name.to_owned(),
            at: Timestamp(i64::try_from(made.as_millis()).unwrap_or(i64::MAX)),
            bytes: about.len(),
            file,
        });
    }
    found.sort_by(|a, b| b.file.cmp(&a.file));
    Ok(found)
}

/// Puts a backup in the place of a file that nobody has open; what was there is kept beside it.
///
/// The backup is checked first. Returns where the replaced file is.
pub fn restore(backup: &Path, file: &Path, now: Timestamp) -> Result<Option<PathBuf>, OpenError> {
    let from = Connection::open_with_flags(backup, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    super::schema::check(&from)?;
    let aside = set_aside(file, "replaced", now)?;
    copy(&from, file, &to_the_end)?;
    Ok(aside)
}

/// Moves a database away, with what belongs to it.
pub(super) fn set_aside(file: &Path, why: &str, now: Timestamp) -> Result<Option<PathBuf>, OpenError> {
    if !file.exists() {
        return Ok(None);
    }
    let stem = file.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let name = |n: u32| match n {
        0 => format!("{stem}.{why}-{}.db", now.0),
        _ => format!("{stem}.{why}-{}-{n}.db", now.0),
    };
    let free = (0..1_000).map(|n| file.with_file_name(name(n))).find(|path| !path.exists());
    let Some(to) = free else { return Err(std::io::Error::from(std::io::ErrorKind::AlreadyExists).into()) };
    // The log first: a database without its log is older than it was, a log without its database is nothing.
    for suffix in ["-wal", "-shm", ""] {
        match fs::rename(beside(file, suffix), beside(&to, suffix)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    Ok(Some(to))
}

/// The file that belongs to a database: its name, and then some.
pub(super) fn beside(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// Copies under another name and renames, so that a backup is there whole or not at all.
fn copy(from: &Connection, to: &Path, go_on: &dyn Fn(u32, u32) -> bool) -> Result<(), OpenError> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    let unfinished = to.with_extension("unfinished");
    let _ = fs::remove_file(&unfinished);
    let mut target = Connection::open(&unfinished)?;
    if !copy_pages(from, &mut target, go_on)? {
        drop(target);
        fs::remove_file(&unfinished)?;
        return Err(std::io::Error::from(std::io::ErrorKind::Interrupted).into());
    }
    // Damage that nobody met yet must not take the place of a sound copy.
    super::schema::check(&target)?;
    // A backup is one file: nothing of it may stay in a log beside it.
    target.pragma_update(None, "journal_mode", "delete")?;
    target.close().map_err(|(_, error)| StoreError::from(error))?;
    fs::File::open(&unfinished)?.sync_all()?;
    fs::rename(&unfinished, to)?;
    Ok(())
}

/// Copies page by page; whether it came to its end.
fn copy_pages(
    from: &Connection,
    to: &mut Connection,
    go_on: &dyn Fn(u32, u32) -> bool,
) -> Result<bool, OpenError> {
    use rusqlite::backup::{Backup, StepResult};
    let backup = Backup::new(from, to).map_err(StoreError::from)?;
    loop {
        let step = backup.step(PAGES).map_err(StoreError::from)?;
        let progress = backup.progress();
        let count = |pages: i32| u32::try_from(pages).unwrap_or_default();
        let more = go_on(count(progress.pagecount - progress.remaining), count(progress.pagecount));
        match step {
            StepResult::Done => return Ok(true),
            _ if !more => return Ok(false),
            // Somebody writes: their turn.
            StepResult::Busy | StepResult::Locked => std::thread::sleep(TURN),
            _ => {}
        }
    }
}

/// Nobody can end it.
fn to_the_end(_: u32, _: u32) -> bool {
    true
}

/// The length of a day's name.
const DAY: usize = "2026-11-24".len();

fn is_daily(file: &str) -> bool {
    file.get(..DAY).is_some_and(|day| day.parse::<jiff::civil::Date>().is_ok())
}
