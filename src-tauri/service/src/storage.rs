//! Storage: what the service keeps, behind one trait with two implementations.
//!
//! | | embedded, or a small team | a team |
//! |---|---|---|
//! | where | `SQLite`, one file ([`sqlite`]) | `PostgreSQL`, any number of replicas ([`postgres`]) |
//! | a workspace's lock | the file's write lock | its row in `workspace` |
//!
//! Reads are of one moment. Writes are a [`Turn`]: it holds the workspace's lock from its beginning, hands out what a
//! batch needs to know, and writes all that the batch changed together with its commit. Between the two stands only
//! the reducer, which is pure: nothing waits for anybody while the lock is held.
//!
//! Only this room opens a database.

pub(crate) mod calls;
pub(crate) mod credentials;
pub(crate) mod hooks;
pub(crate) mod loose;
pub(crate) mod messages;
pub(crate) mod postgres;
pub(crate) mod sqlite;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use async_trait::async_trait;
use domain::command::Envelope;
use domain::ids::{CommandId, MemberId, ProjectId, RunId, VersionId, WorkspaceId};
use domain::protocol::Present;
use domain::redact::Redacted;
use domain::{AggregateRef, Timestamp};
use serde::Serialize;
use serde_json::value::RawValue;
use tokio::sync::mpsc::UnboundedSender;
use uuid::Uuid;

use crate::error::StoreError;
use crate::identity::provider::Verified;

/// Where a page is large enough, in bytes of its commands and states: checklist runs can have thousands of items, and
/// a desktop holds a page in memory.
const PAGE_BYTES: usize = 4 * 1024 * 1024;

/// Where everything is kept.
#[async_trait]
pub(crate) trait Storage:
    hooks::Hooks + credentials::Credentials + calls::Calls + loose::LooseFiles + messages::Messages
{
    /// Gives workspaces their feeds, where they have none.
    async fn ensure(&self, workspaces: &[WorkspaceId]) -> Result<(), StoreError>;

    /// Where a feed stands.
    async fn feed(&self, workspace: WorkspaceId) -> Result<Feed, StoreError>;

    /// Commands after a number, and the newest state of each aggregate that they touch.
    async fn changes(&self, workspace: WorkspaceId, page: Page) -> Result<ChangesPage, StoreError>;

    /// States whose last number is greater than a number.
    async fn snapshot(&self, workspace: WorkspaceId, page: Page) -> Result<SnapshotPage, StoreError>;

    /// Takes a workspace's lock, and looks up what is known to be needed. Dropped, it leaves nothing.
    async fn turn(&self, workspace: WorkspaceId, wanted: &Wanted) -> Result<Begun, StoreError>;

    /// The people of a workspace, as their document stands.
    async fn people(&self, workspace: WorkspaceId) -> Result<Option<String>, StoreError>;

    /// The workspaces that somebody may belong to.
    async fn workspaces_of(&self, who: Lookup<'_>) -> Result<Vec<WorkspaceId>, StoreError>;

    /// Whether anybody of an identity provider belongs to any workspace.
    async fn anybody(&self) -> Result<bool, StoreError>;

    /// Keeps the hash of a first owner's code.
    async fn keep_code(&self, hash: &str, expires_at: Timestamp) -> Result<(), StoreError>;

    /// Whether a first owner's code was made, and its time is not over.
    async fn knows_code(&self, hash: &str, now: Timestamp) -> Result<bool, StoreError>;

    /// Gives every feed another epoch.
    async fn new_epochs(&self) -> Result<(), StoreError>;

    /// Says who is connected to this process, of these workspaces, and hears who is to any: each member once, since the
    /// first of their connections. Nothing of it is durable.
    async fn meet(
        &self,
        process: Uuid,
        workspaces: &BTreeSet<WorkspaceId>,
        here: Vec<(WorkspaceId, Present)>,
    ) -> Result<Vec<(WorkspaceId, Present)>, StoreError>;

    /// Tells other processes, some time soon.
    fn tell(&self, hint: Hint);

    /// Hears other processes, for as long as somebody receives.
    fn listen(&self, heard: UnboundedSender<Heard>);

    /// Whether the store can be read.
    async fn check(&self) -> Result<(), StoreError>;
}

/// A write under way, under its workspace's lock.
#[async_trait]
pub(crate) trait Turn: Send {
    /// Looks up more.
    async fn find(&mut self, wanted: &Wanted) -> Result<Found, StoreError>;

    /// Ends without having written anything.
    async fn leave(self: Box<Self>) -> Result<(), StoreError>;

    /// Writes what was taken, and commits: when this is done, it is on the disk.
    async fn commit(self: Box<Self>, taken: Taken) -> Result<(), StoreError>;
}

/// What other processes are told.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Hint {
    /// A feed moved.
    Moved(WorkspaceId),
    /// Somebody came or went.
    People(WorkspaceId),
}

