//! Pages of the feed and of the snapshot. Rows are read until the page is large enough, and no further.

use std::collections::BTreeSet;

use domain::ids::{MemberId, WorkspaceId};
use domain::{AggregateRef, Timestamp};
use rusqlite::{Connection, Row, params};
use serde_json::value::RawValue;

use super::feed;
use crate::error::StoreError;
use crate::storage::{
    ChangeRow, ChangesPage, Feed, PAGE_BYTES, Page, SnapshotPage, StateRow, key, reference,
};

pub(super) fn changes(
    tx: &Connection,
    workspace: WorkspaceId,
    page: Page,
) -> Result<ChangesPage, StoreError> {
    let feed = feed(tx, workspace)?;
    let (mut changes, mut states, mut bytes) = (Vec::<ChangeRow>::new(), Vec::new(), 0);
    let mut touched = BTreeSet::new();
    let sql = "SELECT number, actor, taken_at, envelope, aggregate_kind, aggregate FROM command
               WHERE workspace = ?1 AND number > ?2 ORDER BY number";
    let mut statement = tx.prepare_cached(sql)?;
    let mut rows = statement.query(params![workspace.0, page.after])?;
    while let Some(row) = rows.next()? {
        let command = raw(row, 3)?;
        bytes += command.get().len();
        let aggregate = reference(row.get_ref(4)?.as_str()?, row.get(5)?)?;
        if touched.insert(aggregate)
            && let Some(state) = newest(tx, workspace, aggregate)?
        {
            bytes += state.state.get().len();
            states.push(state);
        }
        changes.push(ChangeRow {
            number: row.get(0)?,
            actor: MemberId(row.get(1)?),
            taken_at: Timestamp(row.get(2)?),
            command,
        });
        if changes.len() >= page.limit || bytes >= PAGE_BYTES {
            break;
        }
    }
    let last = changes.last().map_or(page.after, |change| change.number);
    let Feed { epoch, head, deliveries, .. } = feed;
    Ok(ChangesPage { epoch, head, deliveries, more: last < head, changes, states })
}

pub(super) fn snapshot(
    tx: &Connection,
    workspace: WorkspaceId,
    page: Page,
) -> Result<SnapshotPage, StoreError> {
    let feed = feed(tx, workspace)?;
    let (mut states, mut bytes, mut more) = (Vec::new(), 0, false);
    let sql = "SELECT kind, id, revision, number, state FROM aggregate
               WHERE workspace = ?1 AND number > ?2 ORDER BY number";
    let mut statement = tx.prepare_cached(sql)?;
    let mut rows = statement.query(params![workspace.0, page.after])?;
    while let Some(row) = rows.next()? {
        if states.len() >= page.limit || bytes >= PAGE_BYTES {
            more = true;
            break;
        }
        let state = state(row)?;
        bytes += state.state.get().len();
        states.push(state);
    }
    Ok(SnapshotPage { epoch: feed.epoch, head: feed.head, more, states })
}

fn newest(
    tx: &Connection,
    workspace: WorkspaceId,
    aggregate: AggregateRef,
) -> Result<Option<StateRow>, StoreError> {
    let (kind, id) = key(aggregate);
    let sql = "SELECT kind, id, revision, number, state FROM aggregate
               WHERE workspace = ?1 AND kind = ?2 AND id = ?3";
    let mut statement = tx.prepare_cached(sql)?;
    let mut rows = statement.query(params![workspace.0, kind, id])?;
    rows.next()?.map(state).transpose()
}

fn state(row: &Row) -> Result<StateRow, StoreError> {
    Ok(StateRow {
        aggregate: reference(row.get_ref(0)?.as_str()?, row.get(1)?)?,
        revision: row.get(2)?,
        number: row.get(3)?,
        state: raw(row, 4)?,
    })
}

fn raw(row: &Row, column: usize) -> Result<Box<RawValue>, StoreError> {
    Ok(RawValue::from_string(row.get(column)?)?)
}
