//! A feed as server-sent events (WHATWG HTML, *Server-sent events*). `head` tells where the feed stands, the first one
//! at once; what was taken is then read page by page as ever: an event that is lost costs nothing but time. `here` tells
//! who else has such a stream open.

use std::convert::Infallible;
use std::time::Duration;

use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use domain::protocol::{Here, Present};
use futures_util::stream::unfold;
use tokio::sync::watch;
use tokio::time::{Instant, Interval, interval_at};

use crate::Service;
use crate::error::StoreError;
use crate::identity::Caller;
use crate::live::{Connection, Position, Standing};
use crate::metrics::Open;

/// How often a stream that has nothing to tell shows that it is there.
const ALIVE: Duration = Duration::from_secs(15);

/// How long whoever was removed, or whose token ran out, still hears that the feed moves.
const ASK_AGAIN: Duration = Duration::from_secs(5);

/// Opens a stream for a caller.
pub(crate) async fn stream(service: &Service, caller: &Caller) -> Result<impl IntoResponse, StoreError> {
    let now = (service.clock)();
    let (feed, connection) = service.live.listen(caller.workspace, caller.member, now).await?;
    let stopping = service.stopping.subscribe();
    let ask_again = interval_at(Instant::now() + ASK_AGAIN, ASK_AGAIN);
    let listener = Listener {
        service: service.clone(),
        caller: caller.clone(),
        feed,
        stopping,
        ask_again,
        told: None,
        told_here: None,
        _connection: connection,
        _open: Open::on(&service.metrics.streams),
    };
    let events = unfold(listener, |mut listener| async move {
        let event = listener.next().await?;
        Some((Ok::<_, Infallible>(event), listener))
    });
    // A proxy that gathers what it passes on would hold events back.
    let headers = [("cache-control", "no-store"), ("x-accel-buffering", "no")];
    Ok((headers, Sse::new(events).keep_alive(KeepAlive::new().interval(ALIVE))))
}

/// One who listens.
struct Listener {
    service: Service,
    caller: Caller,
    feed: watch::Receiver<Standing>,
    stopping: watch::Receiver<bool>,
    ask_again: Interval,
    told: Option<Position>,
    told_here: Option<Vec<Present>>,
    _connection: Connection,
    _open: Open,
}

impl Listener {
    /// The next event, or the end: the service stops, or the caller is let in no longer.
    async fn next(&mut self) -> Option<Event> {
        loop {
            let Standing { position, here } = self.feed.borrow_and_update().clone();
            if self.told != Some(position) {
                self.told = Some(position);
                let data = serde_json::to_string(&position).ok()?;
                return Some(Event::default().event("head").id(position.head.to_string()).data(data));
            }
            if let Some(here) = here
                && self.told_here.as_ref() != Some(&here)
            {
                let data = serde_json::to_string(&Here { here: here.clone() }).ok()?;
                self.told_here = Some(here);
                return Some(Event::default().event("here").data(data));
            }
            let Self { feed, stopping, ask_again, .. } = self;
            let stopped = async {
                let _ = stopping.wait_for(|stopping| *stopping).await;
            };
            tokio::select! {
                changed = feed.changed() => changed.ok()?,
                () = stopped => return None,
                _ = ask_again.tick() => {
                    if !self.service.may_go_on(&self.caller).await {
                        return None;
                    }
                }
            }
        }
    }
}
