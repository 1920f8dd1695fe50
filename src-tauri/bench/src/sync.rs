//! `sync_first_100k`: a desktop's first sync, against raw inserts of the rows that it leaves. `sync_next_10`: what ten
//! changes of somebody else cost where much is there, against the same where next to nothing is.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use domain::command::Envelope;
use domain::ids::{CommandId, ProjectId};
use domain::project::ProjectDetails;
use domain::protocol::{PROTOCOL, PROTOCOL_HEADER, Results};
use domain::{AggregateRef, Body, Command, Role};
use http::Request;
use partner_core::profile;
use partner_core::store::{FILE, Store, StoreError};
use partner_core::sync::{self, InProcess, Sync, SyncState, Transport};
use partner_service::{Identities, Service, system_clock};
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};
use uuid::Uuid;

use crate::desk::now;
use crate::fill;
use crate::measure::{Row, median};

/// How long a sync may take.
const AT_MOST: Duration = Duration::from_mins(30);
/// First syncs that are measured, of either side in turn.
const FIRST: usize = 3;
/// Rows of a transaction: a page of the snapshot.
const PAGE: usize = 500;
/// Changes of somebody else.
const NEXT: usize = 10;
/// Rounds of them, of either side in turn, after a few that are not counted.
const ROUNDS: usize = 40;
const WARM: usize = 5;
/// Projects where next to nothing is.
const FEW: usize = 10;

/// The tables that a sync fills by itself; what triggers fill beside them fills itself.
const TABLES: &str = "
    SELECT name FROM sqlite_schema
    WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' AND name NOT LIKE 'sqlite_%'
      AND name NOT LIKE 'search_%' AND name NOT LIKE 'project_search_%' AND name NOT IN ('project_count', 'setting')";

/// A desktop's store at a service of its own.
struct Place {
    store: Store,
    sync: Sync,
    transport: Arc<dyn Transport>,
}

impl Place {
    /// Begins with an empty store at the service of a data folder, of which a copy is made; gives when its sync
    /// began. Call it inside a tokio runtime.
    fn begin(data: &Path, scratch: &Path) -> Result<(Self, Instant)> {
        let _ = fs::remove_dir_all(scratch);
        fs::create_dir_all(scratch)?;
        for file in ["service.db", "service.db-wal"] {
            let from = data.join("this-computer").join(file);
            if from.exists() {
                fs::copy(from, scratch.join(file))?;
            }
        }
        let seat = profile::read(data)?.this_computer.context("nothing was filled")?;
        let identities = Identities::Embedded {
            workspace: seat.workspace,
            member: seat.member,
            name: seat.name,
            roles: Role::ALL.to_vec(),
        };
        let service = Service::open(&scratch.join("service.db"), identities, system_clock())?;
        let transport: Arc<dyn Transport> = Arc::new(InProcess::new(service.router()));
        let store = Store::open(scratch)?;
        let began = Instant::now();
        let sync = sync::start(store.clone(), transport.clone(), Arc::new(now));
        Ok((Self { store, sync, transport }, began))
    }

    /// Waits until the store is where the feed is.
    async fn reaches(&self, head: Option<u64>) -> Result<()> {
        let reached = async {
            let mut status = self.sync.watch();
            loop {
                let now = *status.borrow_and_update();
                let at = self
                    .store
                    .read(|view| {
                        let at = view.feed()?;
                        Ok::<_, StoreError>(at)
                    })
                    .await?;
                let there = at
                    .is_some_and(|at| at.snapshot_after.is_none() && head.is_none_or(|head| at.head >= head));
                if there && now.state == SyncState::Idle && now.last_synced_at.is_some() {
                    return Ok(());
                }
                // A change of the store without one of the status is met by looking again soon.
                let _ = tokio::time::timeout(Duration::from_micros(500), status.changed()).await;
            }
        };
        tokio::time::timeout(AT_MOST, reached).await.context("it never came to its end")?
    }

    /// Somebody else makes ten projects; gives the feed's head after them.
    async fn others(&self) -> Result<u64> {
        let commands: Vec<Envelope> = (0..NEXT)
            .map(|_| {
                let id = ProjectId(Uuid::now_v7());
                let details = ProjectDetails {
                    name: format!("Beside {}", id.0.simple()),
                    slug: String::new(),
                    owner: String::new(),
                };
                let body = Body::ProjectCreate { details };
                let command =
                    Command { id: CommandId(Uuid::now_v7()), aggregate: AggregateRef::Project(id), body };
                Envelope::new(&command, now(), Vec::new())
            })
            .collect();
        let body = serde_json::to_vec(&serde_json::json!({ "commands": commands }))?;
        let request =
            Request::post("/v1/commands").header(PROTOCOL_HEADER, PROTOCOL).body(Bytes::from(body))?;
        let answer = self.transport.send(request).await?;
        ensure!(answer.status().is_success(), "the service answers {}", answer.status());
        Ok(serde_json::from_slice::<Results>(answer.body())?.head)
    }

