//! `outbox`: what a person did here, in order, until and a while after the service took it.

use domain::command::Envelope;
use domain::ids::{CommandId, MemberId};
use domain::redact::Redacted;
use domain::{Actor, AggregateRef, Refusal, Role, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{int, json, key, parsed};
use crate::store::StoreError;

/// How an entry of the outbox stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum OutboxState {
    /// Waits to be sent.
    Queued,
    /// Sent, no answer seen yet: it does not change any more.
    InFlight,
    /// Taken by the service.
    Done,
    /// What it wanted to replace had changed: a person decides.
    Conflicted,
    /// Refused: a person decides.
    Refused,
}

impl OutboxState {
    fn word(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::InFlight => "in_flight",
            Self::Done => "done",
            Self::Conflicted => "conflicted",
            Self::Refused => "refused",
        }
    }

    fn of(word: &str) -> Self {
        match word {
            "in_flight" => Self::InFlight,
            "done" => Self::Done,
            "conflicted" => Self::Conflicted,
            "refused" => Self::Refused,
            _ => Self::Queued,
        }
    }
}

/// An entry of the outbox.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct OutboxRow {
    /// Its place: commands are sent in this order.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub seq: i64,
    /// The command's id.
    pub id: CommandId,
    /// Who did it.
    pub actor: MemberId,
    /// The command.
    pub envelope: Envelope,
    /// How it stands.
    pub state: OutboxState,
    /// Why it was refused, or what it conflicts with.
    pub refusal: Option<Refusal>,
    /// The refused or conflicted command that holds it up.
    pub waits_for: Option<CommandId>,
    /// How often it was sent.
    pub attempts: u32,
    /// The desktop's clock.
    pub made_at: Timestamp,
    /// It may have been taken already: the answer was not seen.
    #[serde(skip)]
    pub unsure: bool,
    /// The roles that the person had.
    #[serde(skip)]
    pub roles: Vec<Role>,
    /// The service's number, once taken.
    #[serde(skip)]
    pub number: Option<u64>,
    /// When the service answered last. What is queued with it was taken before, by a service that lost it.
    #[serde(skip)]
    pub settled_at: Option<Timestamp>,
    /// The service's number up to which everything was known here when it was made.
    #[serde(skip)]
    pub knew: Option<u64>,
    /// When that was read.
    #[serde(skip)]
    pub knew_at: Option<Timestamp>,
}

impl OutboxRow {
    /// Who did it, as the reducer asks.
    pub fn by(&self) -> Actor {
        Actor { member: self.actor, roles: self.roles.clone() }
    }
}

const COLUMNS: &str =
    "seq, id, actor, roles, made_at, envelope, state, unsure, attempts, refusal, waits_for, number,
     settled_at, knew, knew_at";

fn read(row: &Row<'_>) -> rusqlite::Result<OutboxRow> {
    Ok(OutboxRow {
        seq: row.get(0)?,
        id: parsed(row, 1)?,
        actor: parsed(row, 2)?,
        roles: json(row, 3)?,
        made_at: Timestamp(row.get(4)?),
        envelope: json(row, 5)?,
        state: OutboxState::of(row.get_ref(6)?.as_str().unwrap_or_default()),
        unsure: row.get(7)?,
        attempts: row.get(8)?,
        refusal: row.get::<_, Option<String>>(9)?.and_then(|text| serde_json::from_str(&text).ok()),
        waits_for: row.get::<_, Option<String>>(10)?.and_then(|id| id.parse().ok()),
        number: row.get::<_, Option<i64>>(11)?.and_then(|number| u64::try_from(number).ok()),
        settled_at: row.get::<_, Option<i64>>(12)?.map(Timestamp),
        knew: row.get::<_, Option<i64>>(13)?.and_then(|number| u64::try_from(number).ok()),
        knew_at: row.get::<_, Option<i64>>(14)?.map(Timestamp),
    })
}

fn select(
    connection: &Connection,
    rest: &str,
    params: impl rusqlite::Params,
) -> Result<Vec<OutboxRow>, StoreError> {
    let mut query = connection.prepare_cached(&format!("SELECT {COLUMNS} FROM outbox {rest}"))?;
    let rows = query.query_map(params, read)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// What is not done yet, in order.
pub(in crate::store) fn open(connection: &Connection) -> Result<Vec<OutboxRow>, StoreError> {
    select(connection, "WHERE state IN ('queued', 'in_flight', 'conflicted', 'refused') ORDER BY seq", [])
}

/// What is not done yet, in order; of what only waits for its turn the next ones.
pub(in crate::store) fn shown(connection: &Connection, most: usize) -> Result<Vec<OutboxRow>, StoreError> {
    select(
        connection,
        "WHERE state IN ('conflicted', 'refused')
            OR (state IN ('queued', 'in_flight') AND waits_for IS NOT NULL)
            OR seq IN (SELECT seq FROM outbox WHERE state IN ('queued', 'in_flight') AND waits_for IS NULL
                       ORDER BY seq LIMIT ?1)
         ORDER BY seq",
        [int(most as u64)],
    )
}

/// Whether anything open is held up, or might hold something up.
pub(in crate::store) fn any_holds_up(connection: &Connection) -> Result<bool, StoreError> {
    Ok(connection
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM outbox WHERE state IN ('conflicted', 'refused'))
                 OR EXISTS (SELECT 1 FROM outbox WHERE state IN ('queued', 'in_flight')
                              AND waits_for IS NOT NULL)",
        )?
        .query_row([], |row| row.get(0))?)
}

