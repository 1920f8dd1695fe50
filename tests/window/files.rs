//! The files of a data folder: read as they are, and damaged as disks and accidents damage them.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use rusqlite::{Connection, OpenFlags};

use crate::driver::{SHORT, poll};

/// One of the databases of the workspace on this computer.
#[derive(Clone)]
pub struct Database(PathBuf);

/// The desktop's store.
pub fn cache(data: &Path) -> Database {
    Database(data.join("this-computer/cache.db"))
}

/// The embedded service's own database.
pub fn service(data: &Path) -> Database {
    Database(data.join("this-computer/service.db"))
}

/// The commands that the service has not answered yet, in the order in which they were made.
pub fn unsent(data: &Path) -> Result<Vec<String>> {
    cache(data).column("SELECT id FROM outbox WHERE state IN ('queued', 'in_flight') ORDER BY seq")
}

/// Waits until the embedded service has answered everything that made the sample data.
pub async fn wait_sample_sent(data: &Path) -> Result<()> {
    let unsent = || {
        Database(data.join("sample/cache.db"))
            .column("SELECT id FROM outbox WHERE state IN ('queued', 'in_flight')")
    };
    let sent = poll(SHORT, async || unsent().ok()?.is_empty().then_some(()));
    sent.await.context("the sample data was not sent")
}

/// Waits until the service has answered everything.
pub async fn wait_sent(data: &Path) -> Result<()> {
    let sent = poll(SHORT, async || unsent(data).ok()?.is_empty().then_some(()));
    sent.await.with_context(|| format!("not sent: {:?}", unsent(data)))
}

/// The commands that the service took, in the order of their numbers.
pub fn taken(data: &Path) -> Result<Vec<String>> {
    service(data).column("SELECT json_extract(envelope, '$.id') FROM command ORDER BY number")
}

/// Every command that was made over a data folder, sent or not, as JSON.
pub fn commands(data: &Path) -> Vec<String> {
    let mut all = Vec::new();
    let folders = fs::read_dir(data).into_iter().flatten().flatten().map(|entry| entry.path());
    for folder in folders.filter(|folder| folder.join("cache.db").exists()) {
        // A damaged database tells nothing; what it held is shown nowhere either.
        all.extend(
            Database(folder.join("service.db")).column("SELECT envelope FROM command").unwrap_or_default(),
        );
        all.extend(
            Database(folder.join("cache.db")).column("SELECT envelope FROM outbox").unwrap_or_default(),
        );
    }
    all
}

/// A way in which a file is damaged.
#[derive(Clone, Copy, Debug)]
pub enum Damage {
    /// Every bit of a page in the middle is turned round.
    Flipped,
    /// The end is missing.
    Truncated,
    /// The header is all zeros.
    NoHeader,
    /// Nothing is left of it.
    Emptied,
}

impl Database {
    /// Its bytes.
    pub fn bytes(&self) -> Result<Vec<u8>> {
        fs::read(&self.0).with_context(|| format!("reading {}", self.0.display()))
    }

    /// Answers a query by the values of its first column.
    pub fn column(&self, sql: &str) -> Result<Vec<String>> {
        let connection = Connection::open_with_flags(&self.0, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let mut statement = connection.prepare(sql)?;
        let texts = statement.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<_, _>>()?;
        Ok(texts)
    }

    /// Says that a newer version of the program wrote it.
    pub fn set_schema(&self, version: u32) -> Result<()> {
        let connection = Connection::open(&self.0)?;
        connection.pragma_update(None, "user_version", version)?;
        // Into the file itself, so that it can be compared byte by byte.
        connection.pragma_update(None, "journal_mode", "delete")?;
        connection.close().map_err(|(_, error)| error.into())
    }

    /// Damages it. Pages of tables named as precious stay whole: what is lost with them is lost.
    pub fn damage(&self, how: Damage, precious: &[&str]) -> Result<()> {
        let pages = self.pages(precious)?;
        let mut bytes = self.bytes()?;
        match how {
            Damage::Flipped => {
                let middle = pages.count / 2;
                let page = (2..=pages.count).filter(|page| !pages.precious.contains(page));
                let page = page.min_by_key(|page| page.abs_diff(middle)).context("no page to damage")?;
                bytes[(page - 1) * pages.size..page * pages.size].iter_mut().for_each(|byte| *byte ^= 0xff);
            }
            Damage::Truncated => {
                let end = pages.precious.iter().copied().max().unwrap_or(pages.count / 2);
                ensure!(end < pages.count, "nothing but what is precious would be missing");
                bytes.truncate(end * pages.size);
            }
            Damage::NoHeader => bytes[..100].fill(0),
            Damage::Emptied => bytes.clear(),
        }
        fs::write(&self.0, bytes)?;
        Ok(())
    }

    fn pages(&self, precious: &[&str]) -> Result<Pages> {
        let connection = Connection::open(&self.0)?;
        // What is in the log belongs to the file.
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        let number = |pragma: &str| connection.pragma_query_value(None, pragma, |row| row.get::<_, usize>(0));
        let (size, count) = (number("page_size")?, number("page_count")?);
        let mut statement = connection.prepare("SELECT pageno, name FROM dbstat")?;
        let rows = statement.query_map([], |row| Ok((row.get::<_, usize>(0)?, row.get::<_, String>(1)?)))?;
        let mut found = Vec::new();
        for row in rows {
            let (page, table) = row?;
            if precious.iter().any(|name| table.contains(name)) {
                found.push(page);
            }
        }
        Ok(Pages { size, count, precious: found })
    }
}

struct Pages {
    size: usize,
    count: usize,
    precious: Vec<usize>,
}

/// Every file below a folder, by its path from there.
pub fn below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(&next)? {
            let path = entry?.path();
            if path.is_dir() && !path.is_symlink() {
                open.push(path);
            } else {
                found.push(path.strip_prefix(folder)?.to_owned());
            }
        }
    }
    found.sort();
    Ok(found)
}
