//! Pages of the feed and of the snapshot. The database ends a page where it has grown large: what is not sent is not
//! read from its large-value tables.

use deadpool_postgres::Client;
use domain::Timestamp;
use domain::ids::{MemberId, WorkspaceId};
use serde_json::value::RawValue;
use tokio_postgres::Row;

use super::{feed, number};
use crate::error::StoreError;
use crate::storage::{
    ChangeRow, ChangesPage, Feed, PAGE_BYTES, Page, SnapshotPage, StateRow, reference, signed,
};

/// Commands by number, the first that touches an aggregate together with that aggregate's newest state. `before` is
/// the size of the page without its row. A feed with no more commands gives one row that has no number.
const CHANGES: &str = "
    SELECT w.epoch, w.head, w.last_at, p.number, p.actor, p.taken_at, p.envelope,
           p.aggregate_kind, p.aggregate, p.revision, p.changed, p.state, w.deliveries
    FROM workspace w LEFT JOIN LATERAL (
        SELECT sized.*, sum(size) OVER (ORDER BY number) - size AS before FROM (
            SELECT c.*, a.revision, a.changed, a.state,
                   octet_length(c.envelope) + coalesce(octet_length(a.state), 0) AS size
            FROM (
                SELECT limited.*,
                       row_number() OVER (PARTITION BY aggregate_kind, aggregate ORDER BY number) = 1 AS first
                FROM (
                    SELECT number, actor, taken_at, envelope, aggregate_kind, aggregate FROM command
                    WHERE workspace = $1 AND number > $2 ORDER BY number LIMIT $3
                ) limited
            ) c LEFT JOIN LATERAL (
                SELECT revision, number AS changed, state FROM aggregate
                WHERE c.first AND workspace = $1 AND kind = c.aggregate_kind AND id = c.aggregate LIMIT 1
            ) a ON true
        ) sized
    ) p ON p.before < $4
    WHERE w.id = $1 ORDER BY p.number";

/// States by number, one more than is asked for at most; `found` counts them before the page is cut.
const SNAPSHOT: &str = "
    SELECT w.epoch, w.head, w.last_at, p.number, p.kind, p.id, p.revision, p.state, p.found, w.deliveries
    FROM workspace w LEFT JOIN LATERAL (
        SELECT limited.*, count(*) OVER () AS found,
               sum(octet_length(state)) OVER (ORDER BY number) - octet_length(state) AS before
        FROM (
            SELECT number, kind, id, revision, state FROM aggregate
            WHERE workspace = $1 AND number > $2 ORDER BY number LIMIT $3
        ) limited
    ) p ON p.before < $4
    WHERE w.id = $1 ORDER BY p.number";

pub(super) async fn changes(
    client: &Client,
    workspace: WorkspaceId,
    page: Page,
) -> Result<ChangesPage, StoreError> {
    let rows = rows(client, CHANGES, workspace, page.after, page.limit).await?;
    let feed = feed(rows.first())?;
    let (mut changes, mut states) = (Vec::with_capacity(rows.len()), Vec::new());
    for row in &rows {
        if row.try_get::<_, Option<i64>>(3)?.is_none() {
            break;
        }
        if row.try_get::<_, Option<i64>>(9)?.is_some() {
            states.push(StateRow {
                aggregate: reference(row.try_get(7)?, row.try_get(8)?)?,
                revision: number(row, 9)?,
                number: number(row, 10)?,
                state: raw(row, 11)?,
            });
        }
        changes.push(ChangeRow {
            number: number(row, 3)?,
            actor: MemberId(row.try_get(4)?),
            taken_at: Timestamp(row.try_get(5)?),
            command: raw(row, 6)?,
        });
    }
    let last = changes.last().map_or(page.after, |change: &ChangeRow| change.number);
    let Feed { epoch, head, deliveries, .. } = feed;
    Ok(ChangesPage { epoch, head, deliveries, more: last < head, changes, states })
}

pub(super) async fn snapshot(
    client: &Client,
    workspace: WorkspaceId,
    page: Page,
) -> Result<SnapshotPage, StoreError> {
    let rows = rows(client, SNAPSHOT, workspace, page.after, page.limit.saturating_add(1)).await?;
    let feed = feed(rows.first())?;
    let mut states = Vec::with_capacity(rows.len());
    let mut found = 0;
    for row in rows.iter().take(page.limit) {
        if row.try_get::<_, Option<i64>>(3)?.is_none() {
            break;
        }
        found = number(row, 8)?;
        states.push(StateRow {
            number: number(row, 3)?,
            aggregate: reference(row.try_get(4)?, row.try_get(5)?)?,
            revision: number(row, 6)?,
            state: raw(row, 7)?,
        });
    }
    let more = found > states.len() as u64;
    Ok(SnapshotPage { epoch: feed.epoch, head: feed.head, more, states })
}

async fn rows(
    client: &Client,
    sql: &str,
    workspace: WorkspaceId,
    after: u64,
    limit: usize,
) -> Result<Vec<Row>, StoreError> {
    let statement = client.prepare_cached(sql).await?;
    let (after, limit, bytes) = (signed(after), signed(limit as u64), signed(PAGE_BYTES as u64));
    Ok(client.query(&statement, &[&workspace.0, &after, &limit, &bytes]).await?)
}

fn raw(row: &Row, column: usize) -> Result<Box<RawValue>, StoreError> {
    Ok(RawValue::from_string(row.try_get(column)?)?)
}
