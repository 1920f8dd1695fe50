//! The relay: what Talkdesk delivered goes on to the app, headers and body byte for byte, and again until the app has it.
//!
//! A version has one events callback URL. With the relay on it is the service's, and the app hears of an event from here
//! alone: what waits stands beside its delivery, in the transaction that keeps it. Only what was verified goes on. An app
//! gets an event at least once, as from Talkdesk itself; in which order, it must not care.
//!
//! Where the app may be is what any call out may reach: by https on the internet, no redirect followed
//! ([`talkdesk::wire`]).

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use domain::Timestamp;
use domain::command::RevealedSecret;
use domain::ids::WorkspaceId;
use domain::protocol::{AsItCame, PassedState, Try, Which};
use futures_util::future::join_all;
use intake::original;
use talkdesk::wire::Blocked;
use tokio::sync::watch;
use url::Url;

use crate::Service;
use crate::error::StoreError;
use crate::hooks::{NotKept, Receiving, about};
use crate::identity::Caller;
use crate::storage::hooks::{Due, NewRelay, Tried};

/// How long the app may take.
pub(crate) const APP_WITHIN: Duration = Duration::from_secs(10);
/// How long what was taken to be passed on is left to whoever took it.
const TAKEN: i64 = 60_000;
/// How many go at once.
const AT_ONCE: usize = 16;
/// How long after a try the next one follows; the last for all that come after.
const AGAIN: [i64; 5] = [5_000, 30_000, 120_000, 300_000, 600_000];
/// How long an app is waited for that is away, or fails: three days.
const PATIENCE: i64 = 3 * 24 * 60 * 60 * 1_000;
/// How long after the app refused an event it gets it again: as Talkdesk itself does, twice (D/events-api).
const REFUSED: [i64; 2] = [300_000, 600_000];
/// How often it is looked whether something is due, where nothing says so.
const LOOK: Duration = Duration::from_secs(15);
/// How long a store that fails is left alone.
const STORE_AWAY: Duration = Duration::from_secs(5);

/// Why nothing goes to an app's address.
#[derive(Debug)]
pub(crate) enum NotSet {
    /// There is no such key, or it is revoked; or no such event.
    NoHook,
    /// The caller may not have what would go there.
    Refused,
    /// Nothing is called there.
    Blocked(&'static str),
    Store(StoreError),
}

impl From<StoreError> for NotSet {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Service {
    /// Sets where what comes in by a key is passed on to, or that it goes nowhere. What waits goes to the new address.
    pub(crate) async fn set_relay(
        &self,
        caller: &Caller,
        hook: uuid::Uuid,
        url: Option<String>,
    ) -> Result<(), NotSet> {
        let relay = match url {
            None => None,
            Some(text) => {
                let receiving = self.receiving.as_ref().ok_or(NotSet::NoHook)?;
                let url = receiving.app(&text)?.into();
                Some(NewRelay { url, by: caller.member, at: (self.clock)() })
            }
        };
        if !self.storage.set_relay(caller.workspace, hook, relay).await? {
            return Err(NotSet::NoHook);
        }
        self.wake_relay();
        Ok(())
    }

    /// Sends a delivery to an address once, as it came, after it was noted that the caller did: its credentials go there.
    pub(crate) async fn replay(&self, caller: &Caller, which: Which, url: &str) -> Result<Try, NotSet> {
        let receiving = self.receiving.as_ref().ok_or(NotSet::NoHook)?;
        let url = receiving.app(url)?;
        let kept = self.storage.delivery_of(caller.workspace, which).await?;
        let (id, sealed) = kept.ok_or(NotSet::NoHook)?;
        let to = url.host_str().unwrap_or_default().to_owned();
        if !self.note_reveal(caller, RevealedSecret::Event, to, false).await? {
            return Err(NotSet::Refused);
        }
        let (workspace, since) = (caller.workspace, (self.clock)());
        let once = Due { workspace, number: 0, id, sealed, url: url.into(), since, tries: 0 };
        Ok(self.attempt(receiving, &once).await.1)
    }

    /// A delivery as it came, its secrets hidden; none where it is not kept.
    pub(crate) async fn as_it_came(
        &self,
        workspace: WorkspaceId,
        which: Which,
    ) -> Result<Option<AsItCame>, NotKept> {
        let receiving = self.receiving.as_ref().ok_or(NotKept::NoVault)?;
        let Some((id, sealed)) = self.storage.delivery_of(workspace, which).await? else { return Ok(None) };
        let raw = receiving.key.open(&sealed, &about(workspace, id)).map_err(NotKept::Vault)?;
        Ok(original::shown(raw.expose()))
    }

    pub(crate) fn wake_relay(&self) {
        if let Some(receiving) = &self.receiving {
            receiving.due.notify_one();
        }
    }

    /// Passes on what is due, for as long as something is; says when the next is.
    pub async fn pass_on(&self) -> Result<Option<Timestamp>, crate::OpenError> {
        let Some(receiving) = &self.receiving else { return Ok(None) };
        loop {
            let now = (self.clock)();
            let due = self.storage.take_due(now, Timestamp(now.0 + TAKEN), AT_ONCE).await?;
            if due.is_empty() {
                return Ok(self.storage.next_due().await?);
            }
            let passed = join_all(due.iter().map(|due| self.pass_one(receiving, due))).await;
            passed.into_iter().collect::<Result<Vec<_>, _>>()?;
        }
    }

