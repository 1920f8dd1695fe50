//! Deliveries, and the keys by which they come in.

use async_trait::async_trait;
use domain::ids::{MemberId, ProjectId, WorkspaceId};
use domain::protocol::{HookRow, PassedEvent, Relay, Try, Which};
use domain::{AggregateRef, Timestamp};
use rusqlite::{OptionalExtension, Row, params};
use uuid::Uuid;

use super::Sqlite;
use crate::error::StoreError;
use crate::storage::hooks::{
    DeliveriesPage, Due, Hook, Hooks, NewDelivery, NewRelay, ORIGINALS, Tried, UNVERIFIED_KEPT, page_of,
    state_of, state_word,
};
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
            let sql = "SELECT workspace, project, id, relay_url IS NOT NULL FROM hook
                       WHERE key_sha256 = ?1 AND revoked_at IS NULL";
            let hook = tx.prepare_cached(sql)?.query_row([key], |row| {
                let (workspace, project) = (WorkspaceId(row.get(0)?), ProjectId(row.get(1)?));
                Ok(Hook { workspace, project, id: row.get(2)?, relay: row.get(3)? })
            });
            Ok(hook.optional()?)
        })
        .await
    }

    async fn hooks(&self, workspace: WorkspaceId) -> Result<Vec<HookRow>, StoreError> {
        self.read(move |tx| {
            let sql = "SELECT id, project, made_by, made_at, revoked_at, relay_url, relay_by, relay_at,
                              (SELECT count(*) FROM relay r
                               WHERE r.workspace = h.workspace AND r.hook = h.id AND r.state = 'waiting'),
                              (SELECT min(r.since) FROM relay r
                               WHERE r.workspace = h.workspace AND r.hook = h.id AND r.state = 'waiting'
                                     AND r.tries > 0)
                       FROM hook h WHERE workspace = ?1 ORDER BY made_at, id";
            let mut statement = tx.prepare_cached(sql)?;
            let rows = statement.query_map([workspace.0], |row| {
                Ok(HookRow {
                    id: row.get(0)?,
                    project: ProjectId(row.get(1)?),
                    made_by: MemberId(row.get(2)?),
                    made_at: Timestamp(row.get(3)?),
                    revoked_at: row.get::<_, Option<i64>>(4)?.map(Timestamp),
                    relay: relay(row)?,
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

    async fn set_relay(
        &self,
        workspace: WorkspaceId,
        hook: Uuid,
        relay: Option<NewRelay>,
    ) -> Result<bool, StoreError> {
        self.write(move |tx| {
            let sql = "UPDATE hook SET relay_url = ?3, relay_by = ?4, relay_at = ?5
                       WHERE workspace = ?1 AND id = ?2 AND revoked_at IS NULL";
            let (url, by, at) = match relay {
                Some(NewRelay { url, by, at }) => (Some(url), Some(by.0), Some(at.0)),
                None => (None, None, None),
            };
            Ok(tx.execute(sql, params![workspace.0, hook, url, by, at])? == 1)
        })
        .await
    }

    async fn take_due(&self, now: Timestamp, until: Timestamp, limit: usize) -> Result<Vec<Due>, StoreError> {
        self.write(move |tx| {
            let sql = "SELECT r.workspace, r.number, d.id, d.sealed, h.relay_url, r.since, r.tries
                       FROM relay r
                       JOIN hook h ON h.workspace = r.workspace AND h.id = r.hook AND h.relay_url IS NOT NULL
                       JOIN delivery d ON d.workspace = r.workspace AND d.number = r.number
                       WHERE r.state = 'waiting' AND r.due <= ?1 ORDER BY r.due, r.number LIMIT ?2";
            let mut statement = tx.prepare_cached(sql)?;
            let rows = statement.query_map(params![now.0, limit as u64], |row| {
                Ok(Due {
                    workspace: WorkspaceId(row.get(0)?),
                    number: row.get(1)?,
                    id: row.get(2)?,
                    sealed: row.get(3)?,
                    url: row.get(4)?,
                    since: Timestamp(row.get(5)?),
                    tries: row.get(6)?,
                })
            })?;
            let due = rows.collect::<Result<Vec<_>, _>>()?;
            let sql = "UPDATE relay SET due = ?3 WHERE workspace = ?1 AND number = ?2";
            let mut taken = tx.prepare_cached(sql)?;
            for Due { workspace, number, .. } in &due {
                taken.execute(params![workspace.0, number, until.0])?;
            }
            Ok(due)
        })
        .await
    }

    async fn tried(&self, due: &Due, tried: Tried) -> Result<(), StoreError> {
        let (workspace, number) = (due.workspace, due.number);
        self.write(move |tx| {
            let sql = "UPDATE relay SET state = ?3, due = ?4, tries = tries + 1, tried_at = ?5, ms = ?6, status = ?7,
                              fault = ?8
                       WHERE workspace = ?1 AND number = ?2";
            let Tried { state, due, last: Try { at, ms, status, fault } } = tried;
            let row = params![workspace.0, number, state_word(state), due.0, at.0, ms, status, fault];
            tx.prepare_cached(sql)?.execute(row)?;
            Ok(())
        })
        .await
    }

    async fn next_due(&self) -> Result<Option<Timestamp>, StoreError> {
        self.read(move |tx| {
            let sql = "SELECT min(r.due) FROM relay r
                       JOIN hook h ON h.workspace = r.workspace AND h.id = r.hook AND h.relay_url IS NOT NULL
                       WHERE r.state = 'waiting'";
            Ok(tx.query_row(sql, [], |row| row.get::<_, Option<i64>>(0))?.map(Timestamp))
        })
        .await
    }

    async fn passed(&self, workspace: WorkspaceId, limit: usize) -> Result<Vec<PassedEvent>, StoreError> {
        self.read(move |tx| {
            let sql = "SELECT d.event, r.state, r.tries, r.due, r.tried_at, r.ms, r.status, r.fault
                       FROM relay r JOIN delivery d ON d.workspace = r.workspace AND d.number = r.number
                       WHERE r.workspace = ?1 ORDER BY r.number DESC LIMIT ?2";
            let mut statement = tx.prepare_cached(sql)?;
            let rows = statement.query_map(params![workspace.0, limit as u64], |row| {
                let last = match row.get::<_, Option<i64>>(4)? {
                    Some(at) => Some(Try {
                        at: Timestamp(at),
                        ms: row.get::<_, Option<u32>>(5)?.unwrap_or_default(),
                        status: row.get(6)?,
                        fault: row.get::<_, Option<String>>(7)?.unwrap_or_default(),
                    }),
                    None => None,
                };
                Ok(PassedEvent {
                    event: row.get::<_, Option<String>>(0)?.unwrap_or_default(),
                    state: state_of(row.get_ref(1)?.as_str()?),
                    tries: row.get(2)?,
                    due: Timestamp(row.get(3)?),
                    last,
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .await
    }

    async fn add_delivery(&self, workspace: WorkspaceId, delivery: NewDelivery) -> Result<bool, StoreError> {
        self.write(move |tx| {
            let NewDelivery { id, project, event, json, sealed, pass_on } = delivery;
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
            if let Some((hook, from)) = pass_on {
                let sql = "INSERT INTO relay (workspace, number, hook, state, since, due, tries)
                           VALUES (?1, ?2, ?3, 'waiting', ?4, ?4, 0)";
                tx.prepare_cached(sql)?.execute(params![workspace.0, number, hook, from.0])?;
            }
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

    async fn originals(&self, workspace: WorkspaceId, after: u64) -> Result<Vec<(u64, String)>, StoreError> {
        self.read(move |tx| {
            let sql = "SELECT number, delivery FROM delivery d
                       WHERE workspace = ?1 AND number > ?2 AND event IS NOT NULL AND length(sealed) > 0
                         AND NOT EXISTS (SELECT 1 FROM relay r WHERE r.workspace = d.workspace
                                         AND r.number = d.number AND r.state = 'waiting')
                       ORDER BY number LIMIT ?3";
            let mut statement = tx.prepare_cached(sql)?;
            let asked = params![workspace.0, after, ORIGINALS];
            let rows = statement.query_map(asked, |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .await
    }

    async fn drop_originals(&self, workspace: WorkspaceId, numbers: Vec<u64>) -> Result<(), StoreError> {
        self.write(move |tx| {
            let sql = "UPDATE delivery SET sealed = x'' WHERE workspace = ?1 AND number = ?2";
            let mut statement = tx.prepare_cached(sql)?;
            for number in numbers {
                statement.execute(params![workspace.0, number])?;
            }
            Ok(())
        })
        .await
    }

    async fn delivery_of(
        &self,
        workspace: WorkspaceId,
        which: Which,
    ) -> Result<Option<(Uuid, Vec<u8>)>, StoreError> {
        self.read(move |tx| {
            let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
            let row = match which {
                // By each project that has a key: the index of events begins with it.
                Which::Event(event) => {
                    let sql = "SELECT d.id, d.sealed FROM (SELECT DISTINCT project FROM hook WHERE workspace = ?1) h
                               JOIN delivery d ON d.workspace = ?1 AND d.project = h.project AND d.event = ?2
                                    AND length(d.sealed) > 0 LIMIT 1";
                    tx.prepare_cached(sql)?.query_row(params![workspace.0, event], read)
                }
                // Few are kept, and they have an index of their own.
                Which::Delivery(id) => {
                    let sql = "SELECT id, sealed FROM delivery
                               WHERE workspace = ?1 AND event IS NULL AND id = ?2 AND length(sealed) > 0";
                    tx.prepare_cached(sql)?.query_row(params![workspace.0, id], read)
                }
            };
            Ok(row.optional()?)
        })
        .await
    }
}

/// Where a key's deliveries are passed on to: the columns after its own.
fn relay(row: &Row<'_>) -> rusqlite::Result<Option<Relay>> {
    let Some(url) = row.get(5)? else { return Ok(None) };
    let (set_by, set_at) = (MemberId(row.get(6)?), Timestamp(row.get(7)?));
    let failing_since = row.get::<_, Option<i64>>(9)?.map(Timestamp);
    Ok(Some(Relay { url, set_by, set_at, waiting: row.get(8)?, failing_since }))
}
