//! Deliveries, and the keys by which they come in.

use async_trait::async_trait;
use domain::ids::{MemberId, ProjectId, WorkspaceId};
use domain::protocol::{HookRow, PassedEvent, Relay, Try, Which};
use domain::{AggregateRef, Timestamp};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use super::{Postgres, number};
use crate::error::StoreError;
use crate::storage::hooks::{
    DeliveriesPage, Due, Hook, Hooks, NewDelivery, NewRelay, ORIGINALS, Tried, page_of, state_of, state_word,
};
use crate::storage::{Page, signed};

#[async_trait]
impl Hooks for Postgres {
    async fn vault_check(&self, fresh: Vec<u8>) -> Result<Vec<u8>, StoreError> {
        let client = self.client().await?;
        let sql = "INSERT INTO vault (single, sealed) VALUES (1, $1) ON CONFLICT DO NOTHING";
        client.execute(sql, &[&fresh]).await?;
        Ok(client.query_one("SELECT sealed FROM vault", &[]).await?.try_get(0)?)
    }

    async fn state(&self, workspace: WorkspaceId, of: AggregateRef) -> Result<Option<String>, StoreError> {
        self.states.ask(workspace, of).await
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
        self.keys.ask((), key).await
    }

    async fn hooks(&self, workspace: WorkspaceId) -> Result<Vec<HookRow>, StoreError> {
        let sql = "SELECT id, project, made_by, made_at, revoked_at, relay_url, relay_by, relay_at,
                          (SELECT count(*) FROM relay r
                           WHERE r.workspace = h.workspace AND r.hook = h.id AND r.state = 'waiting'),
                          (SELECT min(r.since) FROM relay r
                           WHERE r.workspace = h.workspace AND r.hook = h.id AND r.state = 'waiting'
                                 AND r.tries > 0)
                   FROM hook h WHERE workspace = $1 ORDER BY made_at, id";
        let rows = self.client().await?.query(sql, &[&workspace.0]).await?;
        rows.iter()
            .map(|row| {
                Ok(HookRow {
                    id: row.try_get(0)?,
                    project: ProjectId(row.try_get(1)?),
                    made_by: MemberId(row.try_get(2)?),
                    made_at: Timestamp(row.try_get(3)?),
                    revoked_at: row.try_get::<_, Option<i64>>(4)?.map(Timestamp),
                    relay: relay(row)?,
                })
            })
            .collect()
    }

    async fn revoke_hook(&self, workspace: WorkspaceId, id: Uuid, at: Timestamp) -> Result<bool, StoreError> {
        let sql = "UPDATE hook SET revoked_at = coalesce(revoked_at, $3) WHERE workspace = $1 AND id = $2";
        Ok(self.client().await?.execute(sql, &[&workspace.0, &id, &at.0]).await? == 1)
    }

    async fn set_relay(
        &self,
        workspace: WorkspaceId,
        hook: Uuid,
        relay: Option<NewRelay>,
    ) -> Result<bool, StoreError> {
        let sql = "UPDATE hook SET relay_url = $3, relay_by = $4, relay_at = $5
                   WHERE workspace = $1 AND id = $2 AND revoked_at IS NULL";
        let (url, by, at) = match relay {
            Some(NewRelay { url, by, at }) => (Some(url), Some(by.0), Some(at.0)),
            None => (None, None, None),
        };
        Ok(self.client().await?.execute(sql, &[&workspace.0, &hook, &url, &by, &at]).await? == 1)
    }

