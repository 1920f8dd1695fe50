//! A person did something: shown state, lists and outbox change together, or nothing does.

use domain::command::Envelope;
use domain::ids::CommandId;
use domain::refusal::RefusalCode;
use domain::{Actor, AggregateRef, Body, Command, Facts, Refusal, Timestamp, Undo, apply};

use super::derive::{Words, derive, show_over};
use super::outbox::{OutboxRow, OutboxState};
use super::table::outbox;
use super::thing::edited;
use super::{StoreError, Tag, Write, last};

/// A command that was written.
#[derive(Clone, PartialEq, Debug)]
pub struct Submitted {
    /// Its id: that of the unsent edit that it was merged into, where it was.
    pub id: CommandId,
    /// The commands that followed from it.
    pub follow_ups: Vec<CommandId>,
    /// The way back; none where it cannot be taken back so.
    pub undo: Option<Undo>,
}

/// A command that was not written.
#[derive(Debug, thiserror::Error)]
pub enum SubmitError {
    /// The reducer refused it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The store could not take it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<rusqlite::Error> for SubmitError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error.into())
    }
}

/// Applies a command to what is shown and queues it for the service, with what follows from it.
///
/// The same command a second time is taken as done; its id with another body is refused. `at` is the desktop's
/// clock, `new_id` mints the ids of what follows.
#[expect(clippy::needless_pass_by_value, reason = "a command is handed over: done once, it is done")]
pub fn submit(
    tx: &mut Write<'_>,
    actor: &Actor,
    at: Timestamp,
    command: Command,
    mut new_id: impl FnMut() -> CommandId,
) -> Result<Submitted, SubmitError> {
    if let Some(known) = outbox::get(tx.tx(), command.id)? {
        return again(&known, actor, &command);
    }
    let One { id, follow_ups, undo } = one(tx, actor, at, &command, None)?;
    let mut submitted = Submitted { id, follow_ups: Vec::new(), undo };
    for (aggregate, body) in follow_ups {
        let follow_up = Command { id: new_id(), aggregate, body };
        match one(tx, actor, at, &follow_up, Some(id)) {
            Ok(One { id, .. }) => submitted.follow_ups.push(id),
            // What follows must not undo what a person did: it stays out, and the log says so.
            Err(SubmitError::Refused(refusal)) => tracing::warn!(?refusal, "follow-up refused"),
            Err(error) => return Err(error),
        }
    }
    tx.changed(Tag::Outbox);
    tx.changed(Tag::Activity);
    Ok(submitted)
}

fn again(known: &OutboxRow, actor: &Actor, command: &Command) -> Result<Submitted, SubmitError> {
    if known.actor == actor.member && known.envelope.command().is_ok_and(|known| known == *command) {
        return Ok(Submitted { id: command.id, follow_ups: Vec::new(), undo: None });
    }
    Err(Refusal::ours(RefusalCode::IdReused).into())
}

/// One command that was written.
struct One {
    id: CommandId,
    follow_ups: Vec<(AggregateRef, Body)>,
    undo: Option<Undo>,
}

fn one(
    tx: &mut Write<'_>,
    actor: &Actor,
    at: Timestamp,
    command: &Command,
    parent: Option<CommandId>,
) -> Result<One, SubmitError> {
    let (mut state, before) = last::take(tx, command.aggregate)?;
    let facts = Facts::gather(command, actor.clone(), at, &tx.view())?;
    let back = state.as_ref().and_then(|before| domain::undo(before, &command.body));
    let domain::Effects { follow_ups } = apply(&mut state, command, &facts)?;
    let undo = state.as_ref().zip(back).and_then(|(after, back)| Undo::of(back, after));

    let pending = pending(tx, command)?;
    if let Some((seq, merged)) = merged(&pending, actor, command, at) {
        outbox::rewrite(tx.tx(), seq, &merged)?;
        derive(tx, &[command.aggregate].into())?;
        return Ok(One { id: merged.id, follow_ups, undo });
    }
    let known: Vec<_> = pending
        .iter()
        .filter_map(|row| row.envelope.command().ok())
        .map(|known| (known.id, known.aggregate, known.body))
        .collect();
    let mut needs = domain::dependencies::dependencies(&known, command.aggregate, &command.body);
    if let Some(parent) = parent
        && !needs.contains(&parent)
    {
        needs.push(parent);
    }
    outbox::add(tx.tx(), actor, &Envelope::new(command, at, needs))?;
    let words = if matches!(command.body, Body::SetResult { .. }) { Words::Same } else { Words::Any };
    let text = show_over(tx, command.aggregate, before.as_deref(), state.as_ref(), words)?;
    last::keep(tx, text, state);
    Ok(One { id: command.id, follow_ups, undo })
}

