//! A damaged store: set aside, made anew, with what a person did rescued first.
//!
//! What the service has comes back with the next snapshot. What only this file had is read from it row by row:
//! the outbox, drafts, settings. A damaged beginning of the file is replaced by that of a fresh one of the same
//! schema, in a copy; a damaged page costs the rows on it and no more.

use std::fs;
use std::path::{Path, PathBuf};

use domain::Timestamp;
use domain::command::Envelope;
use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags, params_from_iter};

use super::{FILE, OpenError, StoreError, backup, connection, outbox, schema, table};

/// What came out of a recovery.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Recovered {
    /// Where the damaged file is kept.
    pub aside: Option<PathBuf>,
    /// Entries of the outbox that were rescued.
    pub outbox: usize,
    /// Drafts that were rescued.
    pub drafts: usize,
    /// Settings that were rescued.
    pub settings: usize,
    /// Whether every precious page could be read.
    pub complete: bool,
}

/// A table that cannot be fetched again: its name, its key, and every column.
struct Precious {
    table: &'static str,
    columns: &'static [&'static str],
}

const PRECIOUS: [Precious; 3] = [
    Precious {
        table: "outbox",
        columns: &[
            "seq",
            "id",
            "kind",
            "aggregate",
            "actor",
            "roles",
            "made_at",
            "envelope",
            "state",
            "unsure",
            "attempts",
            "refusal",
            "waits_for",
            "number",
            "epoch",
            "settled_at",
        ],
    },
    Precious { table: "draft", columns: &["key", "text"] },
    Precious { table: "setting", columns: &["key", "value"] },
];

/// Sets a damaged store aside and makes a new one with what could be rescued, to be opened next.
///
/// It may end at any point: the damaged file keeps its place until the new one is whole.
pub fn recover(folder: &Path, now: Timestamp) -> Result<Recovered, OpenError> {
    finish(folder)?;
    let file = folder.join(FILE);
    let mut salvaged = if file.exists() { salvage(&file, folder)? } else { Salvaged::default() };
    if !salvaged.complete {
        salvaged.add_from_backup(folder)?;
    }
    let unfinished = folder.join("cache.unfinished.db");
    remove(&unfinished)?;
    let mut new = connection::writable(&unfinished)?;
    schema::migrate(&mut new, schema::MIGRATIONS, &folder.join(backup::FOLDER))?;
    fill(&mut new, &salvaged)?;
    new.close().map_err(|(_, error)| StoreError::from(error))?;
    // Under this name it is whole.
    fs::rename(&unfinished, folder.join(format!("{RESCUED}{}.db", now.0)))?;
    let aside = finish(folder)?;
    Ok(Recovered {
        aside,
        outbox: salvaged.rows[0].len(),
        drafts: salvaged.rows[1].len(),
        settings: salvaged.rows[2].len(),
        complete: salvaged.complete,
    })
}

/// What a whole new store is called until it takes its place; then comes the moment.
const RESCUED: &str = "cache.rescued-";

/// Puts a whole new store in the place of the damaged one, now or after a recovery that was cut short here. Says
/// where the damaged one is.
pub(super) fn finish(folder: &Path) -> Result<Option<PathBuf>, OpenError> {
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        let moment = name.strip_prefix(RESCUED).and_then(|rest| rest.strip_suffix(".db")?.parse().ok());
        if let Some(moment) = moment {
            let file = folder.join(FILE);
            let aside = backup::set_aside(&file, "damaged", Timestamp(moment))?;
            fs::rename(folder.join(name), file)?;
            return Ok(aside);
        }
    }
    Ok(None)
}

#[derive(Default)]
struct Salvaged {
    rows: [Vec<Vec<Value>>; 3],
    complete: bool,
}