    /// What another replica is taking is skipped.
    async fn take_due(&self, now: Timestamp, until: Timestamp, limit: usize) -> Result<Vec<Due>, StoreError> {
        let client = self.client().await?;
        let sql = "WITH due AS (
                       SELECT r.workspace, r.number, h.relay_url FROM relay r
                       JOIN hook h ON h.workspace = r.workspace AND h.id = r.hook AND h.relay_url IS NOT NULL
                       WHERE r.state = 'waiting' AND r.due <= $1 ORDER BY r.due, r.number LIMIT $3
                       FOR UPDATE OF r SKIP LOCKED)
                   UPDATE relay r SET due = $2 FROM due, delivery d
                   WHERE r.workspace = due.workspace AND r.number = due.number
                         AND d.workspace = r.workspace AND d.number = r.number
                   RETURNING r.workspace, r.number, d.id, d.sealed, due.relay_url, r.since, r.tries";
        let statement = client.prepare_cached(sql).await?;
        let rows = client.query(&statement, &[&now.0, &until.0, &signed(limit as u64)]).await?;
        rows.iter()
            .map(|row| {
                Ok(Due {
                    workspace: WorkspaceId(row.try_get(0)?),
                    number: number(row, 1)?,
                    id: row.try_get(2)?,
                    sealed: row.try_get(3)?,
                    url: row.try_get(4)?,
                    since: Timestamp(row.try_get(5)?),
                    tries: count(row, 6)?,
                })
            })
            .collect()
    }

    async fn tried(&self, due: &Due, tried: Tried) -> Result<(), StoreError> {
        let client = self.client().await?;
        let sql =
            "UPDATE relay SET state = $3, due = $4, tries = tries + 1, tried_at = $5, ms = $6, status = $7,
                          fault = $8
                   WHERE workspace = $1 AND number = $2";
        let statement = client.prepare_cached(sql).await?;
        let (workspace, number) = (due.workspace.0, signed(due.number));
        let Tried { state, due, last: Try { at, ms, status, fault } } = tried;
        let (state, ms, status) = (state_word(state), i64::from(ms), status.map(i64::from));
        let row: &[&(dyn ToSql + Sync)] = &[&workspace, &number, &state, &due.0, &at.0, &ms, &status, &fault];
        client.execute(&statement, row).await?;
        Ok(())
    }

    async fn next_due(&self) -> Result<Option<Timestamp>, StoreError> {
        let sql = "SELECT min(r.due) FROM relay r
                   JOIN hook h ON h.workspace = r.workspace AND h.id = r.hook AND h.relay_url IS NOT NULL
                   WHERE r.state = 'waiting'";
        let due: Option<i64> = self.client().await?.query_one(sql, &[]).await?.try_get(0)?;
        Ok(due.map(Timestamp))
    }

    async fn passed(&self, workspace: WorkspaceId, limit: usize) -> Result<Vec<PassedEvent>, StoreError> {
        let client = self.client().await?;
        let sql = "SELECT d.event, r.state, r.tries, r.due, r.tried_at, r.ms, r.status, r.fault
                   FROM relay r JOIN delivery d ON d.workspace = r.workspace AND d.number = r.number
                   WHERE r.workspace = $1 ORDER BY r.number DESC LIMIT $2";
        let statement = client.prepare_cached(sql).await?;
        let rows = client.query(&statement, &[&workspace.0, &signed(limit as u64)]).await?;
        rows.iter()
            .map(|row| {
                let small = |value: Option<i64>| value.and_then(|value| u16::try_from(value).ok());
                let last = match row.try_get::<_, Option<i64>>(4)? {
                    Some(at) => Some(Try {
                        at: Timestamp(at),
                        ms: count(row, 5)?,
                        status: small(row.try_get(6)?),
                        fault: row.try_get::<_, Option<String>>(7)?.unwrap_or_default(),
                    }),
                    None => None,
                };
                Ok(PassedEvent {
                    event: row.try_get::<_, Option<String>>(0)?.unwrap_or_default(),
                    state: state_of(row.try_get(1)?),
                    tries: count(row, 2)?,
                    due: Timestamp(row.try_get(3)?),
                    last,
                })
            })
            .collect()
    }

    async fn add_delivery(&self, workspace: WorkspaceId, delivery: NewDelivery) -> Result<bool, StoreError> {
        self.keep.ask(workspace, delivery).await
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

    async fn originals(&self, workspace: WorkspaceId, after: u64) -> Result<Vec<(u64, String)>, StoreError> {
        let sql = "SELECT number, delivery FROM delivery d
                   WHERE workspace = $1 AND number > $2 AND event IS NOT NULL AND length(sealed) > 0
                     AND NOT EXISTS (SELECT 1 FROM relay r WHERE r.workspace = d.workspace
                                     AND r.number = d.number AND r.state = 'waiting')
                   ORDER BY number LIMIT $3";
        let client = self.client().await?;
        let asked: &[&(dyn ToSql + Sync)] = &[&workspace.0, &signed(after), &i64::from(ORIGINALS)];
        let rows = client.query(sql, asked).await?;
        rows.iter().map(|row| Ok((number(row, 0)?, row.try_get(1)?))).collect()
    }

    async fn drop_originals(&self, workspace: WorkspaceId, numbers: Vec<u64>) -> Result<(), StoreError> {
        let numbers: Vec<i64> = numbers.into_iter().map(signed).collect();
        let sql = "UPDATE delivery SET sealed = '' WHERE workspace = $1 AND number = ANY($2)";
        self.client().await?.execute(sql, &[&workspace.0, &numbers]).await?;
        Ok(())
    }

    async fn delivery_of(
        &self,
        workspace: WorkspaceId,
        which: Which,
    ) -> Result<Option<(Uuid, Vec<u8>)>, StoreError> {
        let client = self.client().await?;
        let row = match which {
            // By each project that has a key: the index of events begins with it.
            Which::Event(event) => {
                let sql =
                    "SELECT d.id, d.sealed FROM (SELECT DISTINCT project FROM hook WHERE workspace = $1) h
                           JOIN delivery d ON d.workspace = $1 AND d.project = h.project AND d.event = $2
                                AND length(d.sealed) > 0 LIMIT 1";
                let statement = client.prepare_cached(sql).await?;
                client.query_opt(&statement, &[&workspace.0, &event]).await?
            }
            // Few are kept, and they have an index of their own.
            Which::Delivery(id) => {
                let sql = "SELECT id, sealed FROM delivery
                           WHERE workspace = $1 AND event IS NULL AND id = $2 AND length(sealed) > 0";
                let statement = client.prepare_cached(sql).await?;
                client.query_opt(&statement, &[&workspace.0, &id]).await?
            }
        };
        row.map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).transpose()
    }
}

/// Where a key's deliveries are passed on to: the columns after its own.
fn relay(row: &Row) -> Result<Option<Relay>, StoreError> {
    let Some(url) = row.try_get(5)? else { return Ok(None) };
    let (set_by, set_at) = (MemberId(row.try_get(6)?), Timestamp(row.try_get(7)?));
    let failing_since = row.try_get::<_, Option<i64>>(9)?.map(Timestamp);
    Ok(Some(Relay { url, set_by, set_at, waiting: count(row, 8)?, failing_since }))
}

/// A small number, none where it is null.
fn count(row: &Row, column: usize) -> Result<u32, StoreError> {
    let value: Option<i64> = row.try_get(column)?;
    Ok(value.and_then(|value| u32::try_from(value).ok()).unwrap_or_default())
}
