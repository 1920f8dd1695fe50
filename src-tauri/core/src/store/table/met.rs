//! `met`: what others changed of the same thing, before a change made here reached the service.

use std::collections::BTreeMap;

use domain::ids::CommandId;
use domain::protocol::Change;
use domain::{AggregateRef, Command};
use rusqlite::{Connection, Transaction, params};

use super::activity::{self, ActivityRow};
use super::outbox::{self, OutboxRow};
use super::{count, int};
use crate::store::StoreError;
use crate::store::thing::things;

/// Notes which changes made here these ones met.
pub(in crate::store) fn note(tx: &Transaction<'_>, changes: &[Change]) -> Result<(), StoreError> {
    let mut by_aggregate: BTreeMap<AggregateRef, Vec<(u64, Command)>> = BTreeMap::new();
    for change in changes {
        // One of this computer's own knew what was made here before it.
        if !outbox::holds(tx, change.command.id)?
            && let Ok(command) = change.command.command()
        {
            by_aggregate.entry(command.aggregate).or_default().push((change.number, command));
        }
    }
    let mut add = tx.prepare_cached("INSERT OR IGNORE INTO met (command, number) VALUES (?1, ?2)")?;
    for (of, theirs) in by_aggregate {
        let Some(first) = theirs.first().map(|(number, _)| *number) else { continue };
        for ours in outbox::unknowing(tx, of, first)? {
            let Ok(command) = ours.envelope.command() else { continue };
            let touched = things(&command.body);
            for (number, command) in &theirs {
                let unknown = ours.knew.is_some_and(|knew| knew < *number);
                let earlier = ours.number.is_none_or(|taken| taken > *number);
                if unknown && earlier && things(&command.body).iter().any(|thing| touched.contains(thing)) {
                    add.execute(params![ours.id.to_string(), int(*number)])?;
                }
            }
        }
    }
    Ok(())
}

/// What a change that was made here met, oldest first.
pub(in crate::store) fn of(connection: &Connection, id: CommandId) -> Result<Vec<ActivityRow>, StoreError> {
    let mut query = connection.prepare_cached("SELECT number FROM met WHERE command = ?1 ORDER BY number")?;
    let numbers = query.query_map([id.to_string()], |row| count(row, 0))?;
    activity::numbered(connection, &numbers.collect::<Result<Vec<u64>, _>>()?)
}

/// What had set that which stood before a change was made here; none where it is not in the activity.
pub(in crate::store) fn base(
    connection: &Connection,
    ours: &OutboxRow,
) -> Result<Option<ActivityRow>, StoreError> {
    let (Some(knew), Ok(command)) = (ours.knew, ours.envelope.command()) else { return Ok(None) };
    let touched = things(&command.body);
    let sets = |row: &ActivityRow| {
        row.envelope
            .command()
            .is_ok_and(|command| things(&command.body).iter().any(|thing| touched.contains(thing)))
    };
    Ok(activity::before(connection, &ours.envelope, knew)?.into_iter().find(sets))
}

/// A person decided: what it meets from now on is another matter.
pub(in crate::store) fn forget(tx: &Transaction<'_>, command: CommandId) -> Result<(), StoreError> {
    tx.prepare_cached("DELETE FROM met WHERE command = ?1")?.execute([command.to_string()])?;
    Ok(())
}

pub(in crate::store) fn clear(tx: &Transaction<'_>) -> Result<(), StoreError> {
    tx.execute("DELETE FROM met", [])?;
    Ok(())
}
