//! Deliveries on their way into the tables: those that come while a workspace's last ones are being written are written
//! together after them, in one statement and so in one transaction.
//!
//! Counting takes the lock on the workspace's row until the commit is on the disk: one by one, a workspace would take no
//! more deliveries than the disk ends transactions. Nobody waits for company: who comes alone is written at once.

use std::collections::{BTreeSet, HashMap};
use std::mem::replace;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use deadpool_postgres::{Object, Pool};
use domain::ids::WorkspaceId;
use tokio::sync::oneshot;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use crate::error::StoreError;
use crate::storage::hooks::{NewDelivery, UNVERIFIED_KEPT};

/// The most that are written together: deliveries, and bytes of them, of which one alone may be more.
const TOGETHER: (usize, usize) = (100, 4 * 1024 * 1024);

/// Which of an event's deliveries is the first is asked row by row, by the index: joined, a statement that was planned
/// over an empty table would read all of it when it is full.
const ADD: &str = "
    WITH came AS (
        SELECT * FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::bytea[], $7::uuid[], $8::bigint[])
            WITH ORDINALITY AS came (id, project, event, delivery, sealed, hook, since, at)),
    fresh AS (
        SELECT *, row_number() OVER (ORDER BY at) AS place FROM came c
        WHERE (SELECT 1 FROM delivery d
               WHERE d.workspace = $1 AND d.project = c.project AND d.event = c.event LIMIT 1) IS NULL
              AND (SELECT 1 FROM came e
                   WHERE e.project = c.project AND e.event = c.event AND e.at < c.at LIMIT 1) IS NULL),
    counted AS (
        UPDATE workspace SET deliveries = deliveries + (SELECT count(*) FROM fresh)
        WHERE id = $1 AND EXISTS (SELECT 1 FROM fresh)
        RETURNING deliveries - (SELECT count(*) FROM fresh) AS before),
    added AS (
        INSERT INTO delivery (workspace, number, id, project, event, delivery, sealed)
        SELECT $1, before + place, id, project, event, delivery, sealed FROM fresh, counted
        ON CONFLICT (workspace, project, event) DO NOTHING RETURNING number, id),
    relayed AS (
        INSERT INTO relay (workspace, number, hook, state, since, due, tries)
        SELECT $1, number, hook, 'waiting', since, since, 0 FROM added JOIN fresh USING (id)
        WHERE hook IS NOT NULL)
    SELECT id FROM added";

const TRIM: &str = "
    DELETE FROM delivery WHERE workspace = $1 AND project = $2 AND event IS NULL AND number <=
        (SELECT number FROM delivery WHERE workspace = $1 AND project = $2 AND event IS NULL
         ORDER BY number DESC LIMIT 1 OFFSET $3)";

/// Deliveries that wait to be written, by workspace.
pub(super) struct Arriving {
    pool: Pool,
    waiting: Arc<Waiting>,
}

/// A workspace has its place here for as long as somebody writes its deliveries.
#[derive(Default)]
struct Waiting(Mutex<HashMap<WorkspaceId, Vec<Arrived>>>);

struct Arrived {
    delivery: NewDelivery,
    written: oneshot::Sender<Result<bool, StoreError>>,
}

impl Arriving {
    pub(super) fn new(pool: Pool) -> Self {
        Self { pool, waiting: Arc::default() }
    }

    /// Writes a delivery, with whatever else waits: false where its event is known already.
    pub(super) async fn add(
        &self,
        workspace: WorkspaceId,
        delivery: NewDelivery,
    ) -> Result<bool, StoreError> {
        let (written, told) = oneshot::channel();
        if self.waiting.push(workspace, Arrived { delivery, written }) {
            // A task of its own: whoever sent the first may go away before the others are written.
            tokio::spawn(write_all(self.pool.clone(), Arc::clone(&self.waiting), workspace));
        }
        told.await.map_err(|_| StoreError::NoTurn)?
    }
}

