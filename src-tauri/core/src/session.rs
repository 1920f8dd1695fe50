//! Sign-in, thin: OAuth 2.0's authorization code with PKCE in the system's browser (RFC 8252), and an access token
//! that is kept fresh.
//!
//! Tokens live in memory only, as [`Secret`]s, and are dropped at sign-out and with the process. Being offline never
//! signs anyone out: only the server's `invalid_grant` for the current refresh token does.
//!
//! Deliberately absent, and for the full sign-in: the vault, ID tokens, client secrets and `private_key_jwt`, fixed
//! ports and registered redirects, servers without metadata, revocation at sign-out.

mod callback;
mod metadata;
mod server;
mod state;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::text::LINE;
use domain::{Place, Timestamp};
use tokio::task::AbortHandle;

use crate::error::{Error, ErrorCode};
use crate::secret::Secret;
use crate::web::{self, Words};
use callback::Listener;
use server::{Attempt, Person, Refused, Server, Tokens};
pub use state::{Limits, Reason, SessionState};

/// Opens an address in the person's browser.
pub type Open = Box<dyn Fn(&str) -> Result<(), String> + Send + Sync>;
/// Tells the time.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;
/// Is called after each change of the session's state.
pub type Changed = Arc<dyn Fn() + Send + Sync>;

/// A token with less than this left is refreshed before it is given out.
const FRESH_MILLIS: i64 = 60_000;

/// The person's session with one server; cheap to clone.
#[derive(Clone)]
pub struct Session(Arc<Shared>);

struct Shared {
    open: Open,
    clock: Clock,
    changed: Changed,
    limits: Limits,
    now: Mutex<Now>,
    /// Held while a token is refreshed: there is one refresh at a time.
    refreshing: tokio::sync::Mutex<()>,
}

/// What the session is at the moment.
struct Now {
    /// Counts what people asked for, so that what comes late finds that it is not wanted any more.
    asked: u64,
    phase: Phase,
}

enum Phase {
    SignedOut,
    Waiting { address: String, task: AbortHandle },
    SignedIn(Arc<SignedIn>),
    Failed(Failed),
}

struct SignedIn {
    server: Arc<Server>,
    person: Person,
    tokens: Tokens,
}

#[derive(Clone)]
struct Failed {
    reason: Reason,
    detail: String,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").finish_non_exhaustive()
    }
}

impl Session {
    /// Nobody is signed in.
    pub fn new(open: Open, clock: Clock, changed: Changed) -> Self {
        Self::with_limits(open, clock, changed, Limits::default())
    }

    /// The same, with other limits.
    pub fn with_limits(open: Open, clock: Clock, changed: Changed, limits: Limits) -> Self {
        let now = Mutex::new(Now { asked: 0, phase: Phase::SignedOut });
        Self(Arc::new(Shared {
            open,
            clock,
            changed,
            limits,
            now,
            refreshing: tokio::sync::Mutex::default(),
        }))
    }

    /// Sends the person to the server's sign-in page and goes on in the background; answers with the page's address,
    /// for where no browser came up. Whoever was signed in is signed out once the server has answered.
    pub async fn begin(&self, issuer: &str, client_id: &str) -> Result<String, Error> {
        let invalid = |input| Error::new(ErrorCode::Invalid).at(Place::input(input));
        let issuer = web::server_url(issuer).ok_or_else(|| invalid("issuer"))?;
        let client_id = client_id.trim();
        if client_id.is_empty() || client_id.len() > LINE || client_id.chars().any(char::is_control) {
            return Err(invalid("client_id"));
        }
        let asked = self.ask();
        let server = Server::find(&issuer, client_id, self.0.limits.call)
            .await
            .map_err(|error| error.at(Place::input("issuer")))?;
        let listener = Listener::bind().await.map_err(|error| Error::internal(&error))?;
        let (attempt, address) = server.attempt(listener.redirect_uri())?;
        {
            let mut now = self.lock();
            if now.asked != asked {
                return Err(Error::new(ErrorCode::Cancelled));
            }
            // It cannot come to its end before it is noted here: that needs the lock.
            let task = tokio::spawn(self.clone().finish(asked, listener, attempt)).abort_handle();
            now.replace(Phase::Waiting { address: address.clone(), task });
        }
        (self.0.changed)();
        self.show(address.clone());
        Ok(address)
    }

    /// Opening a browser may take its time, and may fail: the window shows the address, too.
    fn show(&self, address: String) {
        let session = self.clone();
        tokio::task::spawn_blocking(move || {
            if let Err(error) = (session.0.open)(&address) {
                // The address carries what the browser has to bring back: no log may hold it.
                tracing::warn!(error = error.replace(&address, "…"), "the browser was not opened");
            }
        });
    }

    /// Waits for the browser to come back, then asks for the tokens and for the person.
    async fn finish(self, asked: u64, listener: Listener, attempt: Attempt) {
        let returned = tokio::time::timeout(self.0.limits.browser, listener.returned()).await;
        let ended = match returned {
            Err(_) => Err(Failed { reason: Reason::TimedOut, detail: String::new() }),
            Ok(query) => self.enter(attempt, &query).await,
        };
        let phase = match ended {
            Ok(signed_in) => Phase::SignedIn(Arc::new(signed_in)),
            Err(failed) => Phase::Failed(failed),
        };
        self.settle(asked, phase);
    }

    async fn enter(&self, attempt: Attempt, query: &str) -> Result<SignedIn, Failed> {
        let code = callback::code(query, &attempt)?;
        let (server, tokens) = attempt.exchange(code, (self.0.clock)()).await?;
        let person = server.person(&tokens.access).await?;
        Ok(SignedIn { server: Arc::new(server), person, tokens })
    }

