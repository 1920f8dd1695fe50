//! Sync: what a person did goes to the partner service in order, what the service decided comes back.
//!
//! One task does one round after another, each from what the store says: it can be ended at any point and started
//! again. It is woken by local work, and by others' through a stream of events where a service is shared. What goes wrong is waited out
//! with growing patience; nothing is asked for in a tight loop, and nothing queued is ever let go.
//!
//! Absent on purpose: who may do what (the service decides), sign-in (whoever makes the transport), screens.

mod api;
mod backoff;
mod deliveries;
mod failing;
mod files;
mod live;
mod people;
mod receiving;
mod round;
mod transport;
mod whole;

use std::sync::Arc;
use std::time::Duration;

use domain::Timestamp;
use domain::protocol::Present;
use tokio::sync::{Mutex, Notify, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, sleep_until, timeout_at};

pub use api::CallError;
pub use files::Files;
pub use people::People;
pub use receiving::{Receiving, SetSecrets};
pub use transport::{
    Asking, Chunks, Http, InProcess, NoToken, Opening, Piece, Sending, Tokens, Transport, TransportError,
};
pub use whole::Whole;

use crate::store::{Store, StoreError};
use api::Api;
use backoff::Backoff;
use round::{Round, RoundError, Rounds};

/// The clock.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + std::marker::Sync>;

/// A round that takes longer than this is shown.
const SHOWN_AFTER: Duration = Duration::from_millis(200);

/// How the sync stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SyncStatus {
    /// What it is doing.
    pub state: SyncState,
    /// Commands that wait to be taken.
    pub queued: usize,
    /// Commands that conflict.
    pub conflicted: usize,
    /// Commands that were refused.
    pub refused: usize,
    /// When everything was sent and read last, by the desktop's clock.
    pub last_synced_at: Option<Timestamp>,
}

/// What the sync is doing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SyncState {
    /// Up to date.
    Idle,
    /// At work.
    Syncing {
        /// How many of the commands that waited were answered so far.
        sent: usize,
    },
    /// The service cannot be reached, or cannot answer; tried again by itself.
    Offline {
        /// Since when.
        since: Timestamp,
    },
    /// The service is there and takes nothing now; tried again by itself.
    Busy {
        /// When, by the desktop's clock.
        until: Timestamp,
    },
    /// Something on the way answers in the service's place: a proxy, or a network that asks to sign in. Tried again by
    /// itself.
    Intercepted,
    /// The service does not know who is asking.
    SignedOut,
    /// The service knows who is asking, and they are no member (any more).
    NotAMember,
    /// The service asks for a newer console before it takes more; reading goes on.
    UpdateNeeded,
}

/// Wakes the sync: there is something to send, or somebody signed in.
#[derive(Clone, Debug)]
pub struct Waker(Arc<Notify>);

impl Waker {
    /// Wakes it. Waking it while it works makes it look once more.
    pub fn wake(&self) {
        self.0.notify_one();
    }
}

/// A running sync.
#[derive(Debug)]
pub struct Sync {
    waker: Waker,
    files: Files,
    whole: Whole,
    status: watch::Receiver<SyncStatus>,
    here: watch::Receiver<Vec<Present>>,
    task: Mutex<Option<JoinHandle<()>>>,
}

/// Starts syncing a store with a service. It ends with [`Sync::stop`], or when the handle is dropped.
///
/// Call it inside a tokio runtime.
pub fn start(store: Store, transport: Arc<dyn Transport>, clock: Clock) -> Sync {
    let waker = Waker(Arc::new(Notify::new()));
    let (status, watched) = watch::channel(SyncStatus {
        state: SyncState::Idle,
        queued: 0,
        conflicted: 0,
        refused: 0,
        last_synced_at: None,
    });
    let api = Api::new(transport);
    let (files, whole) = (Files::new(api.clone()), Whole::of(api.clone()));
    let rounds = Rounds { store, api, clock };
    let (present, here) = watch::channel(Vec::new());
    let listening = live::listen(rounds.api.clone(), rounds.store.clone(), waker.clone(), present);
    let looking = failing::look(rounds.api.clone(), rounds.store.clone());
    let working = run(rounds, waker.clone(), status);
    let task = tokio::spawn(async move {
        // With nothing to listen to or to look at it goes on all the same.
        let beside = async {
            tokio::join!(listening, looking);
            std::future::pending::<()>().await;
        };
        tokio::select! {
            () = working => {}
            () = beside => {}
        }
    });
    Sync { waker, files, whole, status: watched, here, task: Mutex::new(Some(task)) }
}

impl Sync {
    /// Wakes it from elsewhere.
    pub fn waker(&self) -> Waker {
        self.waker.clone()
    }

    /// Asks the service for files.
    pub fn files(&self) -> Files {
        self.files.clone()
    }

    /// The workspace as its service has it.
    pub fn whole(&self) -> Whole {
        self.whole.clone()
    }

    /// How it stands.
    pub fn status(&self) -> SyncStatus {
        *self.status.borrow()
    }

    /// How it stands, from now on.
    pub fn watch(&self) -> watch::Receiver<SyncStatus> {
        self.status.clone()
    }

