//! Sign-in: thin, in the system's browser.

use domain::Timestamp;
use serde::{Deserialize, Serialize};

use super::common::{Done, Nothing};
use crate::engine::Engine;
use crate::error::Error;
use crate::session::SessionState;

/// Where to sign in.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SignInArgs {
    /// The server's issuer; its metadata says the rest (RFC 8414).
    pub issuer: String,
    /// The client registered there.
    pub client_id: String,
}

/// A sign-in that has begun.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SignInStarted {
    /// The address that the browser was sent to.
    pub address: String,
}

/// Who is signed in, and what is under way.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum SessionView {
    /// Nobody.
    SignedOut,
    /// The browser has the word.
    Waiting {
        /// The address that the browser was sent to.
        address: String,
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
            SessionState::Waiting { address } => Self::Waiting { address },
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

pub(super) async fn session(engine: &Engine, _: Nothing) -> Result<SessionView, Error> {
    Ok(engine.session())
}

pub(super) async fn sign_in(engine: &Engine, args: SignInArgs) -> Result<SignInStarted, Error> {
    engine.sign_in(&args.issuer, &args.client_id).await.map(|address| SignInStarted { address })
}

pub(super) async fn cancel_sign_in(engine: &Engine, _: Nothing) -> Result<Done, Error> {
    engine.cancel_sign_in();
    Ok(Done {})
}

pub(super) async fn sign_out(engine: &Engine, _: Nothing) -> Result<Done, Error> {
    engine.sign_out();
    Ok(Done {})
}
