//! A workspace that comes from elsewhere: from a desktop that worked alone, or from a file.
//!
//! It comes in parts, its history first, into a workspace in which nothing was done yet. Commands keep their ids, actors,
//! numbers and times, states are taken as they are: nothing is decided anew. Until the last part was taken the workspace
//! takes no commands; an import that was cut short goes on, and a part that comes twice is taken once.
//!
//! Only an admin may do this. Whoever can is the owner of an empty workspace: what they bring is theirs to vouch for.

use domain::protocol::{Change, Import, Imported, State};
use domain::{Aggregate, AggregateRef, Role};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::StoreError;
use crate::identity::Caller;
use crate::identity::people::People;
use crate::members;
use crate::storage::{Command, Entry, Feed, Held, Storage, Taken, Wanted, Written, folded};

/// An import into a workspace, under way or over.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct Importing {
    pub(crate) id: Uuid,
    pub(crate) done: bool,
}

/// Why a part is not taken.
#[derive(Debug)]
pub(crate) enum ImportError {
    Store(StoreError),
    /// The caller is no admin.
    Role,
    /// Something was done in the workspace already.
    NotEmpty,
    /// It does not hang together.
    Unsound(&'static str),
}

impl<E: Into<StoreError>> From<E> for ImportError {
    fn from(error: E) -> Self {
        Self::Store(error.into())
    }
}

/// Takes a part.
pub(crate) async fn import(
    storage: &dyn Storage,
    caller: &Caller,
    part: Import,
) -> Result<Imported, ImportError> {
    let wanted = Wanted { people: true, ..Wanted::default() };
    let begun = storage.turn(caller.workspace, &wanted).await?;
    match arrived(caller, begun.feed, begun.found.people.as_deref(), part) {
        Ok(taken) => {
            let head = taken.head;
            begun.turn.commit(taken).await?;
            Ok(Imported { head })
        }
        Err(error) => {
            begun.turn.leave().await?;
            Err(error)
        }
    }
}

/// What a part changes.
fn arrived(caller: &Caller, feed: Feed, people: Option<&str>, part: Import) -> Result<Taken, ImportError> {
    let Some(caller) = members::allowed(caller, people)? else { return Err(StoreError::NotAMember.into()) };
    if !caller.roles.contains(&Role::Admin) {
        return Err(ImportError::Role);
    }
    let mut people: People = members::read(people)?;
    let mut taken = Taken { head: feed.head, last_at: feed.last_at, ..Taken::default() };
    match people.import {
        Some(known) if known.id == part.id && known.done => return Ok(taken),
        Some(known) if known.id == part.id => {}
        None if feed.head == 0 => {}
        _ => return Err(ImportError::NotEmpty),
    }
    for change in part.changes {
        take_change(&caller, &mut taken, change, feed.head)?;
    }
    for state in part.states {
        let written = written(&caller, state, taken.head)?;
        taken.aggregates.push(written);
    }
    people.import = Some(Importing { id: part.id, done: part.done });
    taken.people = Some(members::written(&people)?);
    Ok(taken)
}

fn take_change(caller: &Caller, taken: &mut Taken, change: Change, here: u64) -> Result<(), ImportError> {
    // Of a part whose answer was lost.
    if change.number <= here {
        return Ok(());
    }
    if change.number <= taken.head {
        return Err(ImportError::Unsound("order"));
    }
    own(caller, change.command.aggregate)?;
    (taken.head, taken.last_at) = (change.number, taken.last_at.max(change.taken_at));
    taken.commands.push(Command {
        number: change.number,
        actor: change.actor,
        taken_at: change.taken_at,
        envelope: change.command,
    });
    Ok(())
}

fn written(caller: &Caller, state: State, head: u64) -> Result<Written, ImportError> {
    let State { aggregate: of, revision, number, state } = state;
    own(caller, of)?;
    if number > head {
        return Err(ImportError::Unsound("number"));
    }
    let json = state.to_string();
    let read = Aggregate::read(of, &json).map_err(|_| ImportError::Unsound("state"))?;
    if read.of() != of {
        return Err(ImportError::Unsound("id"));
    }
    let entry = match read {
        Aggregate::Workspace(_) | Aggregate::Installation(_) => Entry::None,
        Aggregate::Project(project) => {
            Entry::Project { name_folded: folded(&project.details.name), slug: project.details.slug }
        }
        Aggregate::Run(run) => Entry::Run { project: run.project, version: run.version, started: number },
    };
    Ok(Written { state: Held { of, revision, json }, number, entry })
}

/// Nothing of another workspace comes along.
fn own(caller: &Caller, of: AggregateRef) -> Result<(), ImportError> {
    match of {
        AggregateRef::Workspace(id) if id != caller.workspace => Err(ImportError::Unsound("workspace")),
        _ => Ok(()),
    }
}
