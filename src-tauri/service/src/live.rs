//! Live changes: who listens to a feed hears, at most [`DEBOUNCE`] late, that it moved.
//!
//! A hint says only that a feed is worth looking at. Hints come from writes in this process and, through the storage,
//! from other replicas; many at once become one look, and one look serves everybody who listens to that feed here. A
//! hint may be lost (a replica's connection was away, a database has no notifications): every feed that somebody
//! listens to is looked at every [`LOOK_EVERY`] all the same.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use domain::ids::WorkspaceId;
use serde::Serialize;
use tokio::sync::{Notify, mpsc, watch};
use tokio::time::{Instant, interval_at, sleep};
use uuid::Uuid;

use crate::error::StoreError;
use crate::storage::{Heard, Storage};

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

/// Those who listen, by workspace.
pub(crate) struct Live {
    storage: Arc<dyn Storage>,
    shared: Mutex<Shared>,
    hinted: Arc<Notify>,
}

#[derive(Default)]
struct Shared {
    feeds: BTreeMap<WorkspaceId, watch::Sender<Position>>,
    hints: BTreeSet<WorkspaceId>,
    /// Whether the task that looks is running: it starts with the first who listens.
    looking: bool,
}

impl Live {
    pub(crate) fn new(storage: Arc<dyn Storage>) -> Arc<Self> {
        Arc::new(Self { storage, shared: Mutex::default(), hinted: Arc::default() })
    }

    /// A feed moved by a write in this process.
    pub(crate) fn moved(&self, workspace: WorkspaceId) {
        self.storage.tell(workspace);
        self.hint([workspace]);
    }

    /// Where a feed stands, now and from now on.
    pub(crate) async fn listen(
        self: &Arc<Self>,
        workspace: WorkspaceId,
    ) -> Result<watch::Receiver<Position>, StoreError> {
        let receiver = if let Some(receiver) = self.subscribed(workspace) {
            receiver
        } else {
            let position = self.look_at(workspace).await?;
            let mut shared = self.shared();
            shared.feeds.entry(workspace).or_insert_with(|| watch::channel(position).0).subscribe()
        };
        let start = !std::mem::replace(&mut self.shared().looking, true);
        if start {
            let (heard, hints) = mpsc::unbounded_channel();
            self.storage.listen(heard);
            tokio::spawn(run(Arc::downgrade(self), Arc::clone(&self.hinted), hints));
        }
        // What moved between the look and the subscription is looked at once more.
        self.hint([workspace]);
        Ok(receiver)
    }

    fn subscribed(&self, workspace: WorkspaceId) -> Option<watch::Receiver<Position>> {
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

    fn hint_all(&self) {
        let all: Vec<WorkspaceId> = self.shared().feeds.keys().copied().collect();
        self.hint(all);
    }

    async fn look_at(&self, workspace: WorkspaceId) -> Result<Position, StoreError> {
        let feed = self.storage.feed(workspace).await?;
        Ok(Position { epoch: feed.epoch, head: feed.head, deliveries: feed.deliveries })
    }

    /// Looks at every feed that was hinted at, and forgets those that nobody listens to any more.
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
                        feed.send_if_modified(|at| std::mem::replace(at, position) != position);
                    }
                }
                // The next look is never far away.
                Err(error) => tracing::warn!(%error, "a feed cannot be looked at"),
            }
        }
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
                Heard::Moved(workspace) => live.hint([workspace]),
                Heard::Missed => live.hint_all(),
            }
            heard = hints.try_recv().ok();
        }
        live.look().await;
    }
}
