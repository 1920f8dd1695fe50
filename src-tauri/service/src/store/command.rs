//! Table `command`: every command that was taken, by number and by id.

use domain::Timestamp;
use domain::command::Envelope;
use domain::ids::{CommandId, MemberId, WorkspaceId};
use domain::protocol::Change;
use rusqlite::{OptionalExtension, Row, Transaction, params};

use super::aggregate::key;
use crate::error::StoreError;

/// A change as a page carries it, and its size in bytes.
pub(crate) type Sized = (Change, usize);

const COLUMNS: &str = "number, actor, taken_at, envelope";

/// The command taken under this id.
pub(crate) fn find(
    tx: &Transaction,
    workspace: WorkspaceId,
    id: CommandId,
) -> Result<Option<Change>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM command WHERE workspace = ?1 AND id = ?2");
    let mut statement = tx.prepare_cached(&sql)?;
    let mut rows = statement.query(params![workspace.0, id.0])?;
    Ok(rows.next()?.map(sized).transpose()?.map(|(change, _)| change))
}

/// Whether a command of this id was taken.
pub(crate) fn is_taken(tx: &Transaction, workspace: WorkspaceId, id: CommandId) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM command WHERE workspace = ?1 AND id = ?2";
    let found = tx.prepare_cached(sql)?.query_row(params![workspace.0, id.0], |_| Ok(())).optional()?;
    Ok(found.is_some())
}

pub(crate) fn insert(tx: &Transaction, workspace: WorkspaceId, change: &Change) -> Result<(), StoreError> {
    let (kind, aggregate) = key(change.command.aggregate);
    let sql =
        "INSERT INTO command (workspace, number, id, actor, taken_at, aggregate_kind, aggregate, envelope)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    tx.prepare_cached(sql)?.execute(params![
        workspace.0,
        change.number,
        change.command.id.0,
        change.actor.0,
        change.taken_at.0,
        kind,
        aggregate,
        serde_json::to_string(&change.command)?,
    ])?;
    Ok(())
}

/// Hands out the commands after a number, in order, until `take` has enough.
pub(crate) fn after(
    tx: &Transaction,
    workspace: WorkspaceId,
    after: u64,
    mut take: impl FnMut(Sized) -> Result<bool, StoreError>,
) -> Result<(), StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM command WHERE workspace = ?1 AND number > ?2 ORDER BY number");
    let mut statement = tx.prepare_cached(&sql)?;
    let mut rows = statement.query(params![workspace.0, after])?;
    while let Some(row) = rows.next()? {
        if !take(sized(row)?)? {
            break;
        }
    }
    Ok(())
}

fn sized(row: &Row) -> Result<Sized, StoreError> {
    let json = row.get_ref(3)?.as_str().map_err(rusqlite::Error::from)?;
    let command: Envelope = serde_json::from_str(json)?;
    let change = Change {
        number: row.get(0)?,
        actor: MemberId(row.get(1)?),
        taken_at: Timestamp(row.get(2)?),
        command,
    };
    Ok((change, json.len()))
}
