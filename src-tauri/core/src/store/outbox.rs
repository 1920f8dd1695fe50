//! What a person can do about an entry of the outbox, and what holds entries up.
//!
//! `queued → in_flight → done | conflicted | refused`. What is in flight does not change: the service may have it.
//! While an entry is refused or conflicted, what needs it waits; the rest goes on.

use std::collections::HashMap;

use domain::command::Envelope;
use domain::ids::CommandId;
use domain::{Body, Command, Timestamp};

use super::table::{dirty, met, outbox, shown};
use super::{StoreError, Tag, Write, derive};

pub use super::table::outbox::{OutboxRow, OutboxState};

/// How the outbox stands, in numbers.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Counts {
    /// Queued or in flight.
    pub queued: usize,
    /// Conflicted.
    pub conflicted: usize,
    /// Refused.
    pub refused: usize,
}

/// Sends a refused or conflicted entry once more, as it is; a conflicted edit is put on top of what stands now.
/// `false` where there is no such entry.
pub fn retry(tx: &mut Write<'_>, id: CommandId) -> Result<bool, StoreError> {
    let Some(row) = decidable(tx, id)? else { return Ok(false) };
    let mut envelope = row.envelope.clone();
    if row.state == OutboxState::Queued {
        // What it waits for was lost: a person decides that it goes without.
        envelope.needs.retain(|need| Some(*need) != row.waits_for);
    }
    if let Ok(command) = row.envelope.command()
        && row.state == OutboxState::Conflicted
        && let Some(body) = rebased(tx, &command)?
    {
        envelope =
            Envelope { needs: envelope.needs, extra: envelope.extra, ..pack(&command, body, row.made_at) };
    }
    outbox::rewrite(tx.tx(), row.seq, &envelope)?;
    requeue(tx, &row)?;
    Ok(true)
}

/// Sends a refused or conflicted entry once more with another body, in its place, so that what needs it goes on.
pub fn amend(tx: &mut Write<'_>, id: CommandId, body: Body, at: Timestamp) -> Result<bool, StoreError> {
    let Some(row) = decidable(tx, id)? else { return Ok(false) };
    let command = Command { id, aggregate: row.envelope.aggregate, body: body.clone() };
    let envelope = Envelope { needs: row.envelope.needs.clone(), ..pack(&command, body, at) };
    outbox::rewrite(tx.tx(), row.seq, &envelope)?;
    requeue(tx, &row)?;
    Ok(true)
}

/// Lets go of entries that are refused, conflicted, or queued and surely not taken; says which. What needed them
/// needs them no more, and is tried on its own.
pub fn discard(
    tx: &mut Write<'_>,
    ids: impl IntoIterator<Item = CommandId>,
) -> Result<Vec<CommandId>, StoreError> {
    let mut gone = Vec::new();
    for id in ids {
        let Some(row) = outbox::get(tx.tx(), id)? else { continue };
        let unsent = row.state == OutboxState::Queued && !row.unsure;
        if unsent || matches!(row.state, OutboxState::Refused | OutboxState::Conflicted) {
            outbox::remove(tx.tx(), row.seq)?;
            dirty::mark(tx.tx(), row.envelope.aggregate, false)?;
            gone.push(id);
        }
    }
    for row in outbox::open(tx.tx())? {
        if row.state != OutboxState::InFlight && row.envelope.needs.iter().any(|need| gone.contains(need)) {
            let mut envelope = row.envelope.clone();
            envelope.needs.retain(|need| !gone.contains(need));
            outbox::rewrite(tx.tx(), row.seq, &envelope)?;
        }
        if row.waits_for.is_some_and(|on| gone.contains(&on)) {
            outbox::wait(tx.tx(), row.seq, None)?;
        }
    }
    settle_waits(tx)?;
    derive::derive_dirty(tx)?;
    Ok(gone)
}

