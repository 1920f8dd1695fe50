//! Sign-in: OAuth 2.0's authorization code with PKCE (RFC 6749, 7636, 8252), and an access token that is kept fresh.
//!
//! The server's page is shown in a window of the app's own or in the person's browser; either way the answer comes back
//! by one of three redirects, or is pasted. Tokens are [`Secret`]s, and are kept where [`Outside`] keeps them: what was
//! rotated is durable before it is used. Being offline never signs anyone out: only the server's `invalid_grant` for the
//! current refresh token does.
//!
//! Deliberately absent: the window itself, the vault, which servers there are.

mod callback;
mod kept;
mod metadata;
mod outside;
mod person;
mod refresh;
pub mod registration;
mod server;
mod state;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::Place;
use tokio::sync::mpsc;
use tokio::task::AbortHandle;
use url::Url;

use crate::error::{Error, ErrorCode};
use crate::secret::Secret;
use crate::vault;
use crate::web::Words;
use callback::Listener;
use kept::Kept;
pub use outside::{Outside, SignInWindow, Told, is_back};
use person::Person;
use registration::{Redirect, Registration, Way};
use server::{Attempt, Refused, Server, Tokens};
pub use state::{Limits, Reason, SessionState};

/// Longest address that is pasted.
const PASTED: usize = 16 * 1024;

/// The person's session with one server; cheap to clone.
#[derive(Clone)]
pub struct Session(Arc<Shared>);

struct Shared {
    outside: Arc<dyn Outside>,
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
    Waiting(Box<Waiting>),
    SignedIn(Arc<SignedIn>),
    Failed(Failed),
}

struct Waiting {
    address: Url,
    redirect: Url,
    by: Way,
    /// The origin that the sign-in window shows.
    page: String,
    /// Takes the query that came back, by whichever way it came.
    back: mpsc::Sender<String>,
    task: AbortHandle,
}

struct SignedIn {
    server: Server,
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
    pub fn new(outside: Arc<dyn Outside>) -> Self {
        Self::with_limits(outside, Limits::default())
    }

    /// The same, with other limits.
    pub fn with_limits(outside: Arc<dyn Outside>, limits: Limits) -> Self {
        let now = Mutex::new(Now { asked: 0, phase: Phase::SignedOut });
        Self(Arc::new(Shared { outside, limits, now, refreshing: tokio::sync::Mutex::default() }))
    }

    /// Takes up the session that was kept, where nobody is signed in and nothing is under way.
    pub async fn restore(&self, registration: &Registration) -> Result<(), Error> {
        let asked = {
            let now = self.lock();
            if !matches!(now.phase, Phase::SignedOut) {
                return Ok(());
            }
            now.asked
        };
        let kind = registration.auth.secret();
        let (kept, secret) =
            self.outside(move |outside| Ok((outside.kept()?, secret(outside, kind)?))).await?;
        let Some(kept) = kept.as_ref().and_then(Kept::read) else { return Ok(()) };
        if kept.client_id != registration.client_id {
            return Ok(());
        }
        let server = Server::known(kept.metadata, registration, secret, self.0.limits.call)?;
        let signed_in = SignedIn { server, person: kept.person, tokens: kept.tokens };
        {
            let mut now = self.lock();
            if now.asked != asked || !matches!(now.phase, Phase::SignedOut) {
                return Ok(());
            }
            now.phase = Phase::SignedIn(Arc::new(signed_in));
        }
        self.0.outside.changed();
        Ok(())
    }

