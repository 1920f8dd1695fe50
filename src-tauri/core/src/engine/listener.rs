//! A listener on loopback, to put behind a tunnel while an app is developed: what comes to it is verified and taken as what
//! somebody takes by hand. A person starts and stops it; it ends with the workspace that it takes events for.
//!
//! Whoever finds the tunnel can send anything: bodies are bounded, connections few and short, and of what does not
//! verify only so much is looked at in a minute.

use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use bytes::Bytes;
use domain::installation::Received;
use domain::{Place, Role, Timestamp};
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::header::{self, HeaderValue};
use hyper::{Method, Request, Response, StatusCode};
use serde_json::json;
use talkdesk::event::BODY_LIMIT;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::{JoinHandle, JoinSet};

use super::{Engine, Error, ErrorCode, Inner};
use crate::ipc::events::{ListenerView, Outcome};
use crate::loopback;

const PATH: &str = "/events";
/// How long a connection may take, the verification of what it brings included.
const WITHIN: Duration = Duration::from_mins(1);
/// The most connections at a time.
const CONNECTIONS: usize = 16;
/// The most deliveries of a minute that do not verify, and are looked at.
const REFUSED_A_MINUTE: u32 = 60;
const MINUTE: i64 = 60_000;

/// One that listens. Dropped, it does no more.
pub(super) struct Listening {
    port: u16,
    since: Timestamp,
    seen: Arc<Mutex<Seen>>,
    task: JoinHandle<()>,
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// What came so far.
#[derive(Default)]
struct Seen {
    taken: u32,
    refused: u32,
    /// Why one was neither taken nor refused last: a vault that is locked.
    error: Option<Error>,
    /// Of which minute, and how many of it did not verify.
    minute: (i64, u32),
}

impl Seen {
    /// Whether one more is looked at.
    fn may(&mut self, now: Timestamp) -> bool {
        let minute = now.0.div_euclid(MINUTE);
        if self.minute.0 != minute {
            self.minute = (minute, 0);
        }
        self.minute.1 < REFUSED_A_MINUTE
    }
}

fn locked(seen: &Mutex<Seen>) -> MutexGuard<'_, Seen> {
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Engine {
    fn listening(&self) -> MutexGuard<'_, Option<Listening>> {
        self.0.listening.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How the listener stands, where there is one.
    pub(crate) fn listener(&self) -> Option<ListenerView> {
        let listening = self.listening();
        let listening = listening.as_ref()?;
        let seen = locked(&listening.seen);
        Some(ListenerView {
            url: format!("http://{}:{}{PATH}", Ipv4Addr::LOCALHOST, listening.port),
            since: listening.since,
            taken: seen.taken,
            refused: seen.refused,
            error: seen.error.clone(),
        })
    }

    /// Begins to listen at a port of loopback; 0 is any that is free. What listened before ends.
    pub(crate) async fn start_listener(&self, port: u16) -> Result<(), Error> {
        let (_, actor, _) = self.writer()?;
        if ![Role::PartnerManager, Role::Developer].iter().any(|role| actor.roles.contains(role)) {
            return Err(Error::new(ErrorCode::Forbidden));
        }
        // Its own port is no reason not to begin anew; for want of another, the one that listens stays.
        if self.listening().as_ref().is_some_and(|before| before.port == port) {
            self.stop_listener().await;
        }
        let taken = |_| Error::new(ErrorCode::Invalid).at(Place::input("port"));
        let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(taken)?;
        let port = socket.local_addr().map_err(|error| Error::internal(&error))?.port();
        self.stop_listener().await;
        let seen: Arc<Mutex<Seen>> = Arc::default();
        let task = tokio::spawn(listen(socket, Arc::downgrade(&self.0), seen.clone()));
        *self.listening() = Some(Listening { port, since: self.now(), seen, task });
        self.told(&["listener"]);
        Ok(())
    }

    /// Ends it, if there is one; its port is free then.
    pub(crate) async fn stop_listener(&self) {
        let before = self.listening().take();
        if let Some(mut before) = before {
            before.task.abort();
            // It ended by being told to.
            let _ = (&mut before.task).await;
            self.told(&["listener"]);
        }
    }
}

async fn listen(socket: TcpListener, engine: Weak<Inner>, seen: Arc<Mutex<Seen>>) {
    let turns = Arc::new(Semaphore::new(CONNECTIONS));
    let mut connections = JoinSet::new();
    loop {
        // The semaphore is never closed.
        let Ok(turn) = turns.clone().acquire_owned().await else { return };
        match socket.accept().await {
            Ok((stream, _)) => {
                let (engine, seen) = (engine.clone(), seen.clone());
                connections.spawn(async move {
                    // One that takes too long, or went away early, is sent again.
                    let _ = tokio::time::timeout(WITHIN, converse(stream, engine, seen)).await;
                    drop(turn);
                });
            }
            // Out of file descriptors, mostly: pause, or the loop would spin until some are free again.
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
        while connections.try_join_next().is_some() {}
    }
}

async fn converse(stream: TcpStream, engine: Weak<Inner>, seen: Arc<Mutex<Seen>>) {
    let (engine, seen) = (&engine, &seen);
    let answer = move |request| async move {
        match engine.upgrade() {
            Some(inner) => answer(&Engine(inner), seen, request).await,
            None => told(StatusCode::SERVICE_UNAVAILABLE, "stopped"),
        }
    };
    loopback::serve(stream, answer).await;
}

/// Takes what a request brings, and answers as the team's service does: what could not be looked at comes again.
async fn answer(engine: &Engine, seen: &Mutex<Seen>, request: Request<Incoming>) -> Response<Full<Bytes>> {
    if request.uri().path() != PATH {
        return told(StatusCode::NOT_FOUND, "nothing_here");
    }
    if request.method() != Method::POST {
        return told(StatusCode::METHOD_NOT_ALLOWED, "post_only");
    }
    if !locked(seen).may(engine.now()) {
        return told(StatusCode::TOO_MANY_REQUESTS, "too_many");
    }
    let (parts, body) = request.into_parts();
    let body = match Limited::new(body, BODY_LIMIT).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) if error.is::<LengthLimitError>() => {
            count_refused(seen);
            engine.told(&["listener"]);
            return told(StatusCode::PAYLOAD_TOO_LARGE, "too_large");
        }
        Err(_) => return told(StatusCode::BAD_REQUEST, "cut_short"),
    };
    let outcome = engine.take(Ok(parts.headers), &body, Received::Listener).await;
    let answer = match outcome.map(|view| view.outcome) {
        Ok(outcome @ (Outcome::Taken | Outcome::Duplicate | Outcome::About)) => {
            let mut seen = locked(seen);
            seen.taken += 1;
            seen.error = None;
            told(StatusCode::OK, if outcome == Outcome::Duplicate { "duplicate" } else { "taken" })
        }
        Ok(Outcome::Refused) => {
            count_refused(seen);
            told(StatusCode::UNAUTHORIZED, "not_verified")
        }
        Ok(Outcome::Unknown) => {
            count_refused(seen);
            told(StatusCode::SERVICE_UNAVAILABLE, "no_key")
        }
        Err(error) => {
            locked(seen).error = Some(error);
            told(StatusCode::SERVICE_UNAVAILABLE, "not_kept")
        }
    };
    engine.told(&["listener"]);
    answer
}

fn count_refused(seen: &Mutex<Seen>) {
    let mut seen = locked(seen);
    seen.refused += 1;
    seen.minute.1 += 1;
}

fn told(status: StatusCode, word: &str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(json!({ "delivery": word }).to_string())));
    *response.status_mut() = status;
    for (name, value) in [(header::CONTENT_TYPE, "application/json"), (header::CONNECTION, "close")] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_what_does_not_verify_only_so_much_is_looked_at_in_a_minute() {
        let seen = Mutex::new(Seen::default());
        let at = |millis: i64| Timestamp(1_772_445_600_000 + millis);
        for _ in 0..REFUSED_A_MINUTE {
            assert!(locked(&seen).may(at(0)));
            count_refused(&seen);
        }
        assert!(!locked(&seen).may(at(59_999)));
        assert!(locked(&seen).may(at(60_000)));
        assert_eq!(locked(&seen).refused, REFUSED_A_MINUTE);
    }
}