/// The pending commands that a command may depend on: of its aggregate, and of those that it names.
fn pending(tx: &Write<'_>, command: &Command) -> Result<Vec<OutboxRow>, StoreError> {
    let mut rows = match &command.body {
        // A result needs those that it knew and no other, nor is it merged with one.
        Body::SetResult { knew, .. } => outbox::pending_with_results(tx.tx(), command.aggregate, knew)?,
        _ => outbox::pending(tx.tx(), command.aggregate)?,
    };
    if !matches!(command.aggregate, AggregateRef::Workspace(_)) {
        rows.extend(outbox::pending_on_workspace(tx.tx())?);
    }
    let named = match &command.body {
        Body::RunStart { project, .. } => Some(AggregateRef::Project(*project)),
        Body::TicketSet { details, .. } => details.about.project.map(AggregateRef::Project),
        Body::CaseSet { details, .. } => Some(AggregateRef::Project(details.project)),
        Body::CaseJoin { installation, .. } => installation.map(AggregateRef::Installation),
        _ => None,
    };
    if let Some(named) = named {
        rows.extend(outbox::pending(tx.tx(), named)?);
    }
    rows.sort_by_key(|row| row.seq);
    Ok(rows)
}

/// The unsent edit of the same thing by the same person with the new value in it, where nothing but edits of other
/// things came after it: only then is the order of no matter.
fn merged(pending: &[OutboxRow], actor: &Actor, command: &Command, at: Timestamp) -> Option<(i64, Envelope)> {
    let wanted = edited(&command.body)?;
    for row in pending.iter().rev().filter(|row| row.envelope.aggregate == command.aggregate) {
        let known = row.envelope.command().ok()?;
        if edited(&known.body)? != wanted {
            continue;
        }
        // What was ever sent may have been taken as it was.
        let unsent = row.state == OutboxState::Queued && !row.unsure && row.waits_for.is_none();
        if !unsent || row.actor != actor.member || row.roles != actor.roles {
            return None;
        }
        let body = joined(&known.body, &command.body)?;
        let packed = Envelope::new(&Command { body, ..known }, at, row.envelope.needs.clone());
        return Some((row.seq, packed));
    }
    None
}

/// The later edit with what the first one expected to find, where the later one was made on top of the first.
fn joined(first: &Body, later: &Body) -> Option<Body> {
    match (first, later) {
        (
            Body::SetField { value: between, expects: before, .. },
            Body::SetField { version, field, value, expects },
        ) => (between == expects).then(|| Body::SetField {
            version: *version,
            field: *field,
            value: value.clone(),
            expects: before.clone(),
        }),
        (
            Body::FindingReply { reply: between, expects: before, knew: first, .. },
            Body::FindingReply { finding, reply, expects, knew },
        ) => (between == expects && first == knew).then(|| Body::FindingReply {
            finding: *finding,
            reply: reply.clone(),
            expects: before.clone(),
            knew: *knew,
        }),
        (Body::ProjectEdit { details: between, expects: before }, Body::ProjectEdit { details, expects }) => {
            (between == expects)
                .then(|| Body::ProjectEdit { details: details.clone(), expects: before.clone() })
        }
        _ => Some(later.clone()),
    }
}
