//! What passes between the store and the service: what is sent, what was answered, what came with the feed.

use std::collections::BTreeSet;

use domain::command::Envelope;
use domain::ids::CommandId;
use domain::protocol::{Changes, CommandResult, FailingApp, Outcome, Snapshot, State};
use domain::redact::{self, Redacted, Words};
use domain::refusal::RefusalCode;
use domain::{Refusal, Timestamp};
use uuid::Uuid;

use super::outbox::OutboxState;
use super::table::confirmed::Confirmed;
use super::table::{activity, confirmed, dirty, feed, met, outbox};
use super::{StoreError, Tag, Write, derive};

pub use super::table::feed::Position;

/// How long what was taken is kept, to be sent again to a service that lost it.
const KEPT_MS: i64 = 30 * 24 * 60 * 60 * 1000;
/// The setting that holds which apps behind the relay take nothing.
pub(super) const FAILING: &str = "failing_apps";
/// How many commands before a snapshot are read for the activity.
const ACTIVITY: u64 = 2_000;

/// What to send next: in order, leaving out what is held up and what is in `besides`. The entries are in flight from
/// this transaction on.
pub fn take_batch(
    tx: &mut Write<'_>,
    besides: &BTreeSet<CommandId>,
    most: usize,
    bytes: usize,
) -> Result<Vec<Envelope>, StoreError> {
    let mut batch = Vec::new();
    let mut size = 0;
    for row in outbox::sendable(tx.tx(), most.saturating_add(besides.len()))? {
        if besides.contains(&row.id) {
            continue;
        }
        size += serde_json::to_string(&row.envelope)?.len();
        // One that is larger than a batch goes alone.
        if batch.len() == most || (size > bytes && !batch.is_empty()) {
            break;
        }
        outbox::take(tx.tx(), row.seq)?;
        batch.push(row.envelope);
    }
    if !batch.is_empty() {
        tx.changed(Tag::Outbox);
    }
    Ok(batch)
}

/// No answer was seen: what is in flight goes back into the queue, and may have been taken.
pub fn give_back(tx: &mut Write<'_>) -> Result<(), StoreError> {
    super::outbox::requeue_in_flight(tx)
}

/// Writes down the answers to a batch. What is refused leaves the view.
pub fn settle(
    tx: &mut Write<'_>,
    epoch: Uuid,
    results: &[CommandResult],
    now: Timestamp,
) -> Result<(), StoreError> {
    // Whether what holds others up, or is held up, is not what it was. What is only taken held nothing up: whatever needs
    // it comes after it, and one command that is refused does not have the whole queue read with each batch.
    let mut waits = false;
    for result in results {
        let Some(row) = outbox::get(tx.tx(), result.id)? else { continue };
        let taken = matches!(result.outcome, Outcome::Taken { .. });
        let held_up = matches!(row.state, OutboxState::Conflicted | OutboxState::Refused);
        waits |= !taken || held_up || row.waits_for.is_some();
        match &result.outcome {
            Outcome::Taken { number, .. } => {
                outbox::done(tx.tx(), row.id, *number, epoch, now)?;
                // Decided otherwise before, by a service that has forgotten: it was not in the view, now it is.
                if held_up {
                    dirty::mark(tx.tx(), row.envelope.aggregate, false)?;
                }
            }
            Outcome::Refused { refusal } => {
                outbox::refused(tx.tx(), row.id, refusal, now)?;
                dirty::mark(tx.tx(), row.envelope.aggregate, false)?;
            }
            Outcome::Waiting { on } => outbox::waiting(tx.tx(), row.id, *on)?,
        }
    }
    tx.changed(Tag::Activity);
    tx.changed(Tag::Outbox);
    if waits {
        super::outbox::settle_waits(tx)?;
    }
    derive::derive_dirty(tx)
}

/// The service cannot take this command in any company: it is refused.
pub fn settle_refused(
    tx: &mut Write<'_>,
    id: CommandId,
    refusal: Refusal,
    now: Timestamp,
) -> Result<(), StoreError> {
    settle(tx, Uuid::nil(), &[CommandResult { id, outcome: Outcome::Refused { refusal } }], now)
}

/// Begins a snapshot: first contact, another epoch, or a head behind ours. What was acknowledged under another
/// epoch, or after a head that fell back, is queued to be sent again.
pub fn begin_snapshot(tx: &mut Write<'_>, epoch: Uuid, head: u64) -> Result<(), StoreError> {
    let before = feed::get(tx.tx())?;
    let fell_back = before.as_ref().is_some_and(|at| at.epoch == epoch && head < at.head);
    confirmed::clear(tx.tx())?;
    activity::clear(tx.tx())?;
    met::clear(tx.tx())?;
    outbox::forget_known(tx.tx())?;
    outbox::send_again(tx.tx(), epoch, fell_back)?;
    dirty::mark_all(tx.tx(), true)?;
    tx.changed(Tag::Outbox);
    tx.changed(Tag::Activity);
    let synced_at = before.and_then(|at| at.synced_at);
    // Deliveries are read from the first: a service that was restored counts anew.
    let head = head.saturating_sub(ACTIVITY);
    feed::set(tx.tx(), &Position { epoch, head, snapshot_after: Some(0), synced_at, deliveries: 0 })
}

