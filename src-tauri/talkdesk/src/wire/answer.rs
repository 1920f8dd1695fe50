//! What comes back of a call.

use std::fmt;
use std::time::Duration;

use http::StatusCode;
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use url::Url;

use super::Failure;
use crate::problem::Problem;

/// The longest wait that a server is granted.
const LONGEST_WAIT: Duration = Duration::from_hours(24);

/// What a browser gets of an address. Its `Debug` is without body, address and cookies: codes and sessions stand there.
pub struct Opened {
    /// Its status.
    pub status: StatusCode,
    /// Where it sends the browser on to.
    pub location: Option<Url>,
    /// The cookies that it sets, as they came.
    pub cookies: Vec<String>,
    /// Its body.
    pub body: Vec<u8>,
}

impl fmt::Debug for Opened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opened").field("status", &self.status).finish_non_exhaustive()
    }
}

/// What was answered to a delivery; its content is not read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Told {
    /// Its status.
    pub status: StatusCode,
    /// Where it sends on to.
    pub sends_on: Option<Url>,
}

/// What an address answered that was asked once; its content is not read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Looked {
    /// Its status.
    pub status: StatusCode,
    /// Where it sends on to.
    pub sends_on: Option<Url>,
    /// Until when the certificate holds that it showed; none without TLS.
    pub certificate_ends: Option<Timestamp>,
}

/// A whole answer. Its `Debug` is without the body, which may hold tokens.
pub struct Answer {
    /// The server.
    pub host: String,
    /// Its status.
    pub status: StatusCode,
    /// Its body.
    pub body: Vec<u8>,
    /// How long it asks to wait.
    pub retry_after: Option<Duration>,
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("host", &self.host)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

impl Answer {
    /// Its body, unless it is an error by its status.
    pub fn content(self) -> Result<Vec<u8>, Failure> {
        if self.status.is_success() { Ok(self.body) } else { Err(self.refusal()) }
    }

    /// Its content as JSON, unless it is an error by its status.
    pub fn json<T: DeserializeOwned>(self) -> Result<T, Failure> {
        let host = self.host.clone();
        serde_json::from_slice(&self.content()?).map_err(|error| Failure::Unreadable {
            host,
            place: format!("line {}, column {}", error.line(), error.column()),
        })
    }

    /// It as an error.
    pub fn refusal(&self) -> Failure {
        Failure::Refused {
            host: self.host.clone(),
            status: self.status.as_u16(),
            problem: Problem::read(&self.body),
            retry_after: self.retry_after,
        }
    }
}

/// `Retry-After` in seconds or as a date (RFC 9110 §10.2.3).
pub(super) fn wait(text: &str, now: Timestamp) -> Option<Duration> {
    let text = text.trim();
    let asked = if text.bytes().all(|byte| byte.is_ascii_digit()) {
        // More than fits is long, not absent.
        Duration::from_secs(text.parse().unwrap_or(u64::MAX))
    } else {
        let until = jiff::fmt::rfc2822::parse(text).ok()?.timestamp();
        Duration::try_from(until.duration_since(now)).unwrap_or_default()
    };
    (!text.is_empty()).then(|| asked.min(LONGEST_WAIT))
}
