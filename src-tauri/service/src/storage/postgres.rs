//! Storage in `PostgreSQL`, for a team: any number of replicas share it and keep nothing themselves.
//!
//! A read is one statement, and so of one moment. A turn is one transaction in two round trips: the first takes the
//! lock on the workspace's row and reads what the batch needs, the second writes and commits. A connection that is
//! given up in the middle of a transaction is closed, and the server rolls back.

mod calls;
mod columns;
mod connect;
mod credentials;
mod deliver;
mod hooks;
mod loose;
mod messages;
mod notify;
mod page;
mod people;
mod present;
mod schema;
mod together;
mod turn;

use std::collections::BTreeSet;

use async_trait::async_trait;
use deadpool_postgres::{Object, Pool};
use domain::Timestamp;
use domain::ids::WorkspaceId;
use domain::protocol::Present;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio_postgres::Row;
use uuid::Uuid;

use super::{Begun, ChangesPage, Feed, Heard, Hint, Lookup, Page, SnapshotPage, Storage, Wanted};
use crate::error::{OpenError, StoreError};
use together::Together;

/// A database, through a pool of connections.
pub(crate) struct Postgres {
    pool: Pool,
    address: connect::Address,
    /// What deliveries ask for, of which many may come at once.
    keep: Together<deliver::Keep>,
    states: Together<deliver::States>,
    keys: Together<deliver::Keys>,
    /// Hints on their way to other replicas.
    hints: UnboundedSender<Hint>,
}

impl Postgres {
    /// Connects to the database, making or migrating its tables where needed, and gives each workspace its feed.
    pub(crate) async fn open(address: &str, workspaces: &[WorkspaceId]) -> Result<Self, OpenError> {
        let address = connect::Address::read(address)?;
        let pool = address.pool()?;
        let mut client = pool.get().await?;
        schema::migrate(&mut client, schema::MIGRATIONS).await?;
        drop(client);
        let (hints, tells) = unbounded_channel();
        tokio::spawn(notify::tell(pool.clone(), tells));
        let (keep, states, keys) =
            (Together::new(pool.clone()), Together::new(pool.clone()), Together::new(pool.clone()));
        let opened = Self { pool, address, keep, states, keys, hints };
        opened.ensure(workspaces).await?;
        Ok(opened)
    }

    async fn client(&self) -> Result<Object, StoreError> {
        Ok(self.pool.get().await?)
    }
}

#[async_trait]
impl Storage for Postgres {
    async fn ensure(&self, workspaces: &[WorkspaceId]) -> Result<(), StoreError> {
        let ids: Vec<Uuid> = workspaces.iter().map(|id| id.0).collect();
        let sql = "INSERT INTO workspace (id, epoch, head, last_at)
                   SELECT id, gen_random_uuid(), 0, 0 FROM unnest($1::uuid[]) AS wanted (id) ORDER BY id
                   ON CONFLICT (id) DO NOTHING";
        self.client().await?.execute(sql, &[&ids]).await?;
        Ok(())
    }

    async fn feed(&self, workspace: WorkspaceId) -> Result<Feed, StoreError> {
        let client = self.client().await?;
        let statement = client
            .prepare_cached("SELECT epoch, head, last_at, deliveries FROM workspace WHERE id = $1")
            .await?;
        feed(client.query_opt(&statement, &[&workspace.0]).await?.as_ref())
    }

    async fn changes(&self, workspace: WorkspaceId, page: Page) -> Result<ChangesPage, StoreError> {
        page::changes(&self.client().await?, workspace, page).await
    }

    async fn snapshot(&self, workspace: WorkspaceId, page: Page) -> Result<SnapshotPage, StoreError> {
        page::snapshot(&self.client().await?, workspace, page).await
    }

    async fn turn(&self, workspace: WorkspaceId, wanted: &Wanted) -> Result<Begun, StoreError> {
        turn::Writing::begin(self.client().await?, workspace, wanted).await
    }

    async fn people(&self, workspace: WorkspaceId) -> Result<Option<String>, StoreError> {
        people::people(&self.client().await?, workspace).await
    }

    async fn workspaces_of(&self, who: Lookup<'_>) -> Result<Vec<WorkspaceId>, StoreError> {
        people::workspaces_of(&self.client().await?, who).await
    }

    async fn anybody(&self) -> Result<bool, StoreError> {
        people::anybody(&self.client().await?).await
    }

    async fn keep_code(&self, hash: &str, expires_at: Timestamp) -> Result<(), StoreError> {
        people::keep_code(&self.client().await?, hash, expires_at).await
    }

    async fn knows_code(&self, hash: &str, now: Timestamp) -> Result<bool, StoreError> {
        people::knows_code(&self.client().await?, hash, now).await
    }

    async fn new_epochs(&self) -> Result<(), StoreError> {
        self.client().await?.execute("UPDATE workspace SET epoch = gen_random_uuid()", &[]).await?;
        Ok(())
    }

    async fn meet(
        &self,
        process: Uuid,
        workspaces: &BTreeSet<WorkspaceId>,
        here: Vec<(WorkspaceId, Present)>,
    ) -> Result<Vec<(WorkspaceId, Present)>, StoreError> {
        present::meet(&mut self.client().await?, process, workspaces, &here).await
    }

    fn tell(&self, hint: Hint) {
        let _ = self.hints.send(hint);
    }

    fn listen(&self, heard: UnboundedSender<Heard>) {
        tokio::spawn(notify::listen(self.address.clone(), heard));
    }

    async fn check(&self) -> Result<(), StoreError> {
        self.client().await?.query_opt("SELECT 1 FROM workspace LIMIT 1", &[]).await?;
        Ok(())
    }
}

/// Reads epoch, head and moment, the first three columns, and the number of the last delivery by its name.
fn feed(row: Option<&Row>) -> Result<Feed, StoreError> {
    let row = row.ok_or(StoreError::NoFeed)?;
    let deliveries: i64 = row.try_get("deliveries")?;
    Ok(Feed {
        epoch: row.try_get(0)?,
        head: number(row, 1)?,
        last_at: Timestamp(row.try_get(2)?),
        deliveries: deliveries.unsigned_abs(),
    })
}

/// A number or a revision, none of which is below zero.
fn number(row: &Row, column: usize) -> Result<u64, StoreError> {
    let value: i64 = row.try_get(column)?;
    Ok(value.unsigned_abs())
}