impl Salvaged {
    /// Fills the gaps with what the newest backup had. What was taken since is sent again, and known by its id.
    fn add_from_backup(&mut self, folder: &Path) -> Result<(), OpenError> {
        let newest = backup::list(folder)?.into_iter().find(|backup| backup.name == FILE);
        let Some(newest) = newest else { return Ok(()) };
        let Ok(before) = read_all(&newest.path(folder)) else { return Ok(()) };
        for (rows, before) in self.rows.iter_mut().zip(before.rows) {
            let missing: Vec<_> =
                before.into_iter().filter(|row| !rows.iter().any(|known| known[0] == row[0])).collect();
            rows.extend(missing);
            rows.sort_by(|a, b| order(&a[0], &b[0]));
        }
        Ok(())
    }
}

/// Reads what can be read, trying harder each time; the original stays as it is.
fn salvage(damaged: &Path, folder: &Path) -> Result<Salvaged, OpenError> {
    let copy = folder.join("cache.salvage.db");
    let mut best = Salvaged::default();
    for mend in [Mend::Nothing, Mend::Header, Mend::FirstPage] {
        remove(&copy)?;
        for suffix in ["", "-wal"] {
            let from = backup::beside(damaged, suffix);
            if from.exists() {
                fs::copy(&from, backup::beside(&copy, suffix))?;
            }
        }
        mend.apply(&copy, folder)?;
        let found = read_all(&copy).unwrap_or_default();
        let count = |salvaged: &Salvaged| salvaged.rows.iter().map(Vec::len).sum::<usize>();
        if found.complete || count(&found) > count(&best) {
            best = found;
        }
        if best.complete {
            break;
        }
    }
    remove(&copy)?;
    Ok(best)
}

/// What is replaced by the beginning of a fresh store.
#[derive(Clone, Copy)]
enum Mend {
    Nothing,
    /// The 100 bytes that say what the file is.
    Header,
    /// The page that says where each table begins: the same in every store that was made by the same migrations.
    FirstPage,
}

impl Mend {
    fn apply(self, copy: &Path, folder: &Path) -> Result<(), OpenError> {
        let length = match self {
            Self::Nothing => return Ok(()),
            Self::Header => 100,
            Self::FirstPage => usize::MAX,
        };
        let fresh = folder.join("cache.fresh.db");
        remove(&fresh)?;
        let mut new = Connection::open(&fresh)?;
        schema::migrate(&mut new, schema::MIGRATIONS, folder)?;
        let page: u32 = new.pragma_query_value(None, "page_size", |row| row.get(0))?;
        let page = page as usize;
        new.close().map_err(|(_, error)| StoreError::from(error))?;
        let beginning = fs::read(&fresh)?;
        remove(&fresh)?;

        let mut bytes = fs::read(copy)?;
        let length = length.min(page).min(bytes.len()).min(beginning.len());
        bytes[..length].copy_from_slice(&beginning[..length]);
        if length >= 100 {
            // The file's own size in pages; an empty list of free pages.
            let pages = u32::try_from(bytes.len() / page).unwrap_or(u32::MAX);
            bytes[28..32].copy_from_slice(&pages.to_be_bytes());
            bytes[32..40].fill(0);
        }
        fs::write(copy, bytes)?;
        Ok(())
    }
}