impl Waiting {
    fn all(&self) -> MutexGuard<'_, HashMap<WorkspaceId, Vec<Arrived>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether nobody writes this workspace's deliveries yet: the caller sees to it.
    fn push(&self, workspace: WorkspaceId, arrived: Arrived) -> bool {
        let mut all = self.all();
        let nobody = !all.contains_key(&workspace);
        all.entry(workspace).or_default().push(arrived);
        nobody
    }

    /// The next to be written together; none, and no place any more, where nothing waits.
    fn next(&self, workspace: WorkspaceId) -> Option<Vec<Arrived>> {
        let mut all = self.all();
        let waiting = all.get_mut(&workspace)?;
        if waiting.is_empty() {
            all.remove(&workspace);
            return None;
        }
        let (mut count, mut bytes) = (0, 0);
        for Arrived { delivery, .. } in waiting.iter() {
            bytes += delivery.json.len() + delivery.sealed.len();
            if count > 0 && (count == TOGETHER.0 || bytes > TOGETHER.1) {
                break;
            }
            count += 1;
        }
        let rest = waiting.split_off(count);
        Some(replace(waiting, rest))
    }
}

async fn write_all(pool: Pool, waiting: Arc<Waiting>, workspace: WorkspaceId) {
    while let Some(together) = waiting.next(workspace) {
        let (deliveries, told): (Vec<_>, Vec<_>) =
            together.into_iter().map(|arrived| (arrived.delivery, arrived.written)).unzip();
        let added = write(&pool, workspace, &deliveries).await.map_err(Arc::new);
        for (delivery, told) in deliveries.iter().zip(told) {
            let added = added.as_ref().map(|added| added.contains(&delivery.id));
            // Whoever went away is sent it again, and hears then that it is known.
            let _ = told.send(added.map_err(|error| Arc::clone(error).into()));
        }
    }
}

/// Writes deliveries; gives the ids of those whose events were not known.
async fn write(
    pool: &Pool,
    workspace: WorkspaceId,
    deliveries: &[NewDelivery],
) -> Result<BTreeSet<Uuid>, StoreError> {
    let client = pool.get().await?;
    let statement = client.prepare_cached(ADD).await?;
    let ids: Vec<_> = deliveries.iter().map(|one| one.id).collect();
    let projects: Vec<_> = deliveries.iter().map(|one| one.project.0).collect();
    let events: Vec<_> = deliveries.iter().map(|one| one.event.as_deref()).collect();
    let json: Vec<_> = deliveries.iter().map(|one| &*one.json).collect();
    let sealed: Vec<_> = deliveries.iter().map(|one| &*one.sealed).collect();
    let hooks: Vec<_> = deliveries.iter().map(|one| one.pass_on.map(|(hook, _)| hook)).collect();
    let since: Vec<_> = deliveries.iter().map(|one| one.pass_on.map(|(_, from)| from.0)).collect();
    let rows: &[&(dyn ToSql + Sync)] =
        &[&workspace.0, &ids, &projects, &events, &json, &sealed, &hooks, &since];
    let added = client.query(&statement, rows).await?;
    let added = added.iter().map(|row| row.try_get(0)).collect::<Result<BTreeSet<Uuid>, _>>()?;
    let unverified = deliveries.iter().filter(|one| one.event.is_none() && added.contains(&one.id));
    trim(&client, workspace, unverified.map(|one| one.project.0).collect()).await?;
    Ok(added)
}

/// Leaves the newest of what was not verified, in each of these projects.
async fn trim(client: &Object, workspace: WorkspaceId, projects: BTreeSet<Uuid>) -> Result<(), StoreError> {
    if projects.is_empty() {
        return Ok(());
    }
    let statement = client.prepare_cached(TRIM).await?;
    for project in projects {
        client.execute(&statement, &[&workspace.0, &project, &i64::from(UNVERIFIED_KEPT)]).await?;
    }
    Ok(())
}
