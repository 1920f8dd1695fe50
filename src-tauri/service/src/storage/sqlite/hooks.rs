//! Deliveries, and the keys by which they come in.

use async_trait::async_trait;
use domain::ids::{MemberId, ProjectId, WorkspaceId};
use domain::protocol::HookRow;
use domain::{AggregateRef, Timestamp};
use rusqlite::{OptionalExtension, params};
use uuid::Uuid;

use super::Sqlite;
use crate::error::StoreError;
use crate::storage::hooks::{DeliveriesPage, Hook, Hooks, NewDelivery, UNVERIFIED_KEPT, page_of};
use crate::storage::{Page, key};

#[async_trait]
impl Hooks for Sqlite {
    async fn vault_check(&self, fresh: Vec<u8>) -> Result<Vec<u8>, StoreError> {
        self.write(move |tx| {
            tx.execute("INSERT INTO vault (single, sealed) VALUES (1, ?1) ON CONFLICT DO NOTHING", [fresh])?;
            Ok(tx.query_row("SELECT sealed FROM vault", [], |row| row.get(0))?)
        })
        .await
    }

    async fn state(&self, workspace: WorkspaceId, of: AggregateRef) -> Result<Option<String>, StoreError> {
        self.read(move |tx| {
            let (kind, id) = key(of);
            let sql = "SELECT state FROM aggregate WHERE workspace = ?1 AND kind = ?2 AND id = ?3";
            let mut statement = tx.prepare_cached(sql)?;
            Ok(statement.query_row(params![workspace.0, kind, id], |row| row.get(0)).optional()?)
        })
        .await
    }

    async fn add_hook(&self, workspace: WorkspaceId, key: String, hook: HookRow) -> Result<(), StoreError> {
        self.write(move |tx| {
            let sql = "INSERT INTO hook (workspace, id, key_sha256, project, made_by, made_at)
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
            let HookRow { id, project, made_by, made_at, .. } = hook;
            tx.execute(sql, params![workspace.0, id, key, project.0, made_by.0, made_at.0])?;
            Ok(())
        })
        .await
    }

    async fn hook(&self, key: String) -> Result<Option<Hook>, StoreError> {
        self.read(move |tx| {
            let sql = "SELECT workspace, project FROM hook WHERE key_sha256 = ?1 AND revoked_at IS NULL";
            let hook = tx.prepare_cached(sql)?.query_row([key], |row| {
                Ok(Hook { workspace: WorkspaceId(row.get(0)?), project: ProjectId(row.get(1)?) })
            });
            Ok(hook.optional()?)
        })
        .await
    }

    async fn hooks(&self, workspace: WorkspaceId) -> Result<Vec<HookRow>, StoreError> {
        self.read(move |tx| {
            let sql = "SELECT id, project, made_by, made_at, revoked_at FROM hook
                       WHERE workspace = ?1 ORDER BY made_at, id";
            let mut statement = tx.prepare_cached(sql)?;
            let rows = statement.query_map([workspace.0], |row| {
                Ok(HookRow {
                    id: row.get(0)?,
                    project: ProjectId(row.get(1)?),
                    made_by: MemberId(row.get(2)?),
                    made_at: Timestamp(row.get(3)?),
                    revoked_at: row.get::<_, Option<i64>>(4)?.map(Timestamp),
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .await
    }

    async fn revoke_hook(&self, workspace: WorkspaceId, id: Uuid, at: Timestamp) -> Result<bool, StoreError> {
        self.write(move |tx| {
            let sql =
                "UPDATE hook SET revoked_at = coalesce(revoked_at, ?3) WHERE workspace = ?1 AND id = ?2";
            Ok(tx.execute(sql, params![workspace.0, id, at.0])? == 1)
        })
        .await
    }

    async fn add_delivery(&self, workspace: WorkspaceId, delivery: NewDelivery) -> Result<bool, StoreError> {
        self.write(move |tx| {
            let NewDelivery { id, project, event, json, sealed } = delivery;
            let known = "SELECT EXISTS (SELECT 1 FROM delivery WHERE workspace = ?1 AND project = ?2 AND event = ?3)";
            let mut known = tx.prepare_cached(known)?;
            if known.query_row(params![workspace.0, project.0, event], |row| row.get(0))? {
                return Ok(false);
            }
            let sql = "UPDATE workspace SET deliveries = deliveries + 1 WHERE id = ?1 RETURNING deliveries";
            let number: Option<u64> =
                tx.prepare_cached(sql)?.query_row([workspace.0], |row| row.get(0)).optional()?;
            let number = number.ok_or(StoreError::NoFeed)?;
            let sql = "INSERT INTO delivery (workspace, number, id, project, event, delivery, sealed)
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
            let row = params![workspace.0, number, id, project.0, event, json, sealed];
            tx.prepare_cached(sql)?.execute(row)?;
            if event.is_none() {
                let sql = "DELETE FROM delivery WHERE workspace = ?1 AND project = ?2 AND event IS NULL AND number <=
                           (SELECT number FROM delivery WHERE workspace = ?1 AND project = ?2 AND event IS NULL
                            ORDER BY number DESC LIMIT 1 OFFSET ?3)";
                tx.prepare_cached(sql)?.execute(params![workspace.0, project.0, UNVERIFIED_KEPT])?;
            }
            Ok(true)
        })
        .await
    }

    async fn deliveries(
        &self,
        workspace: WorkspaceId,
        page: Page,
        untaken: bool,
    ) -> Result<DeliveriesPage, StoreError> {
        self.read(move |tx| {
            let sql = "SELECT number, delivery FROM delivery d
                       WHERE workspace = ?1 AND number > ?2 AND (NOT ?4 OR NOT EXISTS (
                           SELECT 1 FROM command c WHERE c.workspace = d.workspace AND c.id = d.id))
                       ORDER BY number LIMIT ?3";
            let mut statement = tx.prepare_cached(sql)?;
            let rows = statement
                .query_map(params![workspace.0, page.after, page.limit as u64 + 1, untaken], |row| {
                    Ok((row.get(0)?, row.get(1)?))
                })?;
            page_of(rows.collect::<Result<_, _>>()?, page)
        })
        .await
    }

    async fn delivery_of(
        &self,
        workspace: WorkspaceId,
        event: String,
    ) -> Result<Option<(Uuid, Vec<u8>)>, StoreError> {
        self.read(move |tx| {
            // By each project that has a key: the index of events begins with it.
            let sql = "SELECT d.id, d.sealed FROM (SELECT DISTINCT project FROM hook WHERE workspace = ?1) h
                       JOIN delivery d ON d.workspace = ?1 AND d.project = h.project AND d.event = ?2 LIMIT 1";
            let mut statement = tx.prepare_cached(sql)?;
            let row = statement.query_row(params![workspace.0, event], |row| Ok((row.get(0)?, row.get(1)?)));
            Ok(row.optional()?)
        })
        .await
    }
}