    async fn pass_one(&self, receiving: &Receiving, due: &Due) -> Result<(), StoreError> {
        let (answer, last) = self.attempt(receiving, due).await;
        let (state, again) = after(answer, due, (self.clock)());
        self.storage.tried(due, Tried { state, due: again, last }).await
    }

    async fn attempt(&self, receiving: &Receiving, due: &Due) -> (Result<StatusCode, &'static str>, Try) {
        let (at, began) = ((self.clock)(), Instant::now());
        let answer = post(receiving, due).await;
        let ms = u32::try_from(began.elapsed().as_millis()).unwrap_or(u32::MAX);
        let (status, fault) = match &answer {
            Ok(status) => (Some(status.as_u16()), ""),
            Err(fault) => (None, *fault),
        };
        (answer, Try { at, ms, status, fault: fault.to_owned() })
    }

    /// Passes on for as long as the service serves.
    pub(crate) async fn relay(self, mut stopping: watch::Receiver<bool>) {
        let Some(due) = self.receiving.as_ref().map(|receiving| Arc::clone(&receiving.due)) else { return };
        loop {
            let working = async {
                let wait = match self.pass_on().await {
                    Ok(next) => next.map_or(LOOK, |next| {
                        let left = u64::try_from(next.0 - (self.clock)().0).unwrap_or(0);
                        Duration::from_millis(left).min(LOOK)
                    }),
                    Err(error) => {
                        tracing::warn!(%error, "the relay cannot reach its store");
                        tokio::time::sleep(STORE_AWAY).await;
                        Duration::ZERO
                    }
                };
                let _ = tokio::time::timeout(wait, due.notified()).await;
            };
            tokio::select! {
                () = working => {}
                _ = stopping.wait_for(|stopping| *stopping) => return,
            }
        }
    }
}

impl Receiving {
    /// An app's address, where it may be called.
    fn app(&self, text: &str) -> Result<Url, NotSet> {
        let url = Url::parse(text.trim()).ok().filter(|_| text.len() <= domain::text::URL);
        let url = url.ok_or(NotSet::Blocked("url"))?;
        self.relay.reach().allows(&url).map_err(|why| NotSet::Blocked(word(why)))?;
        Ok(url)
    }
}

/// Sends a delivery to the app as it came.
async fn post(receiving: &Receiving, due: &Due) -> Result<StatusCode, &'static str> {
    let raw = receiving.key.open(&due.sealed, &about(due.workspace, due.id)).map_err(|error| {
        tracing::error!(%error, "a delivery cannot be passed on");
        "sealed"
    })?;
    let url = Url::parse(&due.url).map_err(|_| "url")?;
    original::send(&receiving.relay, url, raw.expose()).await
}

/// How an event stands after a try, and when the next one is due.
fn after(answer: Result<StatusCode, &str>, due: &Due, now: Timestamp) -> (PassedState, Timestamp) {
    let tries = due.tries as usize;
    let wait = match answer {
        Ok(status) if status.is_success() => return (PassedState::Taken, now),
        // It has the event and does not want it; one that is busy, or too slow, may want it later.
        Ok(status) if status.is_client_error() && !matches!(status.as_u16(), 408 | 425 | 429) => {
            REFUSED.get(tries).copied()
        }
        _ if now.0 - due.since.0 < PATIENCE => Some(AGAIN[tries.min(AGAIN.len() - 1)]),
        _ => None,
    };
    match wait {
        Some(wait) => (PassedState::Waiting, Timestamp(now.0 + wait)),
        None => (PassedState::GivenUp, now),
    }
}

fn word(why: Blocked) -> &'static str {
    match why {
        Blocked::Scheme => "scheme",
        Blocked::Credentials => "credentials",
        Blocked::Address | Blocked::Origin => "address",
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn an_app_that_is_away_is_waited_for_and_one_that_refuses_is_asked_twice_more() {
        use PassedState::{GivenUp, Taken, Waiting};
        let status = |code| Ok::<_, &str>(StatusCode::from_u16(code).unwrap());
        let day = 24 * 60 * 60 * 1_000;
        for (what, answer, tries, age, state, wait) in [
            ("taken", status(204), 0, 0, Taken, 0),
            ("away", Err("unreachable"), 0, 0, Waiting, 5_000),
            ("still away", Err("late"), 3, day, Waiting, 300_000),
            ("long away", Err("unreachable"), 99, 2 * day, Waiting, 600_000),
            ("away for good", Err("unreachable"), 99, 3 * day, GivenUp, 0),
            ("failing", status(500), 1, 0, Waiting, 30_000),
            ("busy", status(429), 0, 0, Waiting, 5_000),
            ("moved", Err("redirected"), 0, 0, Waiting, 5_000),
            ("refused", status(400), 0, 0, Waiting, 300_000),
            ("refused again", status(401), 1, 0, Waiting, 600_000),
            ("refused for good", status(400), 2, 0, GivenUp, 0),
        ] {
            let (workspace, id) = (WorkspaceId::from_u128(1), Uuid::nil());
            let since = Timestamp(7);
            let due = Due { workspace, number: 1, id, sealed: Vec::new(), url: String::new(), since, tries };
            let now = Timestamp(7 + age);
            assert_eq!(after(answer, &due, now), (state, Timestamp(now.0 + wait)), "{what}");
        }
    }
}
