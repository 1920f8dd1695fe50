//! What desktops read: who they are, pages of changes, pages of states.
//!
//! A page ends at its limit, or where it has grown large: checklist runs can have thousands of items, and a desktop
//! holds a page in memory.

use std::collections::BTreeSet;

use domain::ids::WorkspaceId;
use domain::protocol::{Changes, Me, Snapshot, State};
use rusqlite::Transaction;

use crate::LEAST_PROTOCOL;
use crate::error::StoreError;
use crate::identity::Caller;
use crate::store::{aggregate, command, workspace};

/// Where a page is large enough, in bytes of its commands and states.
const PAGE_BYTES: usize = 4 * 1024 * 1024;

/// Which page.
#[derive(Clone, Copy)]
pub(crate) struct Page {
    pub(crate) after: u64,
    pub(crate) limit: usize,
}

pub(crate) fn me(tx: &Transaction, caller: Caller) -> Result<Me, StoreError> {
    let feed = workspace::feed(tx, caller.workspace)?;
    Ok(Me {
        workspace: caller.workspace,
        member: caller.member,
        name: caller.name,
        roles: caller.roles,
        epoch: feed.epoch,
        head: feed.head,
        least_protocol: LEAST_PROTOCOL,
    })
}

pub(crate) fn changes(tx: &Transaction, workspace: WorkspaceId, page: Page) -> Result<Changes, StoreError> {
    let feed = workspace::feed(tx, workspace)?;
    let (mut changes, mut states, mut bytes) = (Vec::new(), Vec::<State>::new(), 0);
    let mut touched = BTreeSet::new();
    command::after(tx, workspace, page.after, |(change, size)| {
        bytes += size;
        if touched.insert(change.command.aggregate)
            && let Some((state, size)) = aggregate::newest(tx, workspace, change.command.aggregate)?
        {
            bytes += size;
            states.push(state);
        }
        changes.push(change);
        Ok(changes.len() < page.limit && bytes < PAGE_BYTES)
    })?;
    let last = changes.last().map_or(page.after, |change| change.number);
    Ok(Changes { epoch: feed.epoch, head: feed.head, more: last < feed.head, changes, states })
}

pub(crate) fn snapshot(tx: &Transaction, workspace: WorkspaceId, page: Page) -> Result<Snapshot, StoreError> {
    let feed = workspace::feed(tx, workspace)?;
    let (mut states, mut bytes) = (Vec::new(), 0);
    let more = aggregate::after(tx, workspace, page.after, |(state, size)| {
        bytes += size;
        states.push(state);
        states.len() < page.limit && bytes < PAGE_BYTES
    })?;
    Ok(Snapshot { epoch: feed.epoch, head: feed.head, more, states })
}