/// Notes that Talkdesk's deliveries up to a number were taken, in the transaction that took them.
pub fn set_deliveries(tx: &mut Write<'_>, number: u64) -> Result<(), StoreError> {
    let Some(at) = feed::get(tx.tx())? else { return Ok(()) };
    feed::set(tx.tx(), &Position { deliveries: number, ..at })
}

/// Notes which apps behind the relay take nothing, where that is news.
pub fn set_failing(tx: &mut Write<'_>, apps: &[FailingApp]) -> Result<(), StoreError> {
    if tx.view().failing()? == apps {
        return Ok(());
    }
    tx.set_setting(FAILING, &serde_json::to_value(apps)?)
}

/// Takes a page of the snapshot that ends with the number `last`. The position moves on with the page, so that a crash in between costs one page.
pub fn take_snapshot(tx: &mut Write<'_>, page: &Snapshot, last: Option<u64>) -> Result<(), StoreError> {
    let Some(mut at) = feed::get(tx.tx())?.filter(|at| at.epoch == page.epoch) else { return Ok(()) };
    for state in &page.states {
        take_state(tx, state, true)?;
    }
    at.snapshot_after = if page.more { last.or(at.snapshot_after) } else { None };
    if !page.more {
        blank_redacted(tx)?;
    }
    feed::set(tx.tx(), &at)
}

/// Blanks what is about to be sent again, as far as the service's states say that it was redacted: of a snapshot there
/// may be nothing in the feed that says so.
fn blank_redacted(tx: &Write<'_>) -> Result<(), StoreError> {
    for of in outbox::taken_before(tx.tx())? {
        if let Some(Confirmed { state: Ok(state), .. }) = confirmed::get(tx.tx(), of)? {
            for redacted in state.redactions() {
                outbox::redact(tx.tx(), &redacted)?;
            }
        }
    }
    Ok(())
}

/// Takes a page of the feed that ends with the number `last`. With the last one, what was touched is shown anew. Says
/// whether something of ours is to be sent again.
pub fn take_changes(
    tx: &mut Write<'_>,
    page: &Changes,
    last: Option<u64>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let Some(mut at) = feed::get(tx.tx())?.filter(|at| at.epoch == page.epoch) else { return Ok(false) };
    for state in &page.states {
        take_state(tx, state, false)?;
    }
    let mut settled = false;
    for change in &page.changes {
        activity::add(tx.tx(), change)?;
        if let Some(redacted) = Redacted::by(&change.command, change.actor, change.taken_at) {
            activity::redact(tx.tx(), &redacted)?;
            outbox::redact(tx.tx(), &redacted)?;
        }
        // Ours, whose answer was lost: the feed is the answer.
        if outbox::done(tx.tx(), change.command.id, change.number, page.epoch, now)? {
            dirty::mark(tx.tx(), change.command.aggregate, false)?;
            settled = true;
        }
        for redacted in redact::redacted(&change.command) {
            outbox::redact(tx.tx(), &redacted)?;
        }
    }
    let again = redact_again(tx, page)?;
    met::note(tx.tx(), &page.changes)?;
    at.head = at.head.max(last.unwrap_or(0));
    if !page.changes.is_empty() {
        tx.changed(Tag::Activity);
    }
    if !page.more {
        at.head = at.head.max(page.head);
        at.synced_at = Some(now);
        outbox::forget_before(tx.tx(), Timestamp(now.0 - KEPT_MS))?;
    }
    feed::set(tx.tx(), &at)?;
    if settled || again {
        super::outbox::settle_waits(tx)?;
    }
    if !page.more {
        derive::derive_dirty(tx)?;
    }
    Ok(again)
}

/// Sends a redaction of ours again that came to a restored service before what it redacts, now that this came too; says
/// whether there was one. Nobody has to think of it.
fn redact_again(tx: &mut Write<'_>, page: &Changes) -> Result<bool, StoreError> {
    let mut found = false;
    for row in outbox::refused_redactions(tx.tx())? {
        let early = row.refusal.is_some_and(|refusal| refusal.code == RefusalCode::NotFound);
        let Some(words) = Words::of(&row.envelope).filter(|_| early) else { continue };
        if page.changes.iter().any(|change| words.belong_in(&change.command)) {
            outbox::queue(tx.tx(), row.seq)?;
            dirty::mark(tx.tx(), row.envelope.aggregate, false)?;
            found = true;
        }
    }
    Ok(found)
}

fn take_state(tx: &mut Write<'_>, state: &State, snapshot: bool) -> Result<(), StoreError> {
    if confirmed::take(tx.tx(), state)? {
        dirty::mark(tx.tx(), state.aggregate, snapshot)?;
    }
    Ok(())
}
