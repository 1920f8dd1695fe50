//! Telling: alerts as they come and a digest once a day, by mail and to chat tools, from the service itself: desktops may
//! be closed, and people away.
//!
//! What is told is what the desktop shows ([`domain::alert`]), without secrets: events hold none here. It goes to whoever
//! looks after it, or to whoever covers; where nobody does, to the partner managers. Three days and one day before a
//! deadline a second person hears of it, too.
//!
//! Each thing is told once to each, over all replicas: the storage keeps what was told, and messages wait there until they
//! are sent ([`crate::storage::messages`]). A message is sent twice only where a replica is killed between the mail
//! server's *taken* and its own note of it; both then have one `Message-ID`.

mod compose;
mod config;
mod send;
mod words;

use std::sync::Arc;
use std::time::Duration;

use domain::Timestamp;
use domain::alert::{DAY, NEWS};
use domain::ids::{ProjectId, WorkspaceId};
use domain::project::Project;
use domain::protocol::FailingApp;
use futures_util::future::join_all;
use tokio::sync::watch;

pub use config::{Telling, TellingError};

use crate::Service;
use crate::error::StoreError;
use crate::storage::messages::{Look, Message, MessageTried, Old};
use send::Unsent;

/// How long an app may take no events before somebody is told: it may just be starting anew.
const LATE: i64 = 15 * 60_000;
/// How often it is looked whether something is to be told.
const LOOK: Duration = Duration::from_mins(1);
/// How long a workspace that is looked through is left to whoever does.
const LOOKED: i64 = 55_000;
/// How long a message that is taken to be sent is left to whoever took it: longer than any sending takes.
const TAKEN: i64 = 5 * 60_000;
/// How many messages are on their way at once.
const AT_ONCE: usize = 4;
/// How long after a try the next one follows; the last for all that come after.
const AGAIN: [i64; 4] = [60_000, 300_000, 1_800_000, 3_600_000];
/// How long a mail server that is away is waited for: three days.
const PATIENCE: i64 = 3 * DAY;
/// How long is kept that a message was sent, or why it was not.
const KEPT: i64 = 30 * DAY;
/// How long it is known what was told: news is told for a shorter time; a date that is over for so long comes again.
const KNOWN: i64 = 366 * DAY;

impl Service {
    /// Sends alerts and digests.
    #[must_use]
    pub fn telling(self, telling: Telling) -> Self {
        Self { telling: Some(Arc::new(telling)), ..self }
    }

    /// Looks through what is to be told, and sends what is due. The program does so by itself while it serves.
    pub async fn tell_alerts(&self) -> Result<(), crate::OpenError> {
        let Some(telling) = &self.telling else { return Ok(()) };
        let now = (self.clock)();
        for look in self.storage.take_looks(now, Timestamp(now.0 + LOOKED)).await? {
            self.look(telling, &look, now).await?;
        }
        loop {
            let now = (self.clock)();
            let due = self.storage.take_messages(now, Timestamp(now.0 + TAKEN), AT_ONCE).await?;
            if due.is_empty() {
                return Ok(());
            }
            // At once: one that is slow holds up none beside it, and none longer than it may be taken.
            let sent = join_all(due.iter().map(|message| self.try_sending(telling, message))).await;
            sent.into_iter().collect::<Result<(), _>>()?;
        }
    }

    /// Tries to send a message, and notes what came of it.
    async fn try_sending(&self, telling: &Telling, message: &Message) -> Result<(), StoreError> {
        let sent = self.send(telling, message).await;
        let now = (self.clock)();
        let recipient = &message.recipient;
        let tried = match sent {
            Ok(()) => MessageTried::Sent,
            Err(Unsent { fault, for_good }) if for_good || now.0 - message.since.0 >= PATIENCE => {
                tracing::warn!(recipient, fault, "a message is given up");
                MessageTried::GivenUp { fault }
            }
            Err(Unsent { fault, .. }) => {
                tracing::warn!(recipient, fault, "a message waits");
                let wait = AGAIN[(message.tries as usize).min(AGAIN.len() - 1)];
                MessageTried::Again { due: Timestamp(now.0 + wait), fault }
            }
        };
        self.storage.message_tried(message, tried).await
    }

    async fn look(&self, telling: &Telling, look: &Look, now: Timestamp) -> Result<(), StoreError> {
        let Some(found) = self.team(look, now).await? else { return Ok(()) };
        for message in compose::alerts(&found, telling, look, now) {
            self.storage.keep_message(look.workspace, message).await?;
        }
        let Some(day) = telling.digest_day(now).filter(|day| *day != look.digest) else { return Ok(()) };
        let projects = self.read_all(look.workspace, "project").await?;
        for message in compose::digests(&found, &projects, telling, &day, now) {
            self.storage.keep_message(look.workspace, message).await?;
        }
        let old = Old { messages: Timestamp(now.0 - KEPT), told: Timestamp(now.0 - KNOWN) };
        self.storage.digested(look.workspace, day, old).await
    }

    /// What there is to tell of a workspace, and its people. None before the workspace was made.
    async fn team(&self, look: &Look, now: Timestamp) -> Result<Option<compose::Team>, StoreError> {
        let id = look.workspace;
        let Some(workspace) = self.read_all(id, "workspace").await?.pop() else { return Ok(None) };
        let people = self.storage.people(id).await?;
        let people = people.map(|json| serde_json::from_str(&json)).transpose()?.unwrap_or_default();
        let installations = self.read_all(id, "installation").await?;
        let failing = self.failing(id, look.since, now).await?;
        let projects: Vec<Project> =
            if failing.is_empty() { Vec::new() } else { self.read_all(id, "project").await? };
        let of = |id: ProjectId| projects.iter().find(|project| project.id == id).cloned();
        let failing = failing.into_iter().map(|one| (one, of(one.project))).collect();
        Ok(Some(compose::Team { workspace, people, installations, failing }))
    }

    /// What apps behind the relay did not take: what waits for long, and what was given up lately.
    pub(crate) async fn failing(
        &self,
        workspace: WorkspaceId,
        since: Timestamp,
        now: Timestamp,
    ) -> Result<Vec<FailingApp>, StoreError> {
        let known = Timestamp(since.0.max(now.0 - NEWS));
        self.storage.failing(workspace, Timestamp(now.0 - LATE), known).await
    }

    /// All aggregates of a kind; one that a newer version wrote is left out.
    async fn read_all<T: serde::de::DeserializeOwned>(
        &self,
        workspace: WorkspaceId,
        kind: &'static str,
    ) -> Result<Vec<T>, StoreError> {
        let states = self.storage.states(workspace, kind).await?;
        Ok(states.iter().filter_map(|json| serde_json::from_str(json).ok()).collect())
    }

    /// Tells for as long as the service serves.
    pub(crate) async fn tell_on(self, mut stopping: watch::Receiver<bool>) {
        if self.telling.is_none() {
            return;
        }
        loop {
            if let Err(error) = self.tell_alerts().await {
                tracing::warn!(%error, "alerts cannot be looked through");
            }
            tokio::select! {
                () = tokio::time::sleep(LOOK) => {}
                _ = stopping.wait_for(|stopping| *stopping) => return,
            }
        }
    }
}
