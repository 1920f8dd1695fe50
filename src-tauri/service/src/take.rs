//! What becomes of a command: taken, refused, or waiting for another.
//!
//! A batch is one turn. A command that is not taken writes nothing, so it spoils none of the others, and nothing is
//! answered before everything that is answered as taken is on the disk.
//!
//! What a batch needs to know is foreseen from its commands and read together with the lock; what only shows on the
//! way (the runs of a version, once it is known which there are) is read when it is met.

mod known;

use std::collections::BTreeSet;

use domain::command::{Body, Command, Envelope};
use domain::files::BlobId;
use domain::ids::{CommandId, WorkspaceId};
use domain::installation::Received;
use domain::protocol::{CommandResult, Outcome, Results};
use domain::{AggregateRef, Facts, Refusal, RefusalCode, Timestamp, redact};
use serde::Deserialize;
use serde_json::Value;

use crate::Clock;
use crate::error::StoreError;
use crate::identity::Caller;
use crate::members;
use crate::storage::{self, Feed, Storage, Taken, Turn, Wanted};
use known::Known;

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

impl Sent {
    /// The files that have to be there.
    pub(crate) fn blobs(&self) -> BTreeSet<BlobId> {
        match self {
            Self::Readable(envelope) => envelope.blobs(),
            Self::Unreadable { .. } => BTreeSet::new(),
        }
    }
}

/// Takes a batch in its order.
pub(crate) async fn take(
    storage: &dyn Storage,
    caller: &Caller,
    clock: &Clock,
    batch: Vec<Sent>,
    missing: &BTreeSet<BlobId>,
) -> Result<Results, StoreError> {
    let Decided { turn, taken, results } = decide(storage, caller, clock, batch, missing).await?;
    match taken {
        Some(taken) => turn.commit(taken).await?,
        None => turn.leave().await?,
    }
    Ok(results)
}

/// Why a command would be refused, where it would; nothing is taken.
pub(crate) async fn refuses(
    storage: &dyn Storage,
    caller: &Caller,
    clock: &Clock,
    command: Envelope,
) -> Result<Option<Refusal>, StoreError> {
    let batch = vec![Sent::Readable(Box::new(command))];
    let Decided { turn, results, .. } = decide(storage, caller, clock, batch, &BTreeSet::new()).await?;
    turn.leave().await?;
    Ok(results.results.into_iter().find_map(|result| match result.outcome {
        Outcome::Refused { refusal } => Some(refusal),
        Outcome::Taken { .. } | Outcome::Waiting { .. } => None,
    }))
}

/// The command that was taken under an id.
pub(crate) async fn taken(
    storage: &dyn Storage,
    workspace: WorkspaceId,
    id: CommandId,
) -> Result<Option<storage::Command>, StoreError> {
    let wanted = Wanted { commands: [id].into(), ..Wanted::default() };
    let begun = storage.turn(workspace, &wanted).await?;
    begun.turn.leave().await?;
    Ok(begun.found.commands.into_iter().next())
}

/// What becomes of a batch, and what it writes, if anything.
struct Decided {
    turn: Box<dyn Turn>,
    taken: Option<Taken>,
    results: Results,
}

async fn decide(
    storage: &dyn Storage,
    caller: &Caller,
    clock: &Clock,
    batch: Vec<Sent>,
    missing: &BTreeSet<BlobId>,
) -> Result<Decided, StoreError> {
    let mut known = Known::default();
    let batch: Vec<Asked> = batch.into_iter().map(Asked::of).collect();
    for asked in &batch {
        asked.foresee(&known, caller);
    }
    let wanted = Wanted { people: true, ..known.missed() };
    let begun = storage.turn(caller.workspace, &wanted).await?;
    // The role in force is the one under the lock; whoever was removed meanwhile does nothing any more.
    let Some(caller) = members::in_force(caller, begun.found.people.as_deref())? else {
        begun.turn.leave().await?;
        return Err(StoreError::NotAMember);
    };
    known.add(wanted, begun.found)?;

    let mut turn = begun.turn;
    let mut taking = Taking { caller: &caller, clock, missing, feed: begun.feed, known };
    let mut results = Vec::with_capacity(batch.len());
    for asked in batch {
        let id = asked.id();
        let outcome = loop {
            if let Some(outcome) = taking.outcome(&asked) {
                break outcome;
            }
            let wanted = taking.known.missed();
            let found = turn.find(&wanted).await?;
            taking.known.add(wanted, found)?;
        };
        results.push(CommandResult { id, outcome });
    }
    let Taking { feed: Feed { epoch, head, last_at, .. }, known, .. } = taking;
    let taken = if head == begun.feed.head { None } else { Some(known.taken(head, last_at)?) };
    Ok(Decided { turn, taken, results: Results { epoch, head, results } })
}

/// A command of a batch, read as far as it can be.
enum Asked {
    Known { envelope: Box<Envelope>, command: Box<Command> },
    ByNewer { envelope: Box<Envelope> },
    Unreadable { id: CommandId, kind: String, v: u64 },
}

impl Asked {
    fn of(sent: Sent) -> Self {
        match sent {
            Sent::Readable(envelope) => match envelope.command() {
                Ok(command) => Self::Known { envelope, command: Box::new(command) },
                Err(_) => Self::ByNewer { envelope },
            },
            Sent::Unreadable { id, kind, v } => Self::Unreadable { id, kind, v },
        }
    }

