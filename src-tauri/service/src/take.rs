//! What becomes of a command: taken, refused, or waiting for another.
//!
//! A batch is one transaction. A command that is not taken writes nothing, so it spoils none of the others, and
//! nothing is answered before everything that is answered as taken is on the disk.

use domain::command::Envelope;
use domain::ids::CommandId;
use domain::protocol::{Change, CommandResult, Outcome, Results};
use domain::{Actor, AggregateRef, Facts, Refusal, RefusalCode};
use rusqlite::Transaction;
use serde::Deserialize;
use serde_json::Value;

use crate::Clock;
use crate::error::StoreError;
use crate::identity::Caller;
use crate::store::outside::LookUps;
use crate::store::workspace::{self, Feed};
use crate::store::{aggregate, command};

/// A command as it was sent. One that cannot be read as an envelope is by a newer version: it is refused by itself,
/// and the others of its batch go on.
pub(crate) enum Sent {
    Readable(Box<Envelope>),
    Unreadable { id: CommandId, kind: String, v: u64 },
}

impl Sent {
    /// Reads a command, or gives `None` where there is not even an id to answer to.
    pub(crate) fn read(sent: &Value) -> Option<Self> {
        if let Ok(envelope) = Envelope::deserialize(sent) {
            return Some(Self::Readable(Box::new(envelope)));
        }
        Some(Self::Unreadable {
            id: CommandId::deserialize(sent.get("id")?).ok()?,
            kind: sent.get("kind").and_then(Value::as_str).unwrap_or_default().to_owned(),
            v: sent.get("v").and_then(Value::as_u64).unwrap_or_default(),
        })
    }
}

/// Takes a batch in its order.
pub(crate) fn take(
    tx: &Transaction,
    caller: &Caller,
    clock: &Clock,
    batch: &[Sent],
) -> Result<Results, StoreError> {
    let mut taking = Taking { tx, caller, clock, feed: workspace::feed(tx, caller.workspace)? };
    let head_before = taking.feed.head;
    let mut results = Vec::with_capacity(batch.len());
    for sent in batch {
        results.push(match sent {
            Sent::Readable(envelope) => CommandResult { id: envelope.id, outcome: taking.outcome(envelope)? },
            Sent::Unreadable { id, kind, v } => CommandResult { id: *id, outcome: unknown(kind, *v) },
        });
    }
    let Feed { epoch, head } = taking.feed;
    if head != head_before {
        workspace::set_head(tx, caller.workspace, head)?;
    }
    Ok(Results { epoch, head, results })
}

struct Taking<'a> {
    tx: &'a Transaction<'a>,
    caller: &'a Caller,
    clock: &'a Clock,
    feed: Feed,
}

impl Taking<'_> {
    fn outcome(&mut self, envelope: &Envelope) -> Result<Outcome, StoreError> {
        let (tx, workspace) = (self.tx, self.caller.workspace);
        if let Some(taken) = command::find(tx, workspace, envelope.id)? {
            return Ok(self.again(&taken, envelope));
        }
        for need in &envelope.needs {
            if !command::is_taken(tx, workspace, *need)? {
                return Ok(Outcome::Waiting { on: *need });
            }
        }
        let Ok(command) = envelope.command() else { return Ok(unknown(&envelope.kind, envelope.v.into())) };
        if let AggregateRef::Workspace(id) = command.aggregate
            && id != workspace
        {
            return Ok(refused(RefusalCode::NotFound));
        }

        let stored = aggregate::read(tx, workspace, command.aggregate)?;
        let (mut state, revision) = match stored {
            Some(stored) => (Some(stored.state), stored.revision),
            None => (None, 0),
        };
        let actor = Actor { member: self.caller.member, roles: self.caller.roles.clone() };
        let facts = Facts::gather(&command, actor, (self.clock)(), &LookUps { tx, workspace })?;
        // What follows from the command is sent by the desktop that made it, as commands of their own.
        if let Err(refusal) = domain::apply(&mut state, &command, &facts) {
            return Ok(Outcome::Refused { refusal });
        }

        let number = self.feed.head + 1;
        if let Some(state) = &state {
            aggregate::write(tx, workspace, state, revision + 1, number)?;
        }
        let change =
            Change { number, actor: self.caller.member, taken_at: facts.at, command: envelope.clone() };
        command::insert(tx, workspace, &change)?;
        self.feed.head = number;
        Ok(Outcome::Taken { number, taken_at: facts.at })
    }

    /// The answer to an id that was taken before: the same answer again, to the same command of the same person.
    fn again(&self, taken: &Change, envelope: &Envelope) -> Outcome {
        let same = |taken: &Envelope| {
            taken.kind == envelope.kind
                && taken.v == envelope.v
                && taken.aggregate == envelope.aggregate
                && taken.args == envelope.args
        };
        if taken.actor == self.caller.member && same(&taken.command) {
            Outcome::Taken { number: taken.number, taken_at: taken.taken_at }
        } else {
            refused(RefusalCode::IdReused)
        }
    }
}

fn refused(code: RefusalCode) -> Outcome {
    Outcome::Refused { refusal: Refusal::ours(code) }
}

fn unknown(kind: &str, v: u64) -> Outcome {
    Outcome::Refused { refusal: Refusal::ours(RefusalCode::UnknownCommand).with("kind", kind).with("v", v) }
}
