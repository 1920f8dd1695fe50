//! `mention`: comments that mention somebody who has not seen them, over all aggregates.

use domain::comment::{self, Comment};
use domain::ids::{CommentId, MemberId};
use domain::{Aggregate, AggregateRef};
use rusqlite::{Connection, Transaction, params};

use super::{aggregate, int, key, parsed};
use crate::store::StoreError;

/// What waits for a person, newest first.
pub(in crate::store) fn of(
    connection: &Connection,
    member: MemberId,
    limit: usize,
) -> Result<Vec<(AggregateRef, CommentId)>, StoreError> {
    let mut query = connection.prepare_cached(
        "SELECT kind, aggregate, comment FROM mention WHERE member = ?1 ORDER BY at DESC, comment LIMIT ?2",
    )?;
    let rows = query.query_map(params![member.to_string(), int(limit as u64)], |row| {
        Ok((aggregate(row, 0)?, parsed(row, 2)?))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Replaces the rows of an aggregate.
pub(in crate::store) fn put(tx: &Transaction<'_>, state: &Aggregate) -> Result<(), StoreError> {
    let comments: &[Comment] = match state {
        Aggregate::Workspace(state) => &state.comments,
        Aggregate::Project(state) => &state.comments,
        Aggregate::Run(state) => &state.comments,
        Aggregate::Installation(_) => &[],
    };
    remove(tx, state.of())?;
    let (kind, id) = key(state.of());
    for said in comments {
        for member in said.mentions.iter().filter(|member| comment::waits_for(comments, said, **member)) {
            tx.prepare_cached(
                "INSERT INTO mention (member, at, kind, aggregate, comment) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![
                member.to_string(),
                said.created.at.0,
                kind,
                id,
                said.id.to_string()
            ])?;
        }
    }
    Ok(())
}

pub(in crate::store) fn remove(tx: &Transaction<'_>, of: AggregateRef) -> Result<(), StoreError> {
    let (kind, id) = key(of);
    tx.prepare_cached("DELETE FROM mention WHERE kind = ?1 AND aggregate = ?2")?
        .execute(params![kind, id])?;
    Ok(())
}