/// What waits to be sent and is not held up, in order.
pub(in crate::store) fn sendable(
    connection: &Connection,
    limit: usize,
) -> Result<Vec<OutboxRow>, StoreError> {
    select(
        connection,
        "WHERE state = 'queued' AND waits_for IS NULL ORDER BY seq LIMIT ?1",
        [int(limit as u64)],
    )
}

/// What stands in the view of an aggregate on top of its confirmed state: what was not answered yet, and what was
/// taken but is not in a confirmed state that we have.
pub(in crate::store) fn on_top(
    connection: &Connection,
    of: AggregateRef,
    confirmed: u64,
) -> Result<Vec<OutboxRow>, StoreError> {
    let (kind, id) = key(of);
    select(
        connection,
        "WHERE kind = ?1 AND aggregate = ?2
           AND (state IN ('queued', 'in_flight') OR (state = 'done' AND number > ?3)) ORDER BY seq",
        params![kind, id, int(confirmed)],
    )
}

/// What is pending on an aggregate, in order.
pub(in crate::store) fn pending(
    connection: &Connection,
    of: AggregateRef,
) -> Result<Vec<OutboxRow>, StoreError> {
    let (kind, id) = key(of);
    select(
        connection,
        "WHERE kind = ?1 AND aggregate = ?2 AND state IN ('queued', 'in_flight') ORDER BY seq",
        params![kind, id],
    )
}

/// What is pending on a run, of its results only these: it may have thousands, which an index leaves out. Their kind is
/// looked for in the text; within what people wrote its quotes would have backslashes.
pub(in crate::store) fn pending_with_results(
    connection: &Connection,
    of: AggregateRef,
    results: &[CommandId],
) -> Result<Vec<OutboxRow>, StoreError> {
    let (kind, id) = key(of);
    let mut rows = select(connection, BESIDE_RESULTS, params![kind, id])?;
    for result in results {
        let known = get(connection, *result)?;
        rows.extend(known.filter(|row| {
            let pending = matches!(row.state, OutboxState::Queued | OutboxState::InFlight);
            pending && row.envelope.aggregate == of && row.envelope.kind == "run.set_result"
        }));
    }
    rows.sort_by_key(|row| row.seq);
    Ok(rows)
}

/// In the words of its index, without which it would read every result.
const BESIDE_RESULTS: &str = "INDEXED BY outbox_beside_results
    WHERE kind = ?1 AND aggregate = ?2 AND state IN ('queued', 'in_flight')
      AND instr(envelope, '\"kind\":\"run.set_result\"') = 0 ORDER BY seq";

/// What is pending on the workspace, in order.
pub(in crate::store) fn pending_on_workspace(connection: &Connection) -> Result<Vec<OutboxRow>, StoreError> {
    select(connection, "WHERE kind = 'workspace' AND state IN ('queued', 'in_flight') ORDER BY seq", [])
}

/// What is not in the activity yet, newest first.
pub(in crate::store) fn not_in_activity(
    connection: &Connection,
    head: u64,
) -> Result<Vec<OutboxRow>, StoreError> {
    select(
        connection,
        "WHERE state IN ('queued', 'in_flight') OR (state = 'done' AND number > ?1) ORDER BY seq DESC",
        [int(head)],
    )
}

/// What was taken although others had changed the same, newest answer first.
pub(in crate::store) fn met_and_taken(
    connection: &Connection,
    limit: usize,
) -> Result<Vec<OutboxRow>, StoreError> {
    select(
        connection,
        "WHERE id IN (SELECT command FROM met) AND state = 'done' ORDER BY settled_at DESC, seq DESC LIMIT ?1",
        [int(limit as u64)],
    )
}

pub(in crate::store) fn get(connection: &Connection, id: CommandId) -> Result<Option<OutboxRow>, StoreError> {
    let mut query = connection.prepare_cached(&format!("SELECT {COLUMNS} FROM outbox WHERE id = ?1"))?;
    Ok(query.query_row([id.to_string()], read).optional()?)
}