    /// Ends a sign-in that is under way; whoever is signed in stays so.
    pub fn cancel(&self) {
        self.ask();
    }

    /// Drops the tokens, and ends a sign-in that is under way.
    pub fn sign_out(&self) {
        {
            let mut now = self.lock();
            now.asked += 1;
            now.replace(Phase::SignedOut);
        }
        (self.0.changed)();
    }

    /// Who is signed in, and what is under way.
    pub fn state(&self) -> SessionState {
        match &self.lock().phase {
            Phase::SignedOut => SessionState::SignedOut,
            Phase::Waiting { address, .. } => SessionState::Waiting { address: address.clone() },
            Phase::SignedIn(held) => SessionState::SignedIn {
                issuer: held.server.issuer().to_owned(),
                subject: held.person.subject.clone(),
                name: held.person.name.clone(),
                expires_at: held.tokens.expires_at,
            },
            Phase::Failed(Failed { reason, detail }) => {
                SessionState::Failed { reason: *reason, detail: detail.clone() }
            }
        }
    }

    /// An access token that holds for a while yet; refreshes it first where that is needed.
    pub async fn access_token(&self) -> Result<Secret<String>, Error> {
        let held = self.held()?;
        if self.left(&held) >= FRESH_MILLIS {
            return Ok(held.tokens.access.clone());
        }
        // In a task of its own: a caller that stops waiting must not lose the rotated token.
        let refreshed = tokio::spawn(self.clone().refresh()).await;
        refreshed.map_err(|error| Error::internal(&error))?
    }

    /// Check → lock → read again → refresh → keep the rotated token → release.
    async fn refresh(self) -> Result<Secret<String>, Error> {
        let _one_at_a_time = self.0.refreshing.lock().await;
        let held = self.held()?;
        let left = self.left(&held);
        if left >= FRESH_MILLIS {
            return Ok(held.tokens.access.clone());
        }
        let Some(refresh) = &held.tokens.refresh else {
            if left > 0 {
                return Ok(held.tokens.access.clone());
            }
            self.end(&held, String::new());
            return Err(Error::new(ErrorCode::SignedOut));
        };
        match held.server.refresh(refresh, (self.0.clock)()).await {
            Ok(tokens) => self.keep(&held, tokens),
            Err(Refused::Grant(detail)) => {
                self.end(&held, detail.clone());
                Err(Error::new(ErrorCode::SignedOut).with("detail", detail))
            }
            // What is left of the old token still serves.
            Err(_) if self.left(&held) > 0 => Ok(held.tokens.access.clone()),
            Err(Refused::Other(error)) => Err(error),
        }
    }

    /// Takes new tokens in the place of those that they were refreshed from, if these are still held.
    fn keep(&self, from: &Arc<SignedIn>, tokens: Tokens) -> Result<Secret<String>, Error> {
        let access = tokens.access.clone();
        let refreshed = SignedIn { server: from.server.clone(), person: from.person.clone(), tokens };
        if !self.follow(from, Phase::SignedIn(Arc::new(refreshed))) {
            return Err(Error::new(ErrorCode::SignedOut));
        }
        Ok(access)
    }

    fn end(&self, held: &Arc<SignedIn>, detail: String) {
        tracing::info!("the server ended the session");
        self.follow(held, Phase::Failed(Failed { reason: Reason::Ended, detail }));
    }

    /// Goes from what is held to `next`, unless something else came in between.
    fn follow(&self, held: &Arc<SignedIn>, next: Phase) -> bool {
        let same = {
            let mut now = self.lock();
            let same = matches!(&now.phase, Phase::SignedIn(current) if Arc::ptr_eq(current, held));
            if same {
                now.replace(next);
            }
            same
        };
        if same {
            (self.0.changed)();
        }
        same
    }

    /// Notes how a sign-in ended, unless nobody waits for it any more.
    fn settle(&self, asked: u64, ended: Phase) {
        {
            let mut now = self.lock();
            if now.asked != asked {
                return;
            }
            if let Phase::Failed(failed) = &ended {
                tracing::warn!(reason = failed.reason.name(), "the sign-in failed");
            } else {
                tracing::info!("signed in");
            }
            // Not `replace`: the task that waited is this one.
            now.phase = ended;
        }
        (self.0.changed)();
    }

    /// A new wish: a sign-in that is under way for an earlier one is not wanted any more.
    fn ask(&self) -> u64 {
        let (asked, waited) = {
            let mut now = self.lock();
            now.asked += 1;
            let waited = matches!(now.phase, Phase::Waiting { .. });
            if waited {
                now.replace(Phase::SignedOut);
            }
            (now.asked, waited)
        };
        if waited {
            (self.0.changed)();
        }
        asked
    }

    fn held(&self) -> Result<Arc<SignedIn>, Error> {
        match &self.lock().phase {
            Phase::SignedIn(held) => Ok(held.clone()),
            _ => Err(Error::new(ErrorCode::SignedOut)),
        }
    }

    /// Milliseconds for which the access token still holds.
    fn left(&self, held: &SignedIn) -> i64 {
        held.tokens.expires_at.0.saturating_sub((self.0.clock)().0)
    }

    fn lock(&self) -> MutexGuard<'_, Now> {
        self.0.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Now {
    fn replace(&mut self, next: Phase) {
        if let Phase::Waiting { task, .. } = std::mem::replace(&mut self.phase, next) {
            task.abort();
        }
    }
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        let reason = if error.code == ErrorCode::Offline { Reason::Offline } else { Reason::Server };
        let word = |name| error.params.get(name).map_or("", String::as_str);
        Self { reason, detail: Words::new(word("code"), word("detail")).shown() }
    }
}

impl From<Refused> for Failed {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Grant(detail) => Self { reason: Reason::Server, detail },
            Refused::Other(error) => error.into(),
        }
    }
}
