//! What others see of the session.

use std::time::Duration;

use domain::Timestamp;
use serde::Serialize;

use super::registration::Way;
use crate::web;

/// How long things may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// For the person in the browser.
    pub browser: Duration,
    /// For a call to the server.
    pub call: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { browser: Duration::from_mins(5), call: web::TIME_LIMIT }
    }
}

/// Who is signed in, and what is under way.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SessionState {
    /// Nobody.
    SignedOut,
    /// The server's page has the word.
    Waiting {
        /// The server's page.
        address: String,
        /// Where it is shown.
        by: Way,
        /// The origin that the sign-in window shows; empty while it shows none.
        page: String,
    },
    /// Someone.
    SignedIn {
        /// The server.
        issuer: String,
        /// The person's id there; empty where the server tells nothing of people.
        subject: String,
        /// The person's name as the server words it; may be empty.
        name: String,
        /// Until when the access token holds.
        expires_at: Timestamp,
    },
    /// It did not work, or came to an end.
    Failed {
        /// Why.
        reason: Reason,
        /// The server's own words, where it gave any.
        detail: String,
    },
}

/// Why a sign-in did not work.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The person, or the server for them, said no.
    Denied,
    /// The server answered with an error, or with what makes no sense.
    Server,
    /// The server could not be reached.
    Offline,
    /// Nobody came back from the browser in time.
    TimedOut,
    /// What came back belongs to no sign-in of ours.
    WrongState,
    /// What came back was sent by another server.
    WrongIssuer,
    /// The ID token is not for this sign-in.
    WrongIdToken,
    /// The server takes the refresh token no more.
    Ended,
}

impl Reason {
    /// As it crosses to the window.
    pub fn name(self) -> &'static str {
        match self {
            Self::Denied => "denied",
            Self::Server => "server",
            Self::Offline => "offline",
            Self::TimedOut => "timed_out",
            Self::WrongState => "wrong_state",
            Self::WrongIssuer => "wrong_issuer",
            Self::WrongIdToken => "wrong_id_token",
            Self::Ended => "ended",
        }
    }
}