/// Whether a command was made here.
pub(in crate::store) fn holds(connection: &Connection, id: CommandId) -> Result<bool, StoreError> {
    Ok(connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM outbox WHERE id = ?1)")?
        .query_row([id.to_string()], |row| row.get(0))?)
}

pub(in crate::store) fn add(
    tx: &Transaction<'_>,
    actor: &Actor,
    envelope: &Envelope,
) -> Result<(), StoreError> {
    let (kind, aggregate) = key(envelope.aggregate);
    tx.prepare_cached(
        "INSERT INTO outbox (id, kind, aggregate, actor, roles, made_at, envelope, state, knew, knew_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'queued', (SELECT head FROM feed), (SELECT synced_at FROM feed))",
    )?
    .execute(params![
        envelope.id.to_string(),
        kind,
        aggregate,
        actor.member.to_string(),
        serde_json::to_string(&actor.roles)?,
        envelope.made_at.0,
        serde_json::to_string(envelope)?
    ])?;
    Ok(())
}

/// Replaces what an unsent entry says.
pub(in crate::store) fn rewrite(
    tx: &Transaction<'_>,
    seq: i64,
    envelope: &Envelope,
) -> Result<(), StoreError> {
    tx.prepare_cached("UPDATE outbox SET envelope = ?2, made_at = ?3 WHERE seq = ?1")?.execute(params![
        seq,
        serde_json::to_string(envelope)?,
        envelope.made_at.0
    ])?;
    Ok(())
}

/// Puts an entry into the queue, as if it was new: a person decided it by what is known now.
pub(in crate::store) fn queue(tx: &Transaction<'_>, seq: i64) -> Result<(), StoreError> {
    tx.prepare_cached(
        "UPDATE outbox SET state = 'queued', refusal = NULL, waits_for = NULL, settled_at = NULL,
           knew = (SELECT head FROM feed), knew_at = (SELECT synced_at FROM feed) WHERE seq = ?1",
    )?
    .execute([seq])?;
    Ok(())
}

/// What was made here without knowing what the service took after this number, and is not behind it: pending, or
/// taken later.
pub(in crate::store) fn unknowing(
    connection: &Connection,
    of: AggregateRef,
    number: u64,
) -> Result<Vec<OutboxRow>, StoreError> {
    let (kind, id) = key(of);
    select(
        connection,
        "WHERE kind = ?1 AND aggregate = ?2 AND knew < ?3
           AND (state IN ('queued', 'in_flight', 'conflicted', 'refused') OR (state = 'done' AND number > ?3))",
        params![kind, id, int(number)],
    )
}

/// Numbers of another epoch of the service's say nothing about this one.
pub(in crate::store) fn forget_known(tx: &Transaction<'_>) -> Result<(), StoreError> {
    tx.execute("UPDATE outbox SET knew = NULL, knew_at = NULL WHERE knew IS NOT NULL", [])?;
    Ok(())
}

pub(in crate::store) fn remove(tx: &Transaction<'_>, seq: i64) -> Result<(), StoreError> {
    tx.prepare_cached("DELETE FROM outbox WHERE seq = ?1")?.execute([seq])?;
    Ok(())
}

/// Notes that an entry is about to be sent.
pub(in crate::store) fn take(tx: &Transaction<'_>, seq: i64) -> Result<(), StoreError> {
    tx.prepare_cached(
        "UPDATE outbox SET state = 'in_flight', unsure = 1, attempts = attempts + 1 WHERE seq = ?1",
    )?
    .execute([seq])?;
    Ok(())
}

/// Puts what was sent and not answered back into the queue; it may have been taken.
pub(in crate::store) fn requeue_in_flight(tx: &Transaction<'_>) -> Result<usize, StoreError> {
    Ok(tx.prepare_cached("UPDATE outbox SET state = 'queued' WHERE state = 'in_flight'")?.execute([])?)
}

/// The service took it.
pub(in crate::store) fn done(
    tx: &Transaction<'_>,
    id: CommandId,
    number: u64,
    epoch: Uuid,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let changed = tx
        .prepare_cached(
            "UPDATE outbox SET state = 'done', unsure = 0, refusal = NULL, waits_for = NULL,
               number = ?2, epoch = ?3, settled_at = ?4 WHERE id = ?1 AND state != 'done'",
        )?
        .execute(params![id.to_string(), int(number), epoch.to_string(), at.0])?;
    Ok(changed > 0)
}