fn read_all(copy: &Path) -> Result<Salvaged, StoreError> {
    let connection = Connection::open_with_flags(copy, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    // Lets SQLite open a file that is shorter than it says.
    connection.pragma_update(None, "writable_schema", true)?;
    let mut salvaged = Salvaged { complete: true, ..Salvaged::default() };
    for (rows, precious) in salvaged.rows.iter_mut().zip(&PRECIOUS) {
        let (found, complete) = precious.read(&connection);
        *rows = found;
        salvaged.complete &= complete;
    }
    Ok(salvaged)
}

impl Precious {
    /// The rows that can be read and make sense, and whether the table could be read to its end.
    fn read(&self, connection: &Connection) -> (Vec<Vec<Value>>, bool) {
        let columns = self.columns.join(", ");
        let (key, table) = (self.columns[0], self.table);
        let mut rows = Vec::new();
        let forward =
            self.collect(connection, &format!("SELECT {columns} FROM {table} ORDER BY {key}"), &mut rows);
        if forward.is_ok() {
            return (self.sound(rows), true);
        }
        // From the other end, as far as the damage.
        let backward = format!("SELECT {columns} FROM {table} ORDER BY {key} DESC");
        let _ = self.collect(connection, &backward, &mut rows);
        if table == "outbox" {
            self.each_number(connection, &columns, &mut rows);
        }
        rows.sort_by(|a, b| order(&a[0], &b[0]));
        rows.dedup_by(|a, b| a[0] == b[0]);
        (self.sound(rows), false)
    }

    /// Between the ends: one entry after the other, each found by its own way through the tree.
    fn each_number(&self, connection: &Connection, columns: &str, rows: &mut Vec<Vec<Value>>) {
        let numbers: Vec<i64> = rows
            .iter()
            .filter_map(|row| if let Value::Integer(seq) = row[0] { Some(seq) } else { None })
            .collect();
        let last = connection
            .query_row("SELECT seq FROM sqlite_sequence WHERE name = 'outbox'", [], |row| {
                row.get::<_, i64>(0)
            })
            .ok()
            .or(numbers.iter().max().copied())
            .unwrap_or(0)
            .clamp(0, 1_000_000);
        for seq in (1..=last).filter(|seq| !numbers.contains(seq)) {
            let one = format!("SELECT {columns} FROM outbox WHERE seq = {seq}");
            let _ = self.collect(connection, &one, rows);
        }
    }

    fn collect(
        &self,
        connection: &Connection,
        sql: &str,
        rows: &mut Vec<Vec<Value>>,
    ) -> rusqlite::Result<()> {
        let mut query = connection.prepare(sql)?;
        let mut found = query.query([])?;
        while let Some(row) = found.next()? {
            rows.push((0..self.columns.len()).map(|at| row.get(at)).collect::<Result<_, _>>()?);
        }
        Ok(())
    }

    /// Leaves out what `SQLite` could read but nobody wrote so.
    fn sound(&self, rows: Vec<Vec<Value>>) -> Vec<Vec<Value>> {
        let json = |value: &Value| matches!(value, Value::Text(text) if serde_json::from_str::<serde_json::Value>(text).is_ok());
        rows.into_iter()
            .filter(|row| match self.table {
                "outbox" => {
                    matches!(&row[7], Value::Text(text) if serde_json::from_str::<Envelope>(text).is_ok())
                }
                "setting" => json(&row[1]),
                _ => matches!(&row[1], Value::Text(_)),
            })
            .collect()
    }
}

fn order(a: &Value, b: &Value) -> std::cmp::Ordering {
    match (a, b) {
        (Value::Integer(a), Value::Integer(b)) => a.cmp(b),
        (Value::Text(a), Value::Text(b)) => a.cmp(b),
        _ => std::cmp::Ordering::Equal,
    }
}

fn fill(new: &mut Connection, salvaged: &Salvaged) -> Result<(), StoreError> {
    super::write::<_, StoreError>(new, |tx| {
        for (precious, rows) in PRECIOUS.iter().zip(&salvaged.rows) {
            let marks = vec!["?"; precious.columns.len()].join(", ");
            let sql = format!(
                "INSERT OR IGNORE INTO {} ({}) VALUES ({marks})",
                precious.table,
                precious.columns.join(", ")
            );
            let mut insert = tx.tx().prepare(&sql)?;
            for row in rows {
                insert.execute(params_from_iter(row))?;
            }
        }
        outbox::requeue_in_flight(tx)?;
        // What was made here and never confirmed can be shown at once, the rest after the snapshot.
        table::dirty::mark_all(tx.tx(), false)
    })?;
    Ok(())
}

fn remove(file: &Path) -> Result<(), OpenError> {
    for suffix in ["", "-wal", "-shm", "-journal"] {
        match fs::remove_file(backup::beside(file, suffix)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    Ok(())
}
