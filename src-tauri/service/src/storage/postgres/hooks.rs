//! Deliveries, and the keys by which they come in.

use async_trait::async_trait;
use domain::ids::{MemberId, ProjectId, WorkspaceId};
use domain::protocol::HookRow;
use domain::{AggregateRef, Timestamp};
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use super::{Postgres, number};
use crate::error::StoreError;
use crate::storage::hooks::{DeliveriesPage, Hook, Hooks, NewDelivery, UNVERIFIED_KEPT, page_of};
use crate::storage::{Page, key, signed};

#[async_trait]
impl Hooks for Postgres {
    async fn vault_check(&self, fresh: Vec<u8>) -> Result<Vec<u8>, StoreError> {
        let client = self.client().await?;
        let sql = "INSERT INTO vault (single, sealed) VALUES (1, $1) ON CONFLICT DO NOTHING";
        client.execute(sql, &[&fresh]).await?;
        Ok(client.query_one("SELECT sealed FROM vault", &[]).await?.try_get(0)?)
    }

    async fn state(&self, workspace: WorkspaceId, of: AggregateRef) -> Result<Option<String>, StoreError> {
        let (client, (kind, id)) = (self.client().await?, key(of));
        let sql = "SELECT state FROM aggregate WHERE workspace = $1 AND kind = $2 AND id = $3";
        let statement = client.prepare_cached(sql).await?;
        let row = client.query_opt(&statement, &[&workspace.0, &kind, &id]).await?;
        Ok(row.map(|row| row.try_get(0)).transpose()?)
    }

    async fn add_hook(&self, workspace: WorkspaceId, key: String, hook: HookRow) -> Result<(), StoreError> {
        let sql = "INSERT INTO hook (workspace, id, key_sha256, project, made_by, made_at)
                   VALUES ($1, $2, $3, $4, $5, $6)";
        let HookRow { id, project, made_by, made_at, .. } = hook;
        let row: &[&(dyn ToSql + Sync)] = &[&workspace.0, &id, &key, &project.0, &made_by.0, &made_at.0];
        self.client().await?.execute(sql, row).await?;
        Ok(())
    }

    async fn hook(&self, key: String) -> Result<Option<Hook>, StoreError> {
        let client = self.client().await?;
        let sql = "SELECT workspace, project FROM hook WHERE key_sha256 = $1 AND revoked_at IS NULL";
        let statement = client.prepare_cached(sql).await?;
        let Some(row) = client.query_opt(&statement, &[&key]).await? else { return Ok(None) };
        Ok(Some(Hook { workspace: WorkspaceId(row.try_get(0)?), project: ProjectId(row.try_get(1)?) }))
    }

    async fn hooks(&self, workspace: WorkspaceId) -> Result<Vec<HookRow>, StoreError> {
        let sql = "SELECT id, project, made_by, made_at, revoked_at FROM hook
                   WHERE workspace = $1 ORDER BY made_at, id";
        let rows = self.client().await?.query(sql, &[&workspace.0]).await?;
        rows.iter()
            .map(|row| {
                Ok(HookRow {
                    id: row.try_get(0)?,
                    project: ProjectId(row.try_get(1)?),
                    made_by: MemberId(row.try_get(2)?),
                    made_at: Timestamp(row.try_get(3)?),
                    revoked_at: row.try_get::<_, Option<i64>>(4)?.map(Timestamp),
                })
            })
            .collect()
    }

    async fn revoke_hook(&self, workspace: WorkspaceId, id: Uuid, at: Timestamp) -> Result<bool, StoreError> {
        let sql = "UPDATE hook SET revoked_at = coalesce(revoked_at, $3) WHERE workspace = $1 AND id = $2";
        Ok(self.client().await?.execute(sql, &[&workspace.0, &id, &at.0]).await? == 1)
    }

    /// One statement, and so one round trip: counting takes the lock on the workspace's row until all is written.
    async fn add_delivery(&self, workspace: WorkspaceId, delivery: NewDelivery) -> Result<bool, StoreError> {
        let NewDelivery { id, project, event, json, sealed } = delivery;
        let client = self.client().await?;
        let sql = "WITH counted AS (
                       UPDATE workspace SET deliveries = deliveries + 1
                       WHERE id = $1 AND NOT EXISTS (
                           SELECT 1 FROM delivery WHERE workspace = $1 AND project = $3 AND event = $4)
                       RETURNING deliveries)
                   INSERT INTO delivery (workspace, number, id, project, event, delivery, sealed)
                   SELECT $1, deliveries, $2, $3, $4, $5, $6 FROM counted
                   ON CONFLICT (workspace, project, event) DO NOTHING";
        let statement = client.prepare_cached(sql).await?;
        let row: &[&(dyn ToSql + Sync)] = &[&workspace.0, &id, &project.0, &event, &json, &sealed];
        let added = client.execute(&statement, row).await? == 1;
        if added && event.is_none() {
            let sql =
                "DELETE FROM delivery WHERE workspace = $1 AND project = $2 AND event IS NULL AND number <=
                       (SELECT number FROM delivery WHERE workspace = $1 AND project = $2 AND event IS NULL
                        ORDER BY number DESC LIMIT 1 OFFSET $3)";
            let statement = client.prepare_cached(sql).await?;
            client.execute(&statement, &[&workspace.0, &project.0, &i64::from(UNVERIFIED_KEPT)]).await?;
        }
        Ok(added)
    }

    async fn deliveries(
        &self,
        workspace: WorkspaceId,
        page: Page,
        untaken: bool,
    ) -> Result<DeliveriesPage, StoreError> {
        let client = self.client().await?;
        let sql = "SELECT number, delivery FROM delivery d
                   WHERE workspace = $1 AND number > $2 AND (NOT $4 OR NOT EXISTS (
                       SELECT 1 FROM command c WHERE c.workspace = d.workspace AND c.id = d.id))
                   ORDER BY number LIMIT $3";
        let statement = client.prepare_cached(sql).await?;
        let (after, limit) = (signed(page.after), signed(page.limit as u64 + 1));
        let rows = client.query(&statement, &[&workspace.0, &after, &limit, &untaken]).await?;
        let rows = rows.iter().map(|row| Ok((number(row, 0)?, row.try_get(1)?)));
        page_of(rows.collect::<Result<_, StoreError>>()?, page)
    }

    async fn delivery_of(
        &self,
        workspace: WorkspaceId,
        event: String,
    ) -> Result<Option<(Uuid, Vec<u8>)>, StoreError> {
        let client = self.client().await?;
        // By each project that has a key: the index of events begins with it.
        let sql = "SELECT d.id, d.sealed FROM (SELECT DISTINCT project FROM hook WHERE workspace = $1) h
                   JOIN delivery d ON d.workspace = $1 AND d.project = h.project AND d.event = $2 LIMIT 1";
        let statement = client.prepare_cached(sql).await?;
        let row = client.query_opt(&statement, &[&workspace.0, &event]).await?;
        row.map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).transpose()
    }
}