/// What is heard of other processes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Heard {
    Told(Hint),
    /// Some hints may have been missed: anything may have happened.
    Missed,
}

/// A turn that has begun.
pub(crate) struct Begun {
    pub(crate) turn: Box<dyn Turn>,
    pub(crate) feed: Feed,
    pub(crate) found: Found,
}

/// Where a feed stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Feed {
    pub(crate) epoch: Uuid,
    /// The last number given.
    pub(crate) head: u64,
    /// When the last command was taken.
    pub(crate) last_at: Timestamp,
    /// The number of the last delivery.
    pub(crate) deliveries: u64,
}

/// Which page.
#[derive(Clone, Copy)]
pub(crate) struct Page {
    pub(crate) after: u64,
    pub(crate) limit: usize,
}

/// What a batch needs to know.
#[derive(Clone, Default, Debug)]
pub(crate) struct Wanted {
    pub(crate) commands: BTreeSet<CommandId>,
    pub(crate) aggregates: BTreeSet<AggregateRef>,
    /// Names as [`folded`] gives them.
    pub(crate) names: BTreeSet<String>,
    pub(crate) slugs: BTreeSet<String>,
    /// In the order in which they were started.
    pub(crate) runs_of: BTreeSet<(ProjectId, VersionId)>,
    /// The people of the workspace.
    pub(crate) people: bool,
}

impl Wanted {
    pub(crate) fn is_empty(&self) -> bool {
        let Self { commands, aggregates, names, slugs, runs_of, people } = self;
        commands.is_empty()
            && aggregates.is_empty()
            && names.is_empty()
            && slugs.is_empty()
            && runs_of.is_empty()
            && !people
    }
}

/// What was found of it.
#[derive(Default)]
pub(crate) struct Found {
    pub(crate) commands: Vec<Command>,
    pub(crate) aggregates: Vec<Held>,
    pub(crate) names: Vec<(String, ProjectId)>,
    pub(crate) slugs: Vec<(String, ProjectId)>,
    pub(crate) runs_of: Vec<((ProjectId, VersionId), RunId)>,
    pub(crate) people: Option<String>,
}

/// A command that was taken.
pub(crate) struct Command {
    pub(crate) number: u64,
    pub(crate) actor: MemberId,
    pub(crate) taken_at: Timestamp,
    pub(crate) envelope: Envelope,
}

/// A stored state.
pub(crate) struct Held {
    pub(crate) of: AggregateRef,
    pub(crate) revision: u64,
    pub(crate) json: String,
}

/// Whom to look up over all workspaces.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Lookup<'a> {
    /// Somebody of an identity provider.
    Subject { issuer: &'a str, subject: &'a str },
    /// Somebody who has an open invitation.
    Invited { email: &'a str },
}

impl<'a> Lookup<'a> {
    pub(crate) fn subject(who: &'a Verified) -> Self {
        Self::Subject { issuer: &who.issuer, subject: &who.subject }
    }
}

