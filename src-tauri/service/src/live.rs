//! Live changes: who listens to a feed hears, at most [`DEBOUNCE`] late, that it moved, and who else listens.
//!
//! A hint says only that a feed, or the people who listen to it, are worth looking at. Hints come from this process
//! and, through the storage, from other replicas; many at once become one look, and one look serves everybody who
//! listens to that feed here. A hint may be lost (a replica's connection was away, a database has no notifications):
//! every feed that somebody listens to is looked at every [`LOOK_EVERY`] all the same.
//!
//! Who listens is kept in memory, and shared between replicas by rows that are renewed at each of these looks; nothing
//! of it is durable.

mod people;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use domain::Timestamp;
use domain::ids::{MemberId, WorkspaceId};
use domain::protocol::Present;
use serde::Serialize;
use tokio::sync::{Notify, mpsc, watch};
use tokio::time::{Instant, interval_at, sleep};
use uuid::Uuid;

use crate::error::StoreError;
use crate::storage::{Heard, Hint, Storage};
pub(crate) use people::Connection;
use people::People;

/// How long hints are gathered before feeds are looked at.
const DEBOUNCE: Duration = Duration::from_millis(20);
/// How often feeds are looked at that nobody hinted at.
const LOOK_EVERY: Duration = Duration::from_secs(15);

/// Where a feed stands, as those who listen are told; numbers tell nobody what was taken or delivered.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub(crate) struct Position {
    /// The feed's epoch.
    pub(crate) epoch: Uuid,
    /// The last number given.
    pub(crate) head: u64,
    /// The number of the last delivery.
    pub(crate) deliveries: u64,
}

/// A feed as those who listen hear of it.
#[derive(Clone, Debug)]
pub(crate) struct Standing {
    pub(crate) position: Position,
    /// Who listens, over all replicas; unknown before the first look.
    pub(crate) here: Option<Vec<Present>>,
}

/// Those who listen, by workspace.
pub(crate) struct Live {
    storage: Arc<dyn Storage>,
    /// This process, among those that share the storage.
    process: Uuid,
    shared: Mutex<Shared>,
    hinted: Arc<Notify>,
}

#[derive(Default)]
struct Shared {
    feeds: BTreeMap<WorkspaceId, watch::Sender<Standing>>,
    people: People,
    /// Feeds to look at.
    hints: BTreeSet<WorkspaceId>,
    /// Whether the task that looks is running: it starts with the first who listens.
    looking: bool,
}

impl Live {
    pub(crate) fn new(storage: Arc<dyn Storage>) -> Arc<Self> {
        let shared = Mutex::default();
        Arc::new(Self { storage, process: Uuid::now_v7(), shared, hinted: Arc::default() })
    }

    /// A feed moved by a write in this process.
    pub(crate) fn moved(&self, workspace: WorkspaceId) {
        self.storage.tell(Hint::Moved(workspace));
        self.hint([workspace]);
    }

    /// How a feed stands, now and from now on. The member is there for as long as the connection is held.
    pub(crate) async fn listen(
        self: &Arc<Self>,
        workspace: WorkspaceId,
        member: MemberId,
        now: Timestamp,
    ) -> Result<(watch::Receiver<Standing>, Connection), StoreError> {
        let receiver = if let Some(receiver) = self.subscribed(workspace) {
            receiver
        } else {
            let standing = Standing { position: self.look_at(workspace).await?, here: None };
            let mut shared = self.shared();
            shared.feeds.entry(workspace).or_insert_with(|| watch::channel(standing).0).subscribe()
        };
        let start = !std::mem::replace(&mut self.shared().looking, true);
        if start {
            let (heard, hints) = mpsc::unbounded_channel();
            self.storage.listen(heard);
            tokio::spawn(run(Arc::downgrade(self), Arc::clone(&self.hinted), hints));
        }
        self.shared().people.enter(workspace, member, now);
        // What moved between the look and the subscription is looked at once more.
        self.hint([workspace]);
        Ok((receiver, Connection::new(Arc::downgrade(self), workspace, member)))
    }

    fn subscribed(&self, workspace: WorkspaceId) -> Option<watch::Receiver<Standing>> {
        self.shared().feeds.get(&workspace).map(watch::Sender::subscribe)
    }

    fn hint(&self, workspaces: impl IntoIterator<Item = WorkspaceId>) {
        let mut shared = self.shared();
        let Shared { feeds, hints, .. } = &mut *shared;
        hints.extend(workspaces.into_iter().filter(|workspace| feeds.contains_key(workspace)));
        if !hints.is_empty() {
            self.hinted.notify_one();
        }
    }

    fn hint_people(&self, workspace: WorkspaceId) {
        let mut shared = self.shared();
        if shared.feeds.contains_key(&workspace) {
            shared.people.look_at(workspace);
        }
    }

    /// Whatever is listened to is looked at, people included.
    fn hint_all(&self) {
        let mut shared = self.shared();
        let Shared { feeds, hints, people, .. } = &mut *shared;
        hints.extend(feeds.keys());
        people.look_at_all(feeds.keys().copied());
    }

    async fn look_at(&self, workspace: WorkspaceId) -> Result<Position, StoreError> {
        let feed = self.storage.feed(workspace).await?;
        Ok(Position { epoch: feed.epoch, head: feed.head, deliveries: feed.deliveries })
    }

    /// Looks at all that was hinted at, and forgets feeds that nobody listens to any more.
    async fn look(&self) {
        let hints = {
            let mut shared = self.shared();
            shared.feeds.retain(|_, feed| feed.receiver_count() > 0);
            std::mem::take(&mut shared.hints)
        };
        for workspace in hints {
            match self.look_at(workspace).await {
                Ok(position) => {
                    if let Some(feed) = self.shared().feeds.get(&workspace) {
                        feed.send_if_modified(|at| std::mem::replace(&mut at.position, position) != position);
                    }
                }
                // The next look is never far away.
                Err(error) => tracing::warn!(%error, "a feed cannot be looked at"),
            }
        }
        self.look_at_people().await;
    }

    fn shared(&self) -> std::sync::MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The task that looks finds the service gone, and ends.
impl Drop for Live {
    fn drop(&mut self) {
        self.hinted.notify_one();
    }
}

/// Looks at feeds until the service is gone.
async fn run(live: Weak<Live>, hinted: Arc<Notify>, mut hints: mpsc::UnboundedReceiver<Heard>) {
    let mut look_every = interval_at(Instant::now() + LOOK_EVERY, LOOK_EVERY);
    // Where nobody else writes there is nothing to hear.
    let mut hearing = true;
    loop {
        let mut heard = tokio::select! {
            () = hinted.notified() => None,
            heard = hints.recv(), if hearing => {
                hearing = heard.is_some();
                heard
            }
            _ = look_every.tick() => Some(Heard::Missed),
        };
        sleep(DEBOUNCE).await;
        let Some(live) = live.upgrade() else { return };
        while let Some(hint) = heard {
            match hint {
                Heard::Told(Hint::Moved(workspace)) => live.hint([workspace]),
                Heard::Told(Hint::People(workspace)) => live.hint_people(workspace),
                Heard::Missed => live.hint_all(),
            }
            heard = hints.try_recv().ok();
        }
        live.look().await;
    }
}