/// Everything open that needs an entry, directly or by way of others.
pub(super) fn dependents(open: &[OutboxRow], id: CommandId) -> Vec<CommandId> {
    let mut found = vec![id];
    // A need always stands before what needs it.
    for row in open {
        if row.envelope.needs.iter().any(|need| found.contains(need)) {
            found.push(row.id);
        }
    }
    found.split_off(1)
}

/// Puts what was in flight when the last process ended back into the queue.
pub(super) fn requeue_in_flight(tx: &mut Write<'_>) -> Result<(), StoreError> {
    if outbox::requeue_in_flight(tx.tx())? > 0 {
        tx.changed(Tag::Outbox);
    }
    Ok(())
}

/// Works out what holds up what: the refused or conflicted entry at the root of it.
pub(super) fn settle_waits(tx: &mut Write<'_>) -> Result<(), StoreError> {
    tx.changed(Tag::Outbox);
    // A long queue is not read through for nothing, with each of its batches.
    if !outbox::any_holds_up(tx.tx())? {
        return Ok(());
    }
    let open = outbox::open(tx.tx())?;
    let mut roots: HashMap<CommandId, CommandId> = HashMap::new();
    let known: HashMap<CommandId, OutboxState> = open.iter().map(|row| (row.id, row.state)).collect();
    for row in &open {
        let blocker = row.envelope.needs.iter().find_map(|need| match known.get(need) {
            Some(OutboxState::Refused | OutboxState::Conflicted) => Some(*need),
            _ => roots.get(need).copied(),
        });
        // The service waits for one that is not here: nothing here can answer for it.
        let lost = row.waits_for.filter(|on| !known.contains_key(on) && row.state == OutboxState::Queued);
        let blocker = blocker.or(match lost {
            Some(on) if outbox::get(tx.tx(), on)?.is_none() => Some(on),
            _ => None,
        });
        if let Some(root) = blocker {
            roots.insert(row.id, root);
        }
        let waits = blocker.filter(|_| row.state == OutboxState::Queued);
        if waits != row.waits_for {
            outbox::wait(tx.tx(), row.seq, waits)?;
        }
    }
    Ok(())
}

fn decidable(tx: &Write<'_>, id: CommandId) -> Result<Option<OutboxRow>, StoreError> {
    Ok(outbox::get(tx.tx(), id)?.filter(|row| match row.state {
        OutboxState::Refused | OutboxState::Conflicted => true,
        OutboxState::Queued => row.waits_for.is_some(),
        OutboxState::InFlight | OutboxState::Done => false,
    }))
}

fn requeue(tx: &mut Write<'_>, row: &OutboxRow) -> Result<(), StoreError> {
    outbox::queue(tx.tx(), row.seq)?;
    met::forget(tx.tx(), row.id)?;
    dirty::mark(tx.tx(), row.envelope.aggregate, false)?;
    settle_waits(tx)?;
    derive::derive_dirty(tx)
}

fn pack(command: &Command, body: Body, at: Timestamp) -> Envelope {
    Envelope::new(&Command { body, ..command.clone() }, at, Vec::new())
}

/// A conflicted edit that says: in place of what stands now.
fn rebased(tx: &Write<'_>, command: &Command) -> Result<Option<Body>, StoreError> {
    let domain::AggregateRef::Project(project) = command.aggregate else { return Ok(None) };
    let Some(project) = shown::project(tx.tx(), project)? else { return Ok(None) };
    Ok(match command.body.clone() {
        Body::SetField { version, field, value, .. } => project
            .version(version)
            .map(|known| Body::SetField { version, field, value, expects: known.information.get(field) }),
        Body::FindingReply { finding, reply, knew, .. } => project
            .findings
            .iter()
            .find(|known| known.id == finding)
            .map(|known| Body::FindingReply { finding, reply, expects: known.reply.clone(), knew }),
        Body::ProjectEdit { details, .. } => Some(Body::ProjectEdit { details, expects: project.details }),
        _ => None,
    })
}