    /// How long the desktop takes to have them.
    async fn next(&self) -> Result<Duration> {
        let head = self.others().await?;
        let began = Instant::now();
        self.sync.waker().wake();
        self.reaches(Some(head)).await?;
        Ok(began.elapsed())
    }

    async fn end(self) {
        self.sync.stop().await;
        self.store.close();
    }
}

/// Measures `sync_first_100k`.
pub async fn first(data: &Path) -> Result<Row> {
    let scratch = data.with_extension("sync");
    let (ours, theirs) = (scratch.join("ours"), scratch.join("theirs"));
    let (mut synced, mut inserted) = (Vec::new(), Vec::new());
    for _ in 0..FIRST {
        let (place, began) = Place::begin(data, &ours)?;
        place.reaches(None).await?;
        synced.push(began.elapsed());
        place.end().await;

        let _ = fs::remove_dir_all(&theirs);
        fs::create_dir_all(&theirs)?;
        Store::open(&theirs)?.close();
        inserted.push(insert(&ours.join(FILE), &theirs.join(FILE))?);
    }
    fs::remove_dir_all(&scratch)?;
    Ok(Row {
        name: "sync_first_100k",
        unit: "ms",
        value: median(&synced),
        floor: Some(median(&inserted)),
        bar: Some(2.0),
        better: "lower",
    })
}

/// Inserts every row of a store into an empty one, in transactions as long as a page; gives how long that took. Both
/// have the same tables, indexes and triggers.
fn insert(from: &Path, to: &Path) -> Result<Duration> {
    let (from, mut to) = (Connection::open(from)?, Connection::open(to)?);
    to.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = OFF;")?;
    let tables: Vec<String> =
        from.prepare(TABLES)?.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    let mut took = Duration::ZERO;
    for table in &tables {
        took += fill_table(&from, &mut to, &format!("SELECT * FROM {table}"), table, "")?;
    }
    // Its words are not kept beside its index: they are put together once more.
    let words = "SELECT seq, concat_ws(' ', name_key, slug_key, row ->> 'owner') FROM project_row";
    Ok(took + fill_table(&from, &mut to, words, "project_search", "(rowid, words)")?)
}

fn fill_table(
    from: &Connection,
    to: &mut Connection,
    select: &str,
    table: &str,
    columns: &str,
) -> Result<Duration> {
    let mut select = from.prepare(select)?;
    let width = select.column_count();
    let marks = vec!["?"; width].join(", ");
    let insert = format!("INSERT OR REPLACE INTO {table} {columns} VALUES ({marks})");
    let mut rows = select.query([])?;
    let mut took = Duration::ZERO;
    loop {
        // What is read is the other side's: it costs nothing here.
        let mut page: Vec<Vec<Value>> = Vec::with_capacity(PAGE);
        while page.len() < PAGE
            && let Some(row) = rows.next()?
        {
            page.push((0..width).map(|at| row.get(at)).collect::<rusqlite::Result<_>>()?);
        }
        if page.is_empty() {
            return Ok(took);
        }
        let began = Instant::now();
        let transaction = to.transaction()?;
        {
            let mut insert = transaction.prepare_cached(&insert)?;
            for row in page {
                insert.execute(params_from_iter(row))?;
            }
        }
        transaction.commit()?;
        took += began.elapsed();
    }
}

/// Measures `sync_next_10`.
pub async fn next(data: &Path) -> Result<Row> {
    let scratch = data.with_extension("sync");
    let _ = fs::remove_dir_all(&scratch);
    let few = scratch.join("few");
    fill::fill(&few, FEW).await?;
    let ((much, _), (few, _)) =
        (Place::begin(data, &scratch.join("at-much"))?, Place::begin(&few, &scratch.join("at-few"))?);
    much.reaches(None).await?;
    few.reaches(None).await?;
    let (mut at_much, mut at_few) = (Vec::new(), Vec::new());
    for n in 0..WARM + ROUNDS {
        let (with_much, with_few) = (much.next().await?, few.next().await?);
        if n >= WARM {
            at_much.push(with_much);
            at_few.push(with_few);
        }
    }
    much.end().await;
    few.end().await;
    fs::remove_dir_all(&scratch)?;
    Ok(Row {
        name: "sync_next_10",
        unit: "ms",
        value: median(&at_much),
        floor: Some(median(&at_few)),
        bar: Some(1.5),
        better: "lower",
    })
}