    /// Who is connected to the service now; nobody, where that cannot be told.
    pub fn here(&self) -> watch::Receiver<Vec<Present>> {
        self.here.clone()
    }

    /// Ends it, wherever it is: what was in flight is asked for again at the next start.
    pub async fn stop(&self) {
        if let Some(task) = self.task.lock().await.take() {
            task.abort();
            let _ = task.await;
        }
    }
}

impl Drop for Sync {
    fn drop(&mut self) {
        if let Some(task) = self.task.get_mut().take() {
            task.abort();
        }
    }
}

async fn run(rounds: Rounds, waker: Waker, status: watch::Sender<SyncStatus>) {
    let mut patience = Backoff::default();
    loop {
        if status.borrow().state != SyncState::Idle {
            // While the service is away, what waits for it is counted up as it comes.
            publish(&rounds.store, &status, None).await;
        }
        let done = shown(&rounds, &status).await;
        // Counted from the answer: a service that takes long to fail is left alone as long as any other.
        let ended = Instant::now();
        let (least, most) = match &done {
            Ok(Round::Complete) => {
                patience.reset();
                (Duration::ZERO, rounds.api.look_every())
            }
            // What was read made commands, which are to be sent.
            Ok(Round::More) => {
                patience.reset();
                (Duration::ZERO, Some(Duration::ZERO))
            }
            // Nothing but an update, a sign-in or an invitation helps: look now and then, and when woken.
            Ok(Round::ReadOnly)
            | Err(RoundError::Call(CallError::SignedOut | CallError::NotAMember | CallError::UpdateNeeded)) => {
                (backoff::LEAST, Some(backoff::MOST))
            }
            Err(RoundError::Call(CallError::Unavailable { retry_after: Some(asked), .. })) => {
                (*asked, Some((*asked).max(patience.next())))
            }
            Err(_) => (backoff::LEAST, Some(patience.next())),
        };
        let state = match &done {
            Ok(Round::Complete | Round::More) => SyncState::Idle,
            Ok(Round::ReadOnly) | Err(RoundError::Call(CallError::UpdateNeeded)) => SyncState::UpdateNeeded,
            Err(RoundError::Call(CallError::SignedOut)) => SyncState::SignedOut,
            Err(RoundError::Call(CallError::NotAMember)) => SyncState::NotAMember,
            Err(RoundError::Store(StoreError::Closed)) => return,
            Err(RoundError::Call(CallError::Intercepted { status })) => {
                tracing::warn!(status, "sync: something on the way answers in the service's place");
                SyncState::Intercepted
            }
            // 429 and 503: it answers, and says that it does not now.
            Err(RoundError::Call(CallError::Unavailable { status: status @ (429 | 503), .. })) => {
                tracing::warn!(status, "sync: the service is busy");
                let wait = i64::try_from(most.unwrap_or_default().as_millis()).unwrap_or_default();
                SyncState::Busy { until: Timestamp((rounds.clock)().0.saturating_add(wait)) }
            }
            Err(error) => {
                tracing::warn!(%error, "sync: tried again later");
                let since = match status.borrow().state {
                    SyncState::Offline { since } => since,
                    _ => (rounds.clock)(),
                };
                SyncState::Offline { since }
            }
        };
        publish(&rounds.store, &status, Some(state)).await;
        // Woken or not, it leaves the service alone for as long as it has to.
        sleep_until(ended + least).await;
        match most {
            None => waker.0.notified().await,
            Some(most) => {
                let _ = timeout_at(ended + most, waker.0.notified()).await;
            }
        }
    }
}

/// A round; one that takes long is shown as *syncing*, with each batch how far it is.
async fn shown(rounds: &Rounds, status: &watch::Sender<SyncStatus>) -> Result<Round, RoundError> {
    let (sent, mut answered) = watch::channel(0);
    let round = rounds.round(&sent);
    tokio::pin!(round);
    tokio::select! {
        done = &mut round => return done,
        () = sleep(SHOWN_AFTER) => {}
    }
    if status.borrow().state == SyncState::Idle {
        let sent = *answered.borrow_and_update();
        publish(&rounds.store, status, Some(SyncState::Syncing { sent })).await;
    }
    loop {
        tokio::select! {
            done = &mut round => return done,
            Ok(()) = answered.changed() => {
                // A service that was away is there again.
                let sent = *answered.borrow_and_update();
                publish(&rounds.store, status, Some(SyncState::Syncing { sent })).await;
            }
        }
    }
}

async fn publish(store: &Store, status: &watch::Sender<SyncStatus>, state: Option<SyncState>) {
    let read = store.read(|view| Ok::<_, StoreError>((view.counts()?, view.feed()?))).await;
    let Ok((counts, feed)) = read else { return };
    status.send_if_modified(|status| {
        let now = SyncStatus {
            state: state.unwrap_or(status.state),
            queued: counts.queued,
            conflicted: counts.conflicted,
            refused: counts.refused,
            last_synced_at: feed.and_then(|at| at.synced_at),
        };
        let changed = *status != now;
        *status = now;
        changed
    });
}

#[cfg(test)]
mod tests;
