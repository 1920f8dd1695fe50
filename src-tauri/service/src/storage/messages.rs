//! What is kept of messages that the service sends: what was told to whom, and what is on its way.
//!
//! Several services over one database look and send at once. Each looks through a workspace under a turn that the others
//! leave out ([`Messages::take_looks`]); what is to be told is written down once, by its name and whom it is told, in the
//! transaction that writes the message ([`Messages::keep_message`]); and one service at a time has a message in its hands
//! ([`Messages::take_messages`]).

use async_trait::async_trait;
use domain::Timestamp;
use domain::ids::WorkspaceId;
use domain::protocol::FailingApp;
use uuid::Uuid;

use crate::error::StoreError;

/// The part of storage that telling needs.
#[async_trait]
pub(crate) trait Messages: Send + Sync {
    /// The workspaces whose alerts are to be looked through, taken out of others' sight until `until`.
    async fn take_looks(&self, now: Timestamp, until: Timestamp) -> Result<Vec<Look>, StoreError>;

    /// The states of all aggregates of a kind.
    async fn states(&self, workspace: WorkspaceId, kind: &'static str) -> Result<Vec<String>, StoreError>;

    /// What apps behind the relay did not take: what waits since before `late`, and what was given up since `known`.
    async fn failing(
        &self,
        workspace: WorkspaceId,
        late: Timestamp,
        known: Timestamp,
    ) -> Result<Vec<FailingApp>, StoreError>;

    /// Notes for which day the digests of a workspace were made, and forgets what is old enough.
    async fn digested(&self, workspace: WorkspaceId, day: String, old: Old) -> Result<(), StoreError>;

    /// Keeps a message with the lines that its recipient was not told: none where that leaves nothing.
    async fn keep_message(&self, workspace: WorkspaceId, message: NewMessage) -> Result<(), StoreError>;

    /// What is due to be sent, taken out of others' sight until `until`.
    async fn take_messages(
        &self,
        now: Timestamp,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<Message>, StoreError>;

    /// Notes a try.
    async fn message_tried(&self, message: &Message, tried: MessageTried) -> Result<(), StoreError>;
}

/// A workspace whose alerts are looked through.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Look {
    pub(crate) workspace: WorkspaceId,
    /// Since when its alerts are sent: what happened before is known.
    pub(crate) since: Timestamp,
    /// The day of the last digest, `YYYY-MM-DD`; empty before the first.
    pub(crate) digest: String,
}

/// Since when nobody asks any more.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Old {
    /// For messages that were sent, or given up.
    pub(crate) messages: Timestamp,
    /// For what was told.
    pub(crate) told: Timestamp,
}

/// A message to be kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct NewMessage {
    pub(crate) id: Uuid,
    pub(crate) recipient: String,
    pub(crate) language: String,
    /// The workspace's name.
    pub(crate) from: String,
    pub(crate) digest: bool,
    /// The name by which the whole is told once, whatever stands in it; without it each line is by its own.
    pub(crate) once: Option<String>,
    /// Each with its name.
    pub(crate) lines: Vec<(String, String)>,
    pub(crate) at: Timestamp,
}

impl NewMessage {
    /// The names by which it is told once.
    pub(super) fn names(&self) -> Vec<&str> {
        match &self.once {
            Some(once) => vec![once],
            None => self.lines.iter().map(|(name, _)| &**name).collect(),
        }
    }

    /// The lines that are left, of these names none was told before.
    pub(super) fn left(&self, fresh: &[String]) -> Vec<String> {
        let fits = |name: &String| {
            self.once.as_ref().map_or_else(|| fresh.contains(name), |once| fresh.contains(once))
        };
        self.lines.iter().filter(|(name, _)| fits(name)).map(|(_, line)| line.clone()).collect()
    }

    /// What is stored of it, with the lines that are left.
    pub(super) fn content(&self, lines: Vec<String>) -> Result<String, StoreError> {
        let (language, from) = (self.language.clone(), self.from.clone());
        let content = Content { digest: self.digest, language, from, lines };
        Ok(serde_json::to_string(&content)?)
    }
}

/// What a message says.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
pub(crate) struct Content {
    pub(crate) digest: bool,
    pub(crate) language: String,
    pub(crate) from: String,
    pub(crate) lines: Vec<String>,
}

/// A message on its way.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Message {
    pub(crate) workspace: WorkspaceId,
    pub(crate) id: Uuid,
    pub(crate) recipient: String,
    pub(crate) content: String,
    pub(crate) since: Timestamp,
    pub(crate) tries: u32,
}

/// What came of a try.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum MessageTried {
    Sent,
    Again { due: Timestamp, fault: String },
    GivenUp { fault: String },
}

impl MessageTried {
    /// The state, when it is tried again, and why it was not sent.
    pub(super) fn columns(self) -> (&'static str, Option<i64>, String) {
        match self {
            Self::Sent => ("sent", None, String::new()),
            Self::Again { due, fault } => ("waiting", Some(due.0), fault),
            Self::GivenUp { fault } => ("given_up", None, fault),
        }
    }
}
