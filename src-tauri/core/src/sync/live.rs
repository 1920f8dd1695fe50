//! Others' work as it comes: a stream of server-sent events tells where the feed stands, and wakes the sync where that
//! is not where the store stands. What was done is then read page by page as ever. It tells as well who is here now,
//! which is kept nowhere: without a stream nobody is known to be.
//!
//! A stream that ends is opened again, with growing patience; its first event tells of whatever was missed meanwhile.

use std::convert::Infallible;
use std::time::Duration;

use domain::protocol::Present;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use super::api::{Api, CallError, Events, Said};
use super::backoff::{Backoff, MOST};
use super::transport::TransportError;
use super::{Waker, backoff};
use crate::store::feed::Position;
use crate::store::{Store, StoreError};

/// How long a stream may say nothing. The service shows every 15 seconds that it is there.
const SILENCE: Duration = Duration::from_secs(45);

/// Listens, for as long as there is something to listen to.
pub(super) async fn listen(api: Api, store: Store, waker: Waker, here: watch::Sender<Vec<Present>>) {
    let mut patience = Backoff::default();
    loop {
        let wait = match api.events().await {
            Ok(None) => return,
            Ok(Some(events)) => {
                let ended = follow(events, &store, &waker, &here, &mut patience).await;
                tell(&here, Vec::new());
                match ended {
                    Err(Ended::Store) => return,
                    Err(Ended::Call(error)) => {
                        tracing::debug!(%error, "the stream of changes ended");
                        patience.next()
                    }
                }
            }
            // Only an update or a sign-in helps, and the sync asks for those itself.
            Err(
                CallError::SignedOut
                | CallError::NotAMember
                | CallError::UpdateNeeded
                | CallError::Unreadable(_),
            ) => MOST,
            Err(CallError::Unavailable { retry_after: Some(asked), .. }) => asked.max(patience.next()),
            Err(error) => {
                tracing::debug!(%error, "no stream of changes");
                patience.next()
            }
        };
        sleep(wait.max(backoff::LEAST)).await;
    }
}

/// Why a stream is followed no longer.
enum Ended {
    Call(CallError),
    Store,
}

/// Says who is here, where that is news.
fn tell(here: &watch::Sender<Vec<Present>>, now: Vec<Present>) {
    here.send_if_modified(|known| {
        let news = *known != now;
        *known = now;
        news
    });
}

async fn follow(
    mut events: Events,
    store: &Store,
    waker: &Waker,
    here: &watch::Sender<Vec<Present>>,
    patience: &mut Backoff,
) -> Result<Infallible, Ended> {
    loop {
        let silent = |_| Ended::Call(TransportError::Lost("the stream fell silent".to_owned()).into());
        let said = timeout(SILENCE, events.next()).await.map_err(silent)?.map_err(Ended::Call)?;
        let position = match said {
            None => continue,
            Some(Said::Here(now)) => {
                tell(here, now.here);
                continue;
            }
            Some(Said::Told(position)) => position,
        };
        patience.reset();
        let read = store.read(|view| {
            let at = view.feed()?;
            Ok::<_, StoreError>(at)
        });
        let known = read.await.map_err(|_| Ended::Store)?;
        let moved = |at: Position| {
            (at.epoch, at.head) != (position.epoch, position.head) || at.deliveries < position.deliveries
        };
        if known.is_none_or(moved) {
            waker.wake();
        }
    }
}
