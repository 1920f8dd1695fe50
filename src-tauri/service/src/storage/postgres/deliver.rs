//! What a delivery asks of the tables, for as many as come at once ([`Together`](super::together::Together)): by whose
//! key it comes, what its installation's gateway is, and to be kept.
//!
//! Counting takes the lock on the workspace's row until the commit is on the disk: one by one, a workspace would take no
//! more deliveries than the disk ends transactions. Statements look row by row, by an index: joined, one that was planned
//! over an empty table would read all of it when it is full.

use std::collections::BTreeSet;

use async_trait::async_trait;
use deadpool_postgres::Object;
use domain::AggregateRef;
use domain::ids::{ProjectId, WorkspaceId};
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use super::together::Work;
use crate::error::StoreError;
use crate::storage::hooks::{Hook, NewDelivery, UNVERIFIED_KEPT};
use crate::storage::key;

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

const STATE: &str = "
    SELECT (SELECT state FROM aggregate a WHERE a.workspace = $1 AND a.kind = w.kind AND a.id = w.id)
    FROM unnest($2::text[], $3::uuid[]) WITH ORDINALITY AS w (kind, id, at) ORDER BY at";

const KEY: &str = "
    SELECT h.workspace, h.project, h.id, h.relay_url IS NOT NULL
    FROM unnest($1::text[]) WITH ORDINALITY AS w (key, at)
    LEFT JOIN LATERAL (
        SELECT * FROM hook WHERE key_sha256 = w.key AND revoked_at IS NULL LIMIT 1) h ON true
    ORDER BY at";

/// Keeping deliveries: false where the event is known already.
pub(super) struct Keep;

#[async_trait]
impl Work for Keep {
    type Of = WorkspaceId;
    type One = NewDelivery;
    type Answer = bool;

    fn bytes(one: &NewDelivery) -> usize {
        one.json.len() + one.sealed.len()
    }

    async fn all(client: &Object, of: WorkspaceId, ones: &[NewDelivery]) -> Result<Vec<bool>, StoreError> {
        let statement = client.prepare_cached(ADD).await?;
        let ids: Vec<_> = ones.iter().map(|one| one.id).collect();
        let projects: Vec<_> = ones.iter().map(|one| one.project.0).collect();
        let events: Vec<_> = ones.iter().map(|one| one.event.as_deref()).collect();
        let json: Vec<_> = ones.iter().map(|one| &*one.json).collect();
        let sealed: Vec<_> = ones.iter().map(|one| &*one.sealed).collect();
        let hooks: Vec<_> = ones.iter().map(|one| one.pass_on.map(|(hook, _)| hook)).collect();
        let since: Vec<_> = ones.iter().map(|one| one.pass_on.map(|(_, from)| from.0)).collect();
        let rows: &[&(dyn ToSql + Sync)] = &[&of.0, &ids, &projects, &events, &json, &sealed, &hooks, &since];
        let added = client.query(&statement, rows).await?;
        let added = added.iter().map(|row| row.try_get(0)).collect::<Result<BTreeSet<Uuid>, _>>()?;
        let unverified = ones.iter().filter(|one| one.event.is_none() && added.contains(&one.id));
        trim(client, of, unverified.map(|one| one.project.0).collect()).await?;
        Ok(ones.iter().map(|one| added.contains(&one.id)).collect())
    }
}

/// Reading states.
pub(super) struct States;

#[async_trait]
impl Work for States {
    type Of = WorkspaceId;
    type One = AggregateRef;
    type Answer = Option<String>;

    async fn all(
        client: &Object,
        of: WorkspaceId,
        ones: &[AggregateRef],
    ) -> Result<Vec<Option<String>>, StoreError> {
        let statement = client.prepare_cached(STATE).await?;
        let (kinds, ids): (Vec<_>, Vec<_>) = ones.iter().map(|one| key(*one)).unzip();
        let rows = client.query(&statement, &[&of.0, &kinds, &ids]).await?;
        rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
    }
}

/// Looking keys up that are in force, by their hashes.
pub(super) struct Keys;

#[async_trait]
impl Work for Keys {
    type Of = ();
    type One = String;
    type Answer = Option<Hook>;

    async fn all(client: &Object, (): (), ones: &[String]) -> Result<Vec<Option<Hook>>, StoreError> {
        let statement = client.prepare_cached(KEY).await?;
        let rows = client.query(&statement, &[&ones]).await?;
        rows.iter()
            .map(|row| {
                let Some(workspace) = row.try_get(0)? else { return Ok(None) };
                let (workspace, project) = (WorkspaceId(workspace), ProjectId(row.try_get(1)?));
                Ok(Some(Hook { workspace, project, id: row.try_get(2)?, relay: row.try_get(3)? }))
            })
            .collect()
    }
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