/// The people of a workspace, to be written.
#[derive(Clone, Debug)]
pub(crate) struct PeopleWritten {
    pub(crate) json: String,
    /// Issuer and subject of each.
    pub(crate) subjects: Vec<(String, String)>,
    /// The addresses of open invitations.
    pub(crate) invited: Vec<String>,
}

/// What a turn changes.
#[derive(Default)]
pub(crate) struct Taken {
    /// The last number given.
    pub(crate) head: u64,
    /// When that was.
    pub(crate) last_at: Timestamp,
    pub(crate) people: Option<PeopleWritten>,
    pub(crate) commands: Vec<Command>,
    pub(crate) aggregates: Vec<Written>,
}

impl Taken {
    /// The words that are taken away, each with its aggregate. What else is written with it has them no more; what was
    /// written before is the store's to blank, in the same transaction.
    pub(crate) fn redact(&mut self) -> Vec<(AggregateRef, Redacted)> {
        let redacts = |Command { envelope, actor, taken_at, .. }: &Command| {
            Redacted::by(envelope, *actor, *taken_at).map(|redacted| (envelope.aggregate, redacted))
        };
        let all: Vec<_> = self.commands.iter().filter_map(redacts).collect();
        for (of, redacted) in &all {
            for command in self.commands.iter_mut().filter(|command| command.envelope.aggregate == *of) {
                redacted.blank(&mut command.envelope);
            }
        }
        all
    }
}

/// A state to be written, and beside it what is looked up by something else than its id.
pub(crate) struct Written {
    pub(crate) state: Held,
    /// The number of the last command that changed it.
    pub(crate) number: u64,
    pub(crate) entry: Entry,
}

/// What is looked up of an aggregate.
pub(crate) enum Entry {
    None,
    Project {
        name_folded: String,
        slug: String,
    },
    /// What a run tests never changes: the first entry stands.
    Run {
        project: ProjectId,
        version: VersionId,
        started: u64,
    },
}

/// A page of the feed: [`domain::protocol::Changes`] with its commands and states as they are stored.
#[derive(Serialize)]
pub(crate) struct ChangesPage {
    pub(crate) epoch: Uuid,
    pub(crate) head: u64,
    pub(crate) deliveries: u64,
    pub(crate) more: bool,
    pub(crate) changes: Vec<ChangeRow>,
    pub(crate) states: Vec<StateRow>,
}

/// [`domain::protocol::Change`], as it is stored.
#[derive(Serialize)]
pub(crate) struct ChangeRow {
    pub(crate) number: u64,
    pub(crate) actor: MemberId,
    pub(crate) taken_at: Timestamp,
    pub(crate) command: Box<RawValue>,
}

/// A page of the snapshot: [`domain::protocol::Snapshot`] with its states as they are stored.
#[derive(Serialize)]
pub(crate) struct SnapshotPage {
    pub(crate) epoch: Uuid,
    pub(crate) head: u64,
    pub(crate) more: bool,
    pub(crate) states: Vec<StateRow>,
}

/// [`domain::protocol::State`], as it is stored.
#[derive(Serialize)]
pub(crate) struct StateRow {
    pub(crate) aggregate: AggregateRef,
    pub(crate) revision: u64,
    pub(crate) number: u64,
    pub(crate) state: Box<RawValue>,
}

/// An aggregate's kind as it stands in the tables, and its id.
fn key(aggregate: AggregateRef) -> (&'static str, Uuid) {
    match aggregate {
        AggregateRef::Workspace(id) => ("workspace", id.0),
        AggregateRef::Project(id) => ("project", id.0),
        AggregateRef::Run(id) => ("run", id.0),
        AggregateRef::Installation(id) => ("installation", id.0),
    }
}

/// Reads what [`key`] gives.
fn reference(kind: &str, id: Uuid) -> Result<AggregateRef, StoreError> {
    Ok(serde_json::from_value(serde_json::json!({ "kind": kind, "id": id }))?)
}

/// A name with its letters' case taken away.
pub(crate) fn folded(name: &str) -> String {
    name.trim().to_lowercase()
}

/// Numbers are signed in both databases; none comes near the end.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