    /// Sends the person to the server's sign-in page and goes on in the background; answers with the page's address,
    /// for where no browser came up. Whoever was signed in is signed out once the server has answered.
    pub async fn begin(&self, registration: &Registration, by: Way) -> Result<String, Error> {
        let registration = registration.clone().checked()?;
        let asked = self.ask();
        let kind = registration.auth.secret();
        let secret = self.outside(move |outside| secret(outside, kind)).await?;
        if kind.is_some() && secret.is_none() {
            return Err(Error::new(ErrorCode::Invalid).at(Place::input("secret")));
        }
        let input = |error: Error| error.at(Place::input(registration.server_input()));
        let server = Server::find(&registration, secret, self.0.limits.call).await.map_err(input)?;
        let listener = match &registration.redirect {
            Redirect::Https { .. } => None,
            Redirect::Loopback => Some(Listener::bind(&[]).await),
            Redirect::Ports { ports } => Some(Listener::bind(ports).await),
        };
        let listener = listener.transpose().map_err(|error| match error.kind() {
            std::io::ErrorKind::AddrInUse => Error::new(ErrorCode::Invalid).at(Place::input("ports")),
            _ => Error::internal(&error),
        })?;
        let redirect = match (&listener, &registration.redirect) {
            (Some(listener), _) => listener.redirect_uri(),
            (None, Redirect::Https { uri }) => uri.clone(),
            (None, _) => return Err(Error::internal(&"no redirect")),
        };
        let (attempt, address) = server.attempt(redirect.clone(), &registration.scopes)?;
        let url = |text: &str| Url::parse(text).map_err(|error| Error::internal(&error));
        let (address, redirect) = (url(&address)?, url(&redirect)?);
        // Whatever comes second finds that the first one was taken.
        let (back, came) = mpsc::channel(1);
        // From here on nobody is signed in, after a restart neither.
        self.forget().await;
        {
            let mut now = self.lock();
            if now.asked != asked {
                return Err(Error::new(ErrorCode::Cancelled));
            }
            // It cannot come to its end before it is noted here: that needs the lock.
            let task = tokio::spawn(self.clone().finish(asked, listener, came, attempt)).abort_handle();
            let page = String::new();
            let (address, redirect) = (address.clone(), redirect.clone());
            let waiting = Waiting { address, redirect, by, page, back, task };
            now.replace(Phase::Waiting(Box::new(waiting)));
        }
        self.0.outside.changed();
        self.show(asked, by, address.clone(), redirect);
        Ok(address.into())
    }

    /// Opening a window or a browser may take its time, and may fail: the main window shows the address, too.
    fn show(&self, asked: u64, by: Way, address: Url, redirect: Url) {
        let session = self.clone();
        tokio::task::spawn_blocking(move || {
            let opened = match by {
                Way::Browser => session.0.outside.open(address.as_str()),
                Way::Window => {
                    let heard = session.clone();
                    let told = Box::new(move |told| heard.hear(asked, told));
                    session.0.outside.open_window(SignInWindow { address: address.clone(), redirect, told })
                }
            };
            if let Err(error) = opened {
                // The address carries what the browser has to bring back: no log may hold it.
                tracing::warn!(error = error.replace(address.as_str(), "…"), ?by, "the page was not opened");
            }
        });
    }

    /// What the sign-in window says.
    fn hear(&self, asked: u64, told: Told) {
        let mut now = self.lock();
        if now.asked != asked {
            return;
        }
        let Phase::Waiting(waiting) = &mut now.phase else { return };
        match told {
            Told::At(origin) => waiting.page = origin,
            Told::Back(url) => drop(waiting.back.try_send(url.query().unwrap_or_default().to_owned())),
            Told::Closed if waiting.by == Way::Window => {
                drop(now);
                self.cancel();
                return;
            }
            Told::Closed => {}
        }
        drop(now);
        self.0.outside.changed();
    }

    /// Goes on with the sign-in that is under way in the person's browser.
    pub fn use_browser(&self) -> Result<(), Error> {
        let (asked, address, redirect) = {
            let mut now = self.lock();
            let asked = now.asked;
            let Phase::Waiting(waiting) = &mut now.phase else { return Err(Error::not_found()) };
            waiting.by = Way::Browser;
            waiting.page.clear();
            (asked, waiting.address.clone(), waiting.redirect.clone())
        };
        self.0.outside.close_window();
        self.0.outside.changed();
        self.show(asked, Way::Browser, address, redirect);
        Ok(())
    }

    /// Takes the address that a browser ended on. One of another place is refused, and the sign-in goes on waiting.
    pub fn paste(&self, text: &str) -> Result<(), Error> {
        let invalid = || Error::new(ErrorCode::Invalid).at(Place::input("pasted"));
        let now = self.lock();
        let Phase::Waiting(waiting) = &now.phase else { return Err(Error::not_found()) };
        let text = text.trim();
        let url = Url::parse(text).ok().filter(|_| text.len() <= PASTED).ok_or_else(invalid)?;
        if !is_back(&url, &waiting.redirect) {
            return Err(invalid());
        }
        let query = url.query().filter(|query| query.contains("state=")).ok_or_else(invalid)?;
        drop(waiting.back.try_send(query.to_owned()));
        Ok(())
    }