/// The service refused it.
pub(in crate::store) fn refused(
    tx: &Transaction<'_>,
    id: CommandId,
    refusal: &Refusal,
    at: Timestamp,
) -> Result<(), StoreError> {
    let state = if refusal.is_conflict() { OutboxState::Conflicted } else { OutboxState::Refused };
    tx.prepare_cached(
        "UPDATE outbox SET state = ?2, unsure = 0, refusal = ?3, waits_for = NULL, settled_at = ?4
         WHERE id = ?1 AND state = 'in_flight'",
    )?
    .execute(params![id.to_string(), state.word(), serde_json::to_string(refusal)?, at.0])?;
    Ok(())
}

/// The service waits for another.
pub(in crate::store) fn waiting(
    tx: &Transaction<'_>,
    id: CommandId,
    on: CommandId,
) -> Result<(), StoreError> {
    tx.prepare_cached(
        "UPDATE outbox SET state = 'queued', unsure = 0, waits_for = ?2 WHERE id = ?1 AND state = 'in_flight'",
    )?
    .execute(params![id.to_string(), on.to_string()])?;
    Ok(())
}

/// Names what holds an entry up.
pub(in crate::store) fn wait(
    tx: &Transaction<'_>,
    seq: i64,
    on: Option<CommandId>,
) -> Result<(), StoreError> {
    tx.prepare_cached("UPDATE outbox SET waits_for = ?2 WHERE seq = ?1")?
        .execute(params![seq, on.map(|id| id.to_string())])?;
    Ok(())
}

/// Blanks what was taken, here or by a service that was restored since, and carries these words. What was never taken
/// keeps them: its author sees why it is refused.
pub(in crate::store) fn redact(tx: &Transaction<'_>, these: &Redacted) -> Result<(), StoreError> {
    let mut query = tx.prepare_cached(
        "SELECT seq, envelope FROM outbox WHERE instr(envelope, ?1) > 0
           AND (state = 'done' OR (state IN ('queued', 'in_flight') AND settled_at IS NOT NULL))",
    )?;
    let found = query.query_map([these.words.needle()], |row| Ok((row.get(0)?, json(row, 1)?)))?;
    let found: Vec<(i64, Envelope)> = found.collect::<Result<_, _>>()?;
    for (seq, mut envelope) in found {
        if these.blank(&mut envelope) {
            let blanked = serde_json::to_string(&envelope)?;
            tx.execute("UPDATE outbox SET envelope = ?2 WHERE seq = ?1", params![seq, blanked])?;
        }
    }
    Ok(())
}

/// What was taken once and is to be sent again: of which aggregates.
pub(in crate::store) fn taken_before(connection: &Connection) -> Result<Vec<AggregateRef>, StoreError> {
    let mut query = connection.prepare_cached(
        "SELECT envelope FROM outbox WHERE state = 'queued' AND settled_at IS NOT NULL
         GROUP BY kind, aggregate",
    )?;
    let found = query.query_map([], |row| json::<Envelope>(row, 0))?;
    Ok(found.map(|envelope| Ok(envelope?.aggregate)).collect::<rusqlite::Result<_>>()?)
}

/// Redactions that were refused.
pub(in crate::store) fn refused_redactions(connection: &Connection) -> Result<Vec<OutboxRow>, StoreError> {
    select(connection, "WHERE state = 'refused' AND instr(envelope, '.redact\"') > 0 ORDER BY seq", [])
}

/// Puts what was taken under another epoch back into the queue; with `all`, under this one too. It may be in the
/// service's state still. What has no words any more goes as it is: others need that it was done.
pub(in crate::store) fn send_again(
    tx: &Transaction<'_>,
    epoch: Uuid,
    all: bool,
) -> Result<usize, StoreError> {
    Ok(tx.execute(
        "UPDATE outbox SET state = 'queued', unsure = 1, number = NULL, epoch = NULL
         WHERE state = 'done' AND (?2 OR epoch IS NOT ?1)",
        params![epoch.to_string(), all],
    )?)
}

/// Lets go of what was taken before a moment.
pub(in crate::store) fn forget_before(tx: &Transaction<'_>, at: Timestamp) -> Result<(), StoreError> {
    tx.prepare_cached("DELETE FROM outbox WHERE settled_at < ?1 AND state = 'done'")?.execute([at.0])?;
    Ok(())
}

/// How many entries stand how: queued or in flight, conflicted, refused.
pub(in crate::store) fn counts(connection: &Connection) -> Result<(usize, usize, usize), StoreError> {
    Ok(connection
        .prepare_cached(
            "SELECT (SELECT count(*) FROM outbox WHERE state IN ('queued', 'in_flight')),
                    (SELECT count(*) FROM outbox WHERE state = 'conflicted'),
                    (SELECT count(*) FROM outbox WHERE state = 'refused')",
        )?
        .query_row([], |row| {
            let count = |at| Ok::<_, rusqlite::Error>(usize::try_from(row.get::<_, i64>(at)?).unwrap_or(0));
            Ok((count(0)?, count(1)?, count(2)?))
        })?)
}