    fn id(&self) -> CommandId {
        match self {
            Self::Known { envelope, .. } | Self::ByNewer { envelope } => envelope.id,
            Self::Unreadable { id, .. } => *id,
        }
    }

    /// Asks for what this command needs, as far as that can be told before anything is known.
    fn foresee(&self, known: &Known, caller: &Caller) {
        let (Self::Known { envelope, .. } | Self::ByNewer { envelope }) = self else { return };
        known.command(envelope.id);
        for need in &envelope.needs {
            known.command(*need);
        }
        if let Self::Known { command, .. } = self {
            known.look_at(command.aggregate);
            let Ok(_) = Facts::gather(command, caller.actor(), Timestamp(0), &known.within(caller.workspace));
        }
    }
}

struct Taking<'a> {
    caller: &'a Caller,
    clock: &'a Clock,
    /// The files that commands of the batch name and that are not here.
    missing: &'a BTreeSet<BlobId>,
    feed: Feed,
    known: Known,
}

impl Taking<'_> {
    /// What becomes of a command, or `None` where something has to be looked up first. Nothing is changed before
    /// everything is known.
    fn outcome(&mut self, asked: &Asked) -> Option<Outcome> {
        let (envelope, command) = match asked {
            Asked::Known { envelope, command } => (envelope, Some(command)),
            Asked::ByNewer { envelope } => (envelope, None),
            Asked::Unreadable { id: _, kind, v } => return Some(unknown(kind, *v)),
        };
        let decided = self.before(envelope).or_else(|| match command {
            None => Some(unknown(&envelope.kind, envelope.v.into())),
            Some(command) => self.foreign(command).or_else(|| self.without_file(envelope)),
        });
        let (None, Some(command)) = (&decided, command) else {
            return self.known.knew_all().then_some(decided?);
        };

        // No replica's clock takes the feed back in time.
        let at = (self.clock)().max(self.feed.last_at);
        let outside = self.known.within(self.caller.workspace);
        let Ok(facts) = Facts::gather(command, self.caller.actor(), at, &outside);
        let facts = Facts { redacted: redact::redacted(envelope), ..facts };
        self.known.look_at(command.aggregate);
        if !self.known.knew_all() {
            return None;
        }
        let number = self.feed.head + 1;
        // What follows from the command is sent by the desktop that made it, as commands of their own.
        if let Err(refusal) = self.known.apply(command, &facts, number) {
            return Some(Outcome::Refused { refusal });
        }
        let (actor, envelope) = (self.caller.member, (**envelope).clone());
        self.known.note(storage::Command { number, actor, taken_at: at, envelope });
        (self.feed.head, self.feed.last_at) = (number, at);
        Some(Outcome::Taken { number, taken_at: at })
    }

    /// Files go first: what names one that is not here is sent again after it.
    fn without_file(&self, envelope: &Envelope) -> Option<Outcome> {
        if self.missing.is_empty() {
            return None;
        }
        let id = envelope.blobs().into_iter().find(|id| self.missing.contains(id))?;
        Some(Outcome::Refused { refusal: Refusal::ours(RefusalCode::BlobMissing).with("sha256", id) })
    }

    /// What an earlier command makes of this one.
    fn before(&self, envelope: &Envelope) -> Option<Outcome> {
        if let Some(taken) = self.known.command(envelope.id) {
            return Some(self.again(taken, envelope));
        }
        let missing = envelope.needs.iter().find(|need| self.known.command(**need).is_none());
        missing.map(|need| Outcome::Waiting { on: *need })
    }

    /// Another workspace is nobody's to touch from here.
    fn foreign(&self, command: &Command) -> Option<Outcome> {
        let AggregateRef::Workspace(id) = command.aggregate else { return None };
        (id != self.caller.workspace).then(|| refused(RefusalCode::NotFound))
    }

    /// The answer to an id that was taken before: the same answer again, to the same command of the same person. What
    /// the service itself took of Talkdesk's is one command, whoever's desktop made it first.
    fn again(&self, taken: &storage::Command, envelope: &Envelope) -> Outcome {
        // One whose words were taken away since, here or at the desktop, is the same: a service that was restored may have
        // them still, until the redaction comes again as well.
        let same = |taken: &Envelope| {
            taken.kind == envelope.kind
                && taken.v == envelope.v
                && taken.aggregate == envelope.aggregate
                && redact::is_same_but_blank(taken, envelope)
        };
        let own = taken.actor == self.caller.member;
        if own && same(&taken.envelope) || same_delivery(&taken.envelope, envelope) {
            Outcome::Taken { number: taken.number, taken_at: taken.taken_at }
        } else {
            refused(RefusalCode::IdReused)
        }
    }
}

/// Whether both take the same event of the same delivery. Desktops of different versions may tell its body's kind
/// differently.
fn same_delivery(one: &Envelope, other: &Envelope) -> bool {
    let event = |envelope: &Envelope| match envelope.command().ok()?.body {
        Body::EventTake { event } if event.received != Received::ByHand => Some(event.id),
        _ => None,
    };
    one.aggregate == other.aggregate && event(one).is_some_and(|id| event(other) == Some(id))
}

fn refused(code: RefusalCode) -> Outcome {
    Outcome::Refused { refusal: Refusal::ours(code) }
}

fn unknown(kind: &str, v: u64) -> Outcome {
    Outcome::Refused { refusal: Refusal::ours(RefusalCode::UnknownCommand).with("kind", kind).with("v", v) }
}
