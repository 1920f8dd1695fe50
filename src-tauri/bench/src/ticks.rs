//! `ticks_100`: a key of the checklist until it is durable, against a transaction that writes the same rows with
//! nothing around it. Both write to files of the same size on the same disk, in turn.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use rusqlite::{Connection, TransactionBehavior, params};
use serde_json::{Value, json};

use crate::desk::{Answers, Desk};
use crate::fill::ask;
use crate::measure::{Row, median};

/// Ticks that are measured, after a few that are not.
const TICKS: usize = 100;
const WARM: usize = 5;

/// What the service does meanwhile.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// Nothing: what is ticked stays here.
    Paused,
    /// It takes each tick, and the desktop reads it back.
    Answers,
}

impl Service {
    fn name(self) -> &'static str {
        match self {
            Self::Paused => "ticks_100",
            Self::Answers => "ticks_100_syncing",
        }
    }
}

/// Measures it, on copies of the data folder.
pub async fn row(data: &Path, service: Service) -> Result<Row> {
    let scratch = data.with_extension("ticks");
    let (own, other) = (scratch.join("own"), scratch.join("other"));
    let _ = fs::remove_dir_all(&scratch);
    copy(data, &own)?;
    copy(data, &other)?;
    let measured = measure(&own, &other, service).await;
    fs::remove_dir_all(&scratch)?;
    let (ours, theirs) = measured?;
    Ok(Row {
        name: service.name(),
        unit: "ms",
        value: median(&ours),
        floor: Some(median(&theirs)),
        bar: (service == Service::Paused).then_some(1.5),
        better: "lower",
    })
}

async fn measure(own: &Path, other: &Path, service: Service) -> Result<(Vec<Duration>, Vec<Duration>)> {
    let answers = if service == Service::Paused { Answers::Never } else { Answers::Yes };
    let desk = Desk::open(own, answers).await;
    let (run, items) = untouched(&desk).await?;
    let mut alone = Alone::open(&file(own), &file(other))?;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for (n, item) in items.iter().take(WARM + TICKS).enumerate() {
        let args = json!({
            "aggregate": { "kind": "run", "id": run },
            "body": {
                "kind": "run.set_result",
                "args": { "item": item, "outcome": "pass", "reason": "", "knew": [] }
            }
        });
        let began = Instant::now();
        let changed = ask(&desk, "change", args).await?;
        let took = began.elapsed();
        let command = changed["command"].as_str().context("a change names its command")?;
        let same = alone.same(command, &run)?;
        if n >= WARM {
            ours.push(took);
            theirs.push(same);
        }
    }
    desk.engine.close().await;
    Ok((ours, theirs))
}

/// A run of the QA list that nobody ticked, and its items; where it has fewer than are needed, they come round again.
async fn untouched(desk: &Desk) -> Result<(String, Vec<String>)> {
    let runs = ask(desk, "runs", Value::Null).await?;
    let is_fresh = |run: &&Value| run["done"] == 0 && run["name"] != "A long list";
    let run = runs["runs"].as_array().into_iter().flatten().find(is_fresh).context("no fresh run")?;
    let run = run["id"].as_str().unwrap_or_default().to_owned();
    let view = ask(desk, "run", json!({ "run": run })).await?;
    let sections = view["sections"].as_array().into_iter().flatten();
    let items = sections.flat_map(|section| section["items"].as_array().into_iter().flatten());
    let ids: Vec<String> = items.filter_map(|item| Some(item["id"].as_str()?.to_owned())).collect();
    ensure!(!ids.is_empty(), "the run has no items");
    Ok((run, ids.into_iter().cycle().take(WARM + TICKS).collect()))
}

fn file(data: &Path) -> PathBuf {
    data.join("this-computer").join(partner_core::store::FILE)
}

/// `SQLite` alone, on a file of its own: it writes what the engine wrote, and nothing else is done.
struct Alone {
    read: Connection,
    write: Connection,
}

impl Alone {
    fn open(own: &Path, other: &Path) -> Result<Self> {
        let write = Connection::open(other)?;
        write.pragma_update(None, "journal_mode", "wal")?;
        write.pragma_update(None, "synchronous", "full")?;
        write.pragma_update(None, "foreign_keys", true)?;
        write.pragma_update(None, "mmap_size", 0)?;
        Ok(Self { read: Connection::open(own)?, write })
    }

    /// Writes the rows that this command wrote; how long it took.
    fn same(&mut self, command: &str, run: &str) -> Result<Duration> {
        type Outbox = (String, String, String, String, String, i64, String);
        let outbox: Outbox = self.read.query_row(
            "SELECT id, kind, aggregate, actor, roles, made_at, envelope FROM outbox WHERE id = ?1",
            [command],
            |row| {
                Ok((
                    row.get(0)?,
                    row.get(1)?,
                    row.get(2)?,
                    row.get(3)?,
                    row.get(4)?,
                    row.get(5)?,
                    row.get(6)?,
                ))
            },
        )?;
        let shown: String =
            self.read.query_row("SELECT state FROM shown WHERE kind = 'run' AND id = ?1", [run], |row| {
                row.get(0)
            })?;
        let (updated_at, row): (i64, String) =
            self.read.query_row("SELECT updated_at, row FROM run_row WHERE id = ?1", [run], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?;

        let began = Instant::now();
        let tx = self.write.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let (id, kind, aggregate, actor, roles, made_at, envelope) = &outbox;
        tx.prepare_cached(
            "INSERT INTO outbox (id, kind, aggregate, actor, roles, made_at, envelope, state)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'queued')",
        )?
        .execute(params![id, kind, aggregate, actor, roles, made_at, envelope])?;
        tx.prepare_cached("UPDATE shown SET state = ?2 WHERE kind = 'run' AND id = ?1")?
            .execute(params![run, shown])?;
        tx.prepare_cached("UPDATE run_row SET updated_at = ?2, row = ?3 WHERE id = ?1")?
            .execute(params![run, updated_at, row])?;
        tx.commit()?;
        Ok(began.elapsed())
    }
}

/// Copies a data folder of one level of folders.
fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        // Backups and what the web engine keeps are no part of it.
        if entry.file_type()?.is_dir() {
            if entry.file_name() != "backups" && entry.file_name() != "webview" {
                copy(&entry.path(), &target)?;
            }
        } else if entry.file_type()?.is_file() {
            fs::copy(entry.path(), &target)?;
            // Otherwise the system writes it out while it is measured how long writing takes.
            fs::File::open(target)?.sync_all()?;
        }
    }
    Ok(())
}