    /// Waits for the answer, then asks for the tokens and for the person.
    async fn finish(
        self,
        asked: u64,
        listener: Option<Listener>,
        mut came: mpsc::Receiver<String>,
        attempt: Attempt,
    ) {
        let query = async {
            match listener {
                Some(listener) => listener.returned().await,
                None => std::future::pending().await,
            }
        };
        let returned = tokio::time::timeout(self.0.limits.browser, async {
            tokio::select! {
                query = query => query,
                // Its other end is held as long as this sign-in is wanted.
                Some(query) = came.recv() => query,
            }
        });
        let ended = match returned.await {
            Err(_) => Err(Failed { reason: Reason::TimedOut, detail: String::new() }),
            Ok(query) => self.enter(attempt, &query).await,
        };
        let phase = match ended {
            Ok(signed_in) => {
                if self.lock().asked != asked {
                    return;
                }
                // It is durable before it is shown.
                self.write(&signed_in).await;
                Phase::SignedIn(Arc::new(signed_in))
            }
            Err(failed) => Phase::Failed(failed),
        };
        let signed_in = matches!(phase, Phase::SignedIn(_));
        if !self.settle(asked, phase) && signed_in {
            self.forget().await;
        }
    }

    async fn enter(&self, attempt: Attempt, query: &str) -> Result<SignedIn, Failed> {
        let code = callback::code(query, &attempt)?;
        let (server, tokens, person) = attempt.exchange(code, self.0.outside.now()).await?;
        Ok(SignedIn { server, person, tokens })
    }

    /// Ends a sign-in that is under way; whoever is signed in stays so.
    pub fn cancel(&self) {
        self.ask();
    }

    /// Drops the tokens, and ends a sign-in that is under way. The server is asked to forget them, too; that it cannot
    /// be reached keeps nobody signed in.
    pub async fn sign_out(&self) {
        let held = {
            let mut now = self.lock();
            now.asked += 1;
            match now.replace(Phase::SignedOut) {
                Phase::SignedIn(held) => Some(held),
                _ => None,
            }
        };
        self.0.outside.close_window();
        self.0.outside.changed();
        self.forget().await;
        if let Some(held) = held
            && let Err(error) = held.server.revoke(&held.tokens, self.0.outside.now()).await
        {
            tracing::info!(code = ?error.code, "the server did not revoke the tokens");
        }
    }

    /// Who is signed in, and what is under way.
    pub fn state(&self) -> SessionState {
        match &self.lock().phase {
            Phase::SignedOut => SessionState::SignedOut,
            Phase::Waiting(waiting) => SessionState::Waiting {
                address: waiting.address.clone().into(),
                by: waiting.by,
                page: waiting.page.clone(),
            },
            Phase::SignedIn(held) => SessionState::SignedIn {
                issuer: held.server.name(),
                subject: held.person.subject.clone(),
                name: held.person.name.clone(),
                expires_at: held.tokens.expires_at,
            },
            Phase::Failed(Failed { reason, detail }) => {
                SessionState::Failed { reason: *reason, detail: detail.clone() }
            }
        }
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
            self.0.outside.changed();
        }
        same
    }

    /// Notes how a sign-in ended, unless nobody waits for it any more; whether somebody did.
    fn settle(&self, asked: u64, ended: Phase) -> bool {
        {
            let mut now = self.lock();
            if now.asked != asked {
                return false;
            }
            if let Phase::Failed(failed) = &ended {
                tracing::warn!(reason = failed.reason.name(), "the sign-in failed");
            } else {
                tracing::info!("signed in");
            }
            // Not `replace`: the task that waited is this one.
            now.phase = ended;
        }
        self.0.outside.close_window();
        self.0.outside.changed();
        true
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
            self.0.outside.close_window();
            self.0.outside.changed();
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
        held.tokens.expires_at.0.saturating_sub(self.0.outside.now().0)
    }

    /// Asks the world outside, on a thread that may wait.
    async fn outside<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&dyn Outside) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let outside = self.0.outside.clone();
        let asked = tokio::task::spawn_blocking(move || ask(&*outside)).await;
        asked.map_err(|error| Error::internal(&error))?
    }

    fn lock(&self) -> MutexGuard<'_, Now> {
        self.0.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn secret(outside: &dyn Outside, kind: Option<vault::Kind>) -> Result<Option<Secret<String>>, Error> {
    kind.map_or(Ok(None), |kind| outside.secret(kind))
}

impl Now {
    fn replace(&mut self, next: Phase) -> Phase {
        let before = std::mem::replace(&mut self.phase, next);
        if let Phase::Waiting(waiting) = &before {
            waiting.task.abort();
        }
        before
    }
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        let word = |name| error.params.get(name).map_or("", String::as_str);
        let reason = match error.code {
            ErrorCode::Offline => Reason::Offline,
            _ if word("field") == "id_token" => Reason::WrongIdToken,
            _ => Reason::Server,
        };
        if reason == Reason::WrongIdToken {
            return Self { reason, detail: word("claim").to_owned() };
        }
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
