//! Sign-in: the registrations at authorization servers, who is signed in at each, and what is under way.

use domain::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::common::{Done, Nothing};
use crate::engine::Engine;
use crate::error::Error;
use crate::secret::Secret;
use crate::session::SessionState;
use crate::session::registration::{Registration, Way};

/// A registration, and who is signed in.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SignInView {
    /// The registration.
    pub registration: Registration,
    /// The host that a person knows the server by.
    pub host: String,
    /// Whether the secret that its client needs is in the vault.
    pub has_secret: bool,
    /// Who is signed in, and what is under way.
    pub session: SessionView,
}

/// Adds or replaces a registration.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RegistrationArgs {
    /// It.
    pub registration: Registration,
    /// The client's secret; none: as it is.
    #[cfg_attr(feature = "ts", ts(type = "string | null"))]
    pub secret: Option<Secret<String>>,
}

/// Names a registration.
#[derive(Clone, Copy, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SignInArgs {
    /// Which.
    pub id: Uuid,
}

/// Begins a sign-in.
#[derive(Clone, Copy, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct BeginArgs {
    /// At which registration's server.
    pub id: Uuid,
    /// Where its page is shown this time; none: as the registration says.
    pub by: Option<Way>,
}

/// The address that a browser ended on.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct PastedArgs {
    /// At which registration's server.
    pub id: Uuid,
    /// The address: it holds the code.
    #[cfg_attr(feature = "ts", ts(type = "string"))]
    pub pasted: Secret<String>,
}

/// A sign-in that has begun.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SignInStarted {
    /// The address of the server's page.
    pub address: String,
}

/// Who is signed in, and what is under way.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum SessionView {
    /// Nobody.
    SignedOut,
    /// The server's page has the word.
    Waiting {
        /// Its address.
        address: String,
        /// Where it is shown.
        by: Way,
        /// The origin that the sign-in window shows, a host in punycode; empty while it shows none.
        page: String,
    },
    /// Someone.
    SignedIn {
        /// The issuer.
        issuer: String,
        /// The person's name as the server words it.
        name: String,
        /// Until when the access token holds.
        expires_at: Timestamp,
    },
    /// It did not work.
    Failed {
        /// Why, so that the window can word it.
        reason: String,
        /// The server's own words.
        detail: String,
    },
}

impl From<SessionState> for SessionView {
    fn from(state: SessionState) -> Self {
        match state {
            SessionState::SignedOut => Self::SignedOut,
            SessionState::Waiting { address, by, page } => Self::Waiting { address, by, page },
            SessionState::SignedIn { issuer, name, expires_at, subject } => {
                let name = if name.is_empty() { subject } else { name };
                Self::SignedIn { issuer, name, expires_at }
            }
            SessionState::Failed { reason, detail } => {
                Self::Failed { reason: reason.name().to_owned(), detail }
            }
        }
    }
}

pub(super) async fn sign_ins(engine: &Engine, _: Nothing) -> Result<Vec<SignInView>, Error> {
    engine.sign_ins().await
}

pub(super) async fn set_registration(engine: &Engine, args: RegistrationArgs) -> Result<Done, Error> {
    engine.set_registration(args.registration, args.secret).await.map(|()| Done {})
}

pub(super) async fn remove_registration(engine: &Engine, args: SignInArgs) -> Result<Done, Error> {
    engine.remove_registration(args.id).await.map(|()| Done {})
}

pub(super) async fn sign_in(engine: &Engine, args: BeginArgs) -> Result<SignInStarted, Error> {
    engine.sign_in(args.id, args.by).await.map(|address| SignInStarted { address })
}

pub(super) async fn use_browser(engine: &Engine, args: SignInArgs) -> Result<Done, Error> {
    engine.registration(args.id)?;
    engine.session(args.id).use_browser().map(|()| Done {})
}

pub(super) async fn paste_redirect(engine: &Engine, args: PastedArgs) -> Result<Done, Error> {
    engine.registration(args.id)?;
    engine.session(args.id).paste(args.pasted.expose()).map(|()| Done {})
}

pub(super) async fn cancel_sign_in(engine: &Engine, args: SignInArgs) -> Result<Done, Error> {
    engine.registration(args.id)?;
    engine.session(args.id).cancel();
    Ok(Done {})
}

pub(super) async fn sign_out(engine: &Engine, args: SignInArgs) -> Result<Done, Error> {
    engine.registration(args.id)?;
    engine.session(args.id).sign_out().await;
    Ok(Done {})
}
