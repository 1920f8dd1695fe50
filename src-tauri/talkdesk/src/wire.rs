//! The one client through which everything here calls out, and the rules of every call.
//!
//! - https only; in the sandbox's mode also http, to this computer.
//! - Never to an address inside a network, whatever a name resolves to: the check lies in the connector's own resolver,
//!   so that what was checked is what is connected to. `_links` come from outside, and must not become a way in.
//! - No redirect is followed, so that no credential travels on; nothing is sent twice; an answer has a size and a time.
//! - By the system's proxy where it names one, and then only to names that may be resolved by somebody else
//!   (`wire/way.rs`).
//!
//! An error is looked for in an answer before its content is.

mod answer;
mod reach;
mod tls;
mod way;

use std::time::Duration;

use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use hyper_util::client::proxy::matcher::Matcher;
use jiff::Timestamp;
use url::Url;

use crate::problem::Problem;
use crate::region::Regions;
use crate::secret::Secret;

use answer::wait;
pub use answer::{Answer, Looked, Opened, Told};
pub use reach::{Blocked, Reach};
use reach::{Inside, Lookup};
pub use tls::{CertificateFault, TlsFault};
use tls::{certificate_ends, tls_fault};
use way::Ways;

/// How long one call may take.
pub const TIME_LIMIT: Duration = Duration::from_secs(30);
const CONNECT_LIMIT: Duration = Duration::from_secs(10);
/// The largest answer that is read, in bytes.
pub const BODY_LIMIT: usize = 4 * 1024 * 1024;

/// Why there is no content.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Failure {
    /// The URL is not called.
    #[error("{host} is not called: {why}")]
    Blocked {
        /// Its host.
        host: String,
        /// Why.
        why: Blocked,
    },
    /// There was no safe connection, so nothing was asked.
    #[error("{host} has no TLS that can be trusted: {why}")]
    Tls {
        /// The server.
        host: String,
        /// What is wrong.
        why: TlsFault,
    },
    /// There was no connection, so nothing was asked.
    #[error("{0} cannot be reached")]
    Unreachable(String),
    /// A proxy on the way asks for a name and a password first, so nothing was asked.
    #[error("the proxy on the way to {0} asks for a name and a password")]
    Proxy(String),
    /// Time ran out: the server may have done what it was asked.
    #[error("{0} gave no whole answer within the time")]
    Late(String),
    /// The connection broke before the answer was whole, or what came is no HTTP: the server may have done what it was
    /// asked.
    #[error("the connection to {0} broke")]
    Broken(String),
    /// The answer is larger than any that is expected.
    #[error("the answer of {0} is too large")]
    TooLarge(String),
    /// The server sends the caller elsewhere; that is not followed.
    #[error("{host} redirects to {to}")]
    Redirected {
        /// The server.
        host: String,
        /// The origin that it names, or nothing that is one.
        to: String,
    },
    /// The server refused.
    #[error("{host} answered {status} {}", problem.code)]
    Refused {
        /// The server.
        host: String,
        /// Its status.
        status: u16,
        /// Its words.
        problem: Problem,
        /// How long it asks to wait.
        retry_after: Option<Duration>,
    },
    /// The answer cannot be understood.
    #[error("the answer of {host} cannot be read at {place}")]
    Unreadable {
        /// The server.
        host: String,
        /// The line and column, or the member.
        place: String,
    },
    /// Something within this program, a key that cannot sign for instance.
    #[error("{0}")]
    Internal(&'static str),
}

/// The client.
#[derive(Clone, Debug)]
pub struct Wire {
    ways: Ways,
    within: Duration,
}

impl Failure {
    /// Whether the server may have done what it was asked, though it did not say so.
    pub fn may_be_done(&self) -> bool {
        matches!(self, Self::Late(_) | Self::Broken(_))
    }

    /// Why an app's address gave no status, in a word for a report: `unreachable`, `proxy`, `late`, `broken`, `tls`,
    /// `blocked`, `redirected` or `other`.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Unreachable(_) => "unreachable",
            Self::Proxy(_) => "proxy",
            Self::Late(_) => "late",
            Self::Broken(_) => "broken",
            Self::Tls { .. } => "tls",
            Self::Blocked { .. } => "blocked",
            Self::Redirected { .. } => "redirected",
            _ => "other",
        }
    }
}

impl Wire {
    /// A client by the system's names, certificates and proxy. The proxy may be asked for what is under the regions'
    /// hosts, whatever that resolves to here.
    pub fn new(reach: Reach, regions: &Regions) -> Result<Self, Failure> {
        Self::by(reach, regions, None, Matcher::from_system())
    }

    fn by(
        reach: Reach,
        regions: &Regions,
        lookup: Option<Lookup>,
        proxies: Matcher,
    ) -> Result<Self, Failure> {
        Ok(Self { ways: Ways::new(reach, regions.clone(), lookup, proxies)?, within: TIME_LIMIT })
    }

    /// A client to this computer that trusts what one root signed, and nothing else.
    #[cfg(test)]
    fn trusting(root: &[u8]) -> Self {
        let ways = Ways::new(Reach::Sandbox, Regions::default(), None, Matcher::builder().build()).unwrap();
        Self { ways: ways.trusting(root), within: TIME_LIMIT }
    }

    /// With another time limit.
    #[must_use]
    pub fn within(self, limit: Duration) -> Self {
        Self { within: limit, ..self }
    }

    /// Where calls may go.
    pub fn reach(&self) -> Reach {
        self.ways.reach
    }

    /// The host of a URL that may be called.
    fn called(&self, url: &Url) -> Result<String, Failure> {
        let host = url.host_str().unwrap_or_default().to_owned();
        self.ways.reach.allows(url).map_err(|why| Failure::Blocked { host: host.clone(), why })?;
        Ok(host)
    }

    /// Posts a body with headers of somebody else's, once, byte for byte, and says what was answered. Its content is not
    /// read.
    pub async fn post_as_it_came(
        &self,
        url: Url,
        headers: HeaderMap,
        body: Vec<u8>,
    ) -> Result<StatusCode, Failure> {
        let host = url.host_str().unwrap_or_default().to_owned();
        match self.deliver(url, headers, body).await? {
            Told { sends_on: Some(to), .. } => {
                Err(Failure::Redirected { host, to: to.origin().ascii_serialization() })
            }
            Told { status, .. } if status.is_redirection() => {
                Err(Failure::Redirected { host, to: String::new() })
            }
            Told { status, .. } => Ok(status),
        }
    }

    /// The same, and a redirect is an answer like any other: told, and not followed.
    pub async fn deliver(&self, url: Url, headers: HeaderMap, body: Vec<u8>) -> Result<Told, Failure> {
        let host = self.called(&url)?;
        let client = self.ways.client(&url).await?;
        let request = client.post(url).timeout(self.within).headers(headers).body(body);
        let response = request.send().await.map_err(|error| lost(&host, error))?;
        Ok(Told { status: response.status(), sends_on: sent_on(&response) })
    }

    /// Opens an address as a browser does, with these cookies and, where there is one, a form that is posted. Where it
    /// is sent on to is told, and not gone to.
    pub async fn open(&self, url: Url, cookies: &str, form: Option<String>) -> Result<Opened, Failure> {
        let host = self.called(&url)?;
        let client = self.ways.client(&url).await?;
        let mut request = match form {
            None => client.get(url),
            Some(form) => {
                let kind = "application/x-www-form-urlencoded";
                client.post(url).header(header::CONTENT_TYPE, kind).body(form)
            }
        };
        request = request.header(header::ACCEPT, "text/html, */*;q=0.8").timeout(self.within);
        if !cookies.is_empty() {
            request = request.header(header::COOKIE, cookies);
        }
        let response = request.send().await.map_err(|error| lost(&host, error))?;
        let status = response.status();
        let text = |value: &HeaderValue| value.to_str().ok().map(str::to_owned);
        let cookies = response.headers().get_all(header::SET_COOKIE).iter().filter_map(text).collect();
        let location = sent_on(&response);
        let body = whole(&host, response).await?;
        Ok(Opened { status, location, cookies, body })
    }

    /// Asks an address once, with nothing of ours, and says what it answers. Its content is not read, and a redirect is
    /// an answer like any other.
    pub async fn look(&self, url: Url) -> Result<Looked, Failure> {
        let host = self.called(&url)?;
        let request = self.ways.client(&url).await?.get(url).timeout(self.within);
        let response = request.send().await.map_err(|error| lost(&host, error))?;
        Ok(Looked {
            status: response.status(),
            sends_on: sent_on(&response),
            certificate_ends: certificate_ends(&response),
        })
    }

    /// Sends a request once and reads the whole answer. `now` is for a server that names a time to wait until.
    pub async fn send(&self, call: Call<'_>, now: Timestamp) -> Result<Answer, Failure> {
        let host = self.called(&call.url)?;
        let client = self.ways.client(&call.url).await?;
        let mut request = client.request(call.method, call.url).timeout(self.within);
        request = request.header(header::ACCEPT, "application/json, application/hal+json");
        if let Some(authorization) = call.authorization {
            let value = HeaderValue::from_str(authorization.expose());
            let mut value =
                value.map_err(|_| Failure::Internal("a credential cannot be sent as a header"))?;
            value.set_sensitive(true);
            request = request.header(header::AUTHORIZATION, value);
        }
        request = match call.body {
            Body::None => request,
            Body::Json(body) => {
                request.header(header::CONTENT_TYPE, "application/json").body(body.to_string())
            }
            Body::Form(form) => {
                let kind = "application/x-www-form-urlencoded";
                request.header(header::CONTENT_TYPE, kind).body(form.expose().clone())
            }
        };
        let response = request.send().await.map_err(|error| lost(&host, error))?;
        let retry_after = response.headers().get(header::RETRY_AFTER).and_then(|value| value.to_str().ok());
        let retry_after = retry_after.and_then(|text| wait(text, now));
        let status = answered(&host, &response)?;
        let body = whole(&host, response).await?;
        Ok(Answer { host, status, body, retry_after })
    }
}

/// The status of an answer, or where it sends the caller.
fn answered(host: &str, response: &reqwest::Response) -> Result<StatusCode, Failure> {
    let status = response.status();
    if status.is_redirection() {
        let to = sent_on(response).map(|url| url.origin().ascii_serialization()).unwrap_or_default();
        return Err(Failure::Redirected { host: host.to_owned(), to });
    }
    Ok(status)
}

/// The address that a redirect names.
fn sent_on(response: &reqwest::Response) -> Option<Url> {
    let location = response.headers().get(header::LOCATION).filter(|_| response.status().is_redirection())?;
    response.url().join(location.to_str().ok()?).ok()
}

/// The body of an answer, where it is not too large.
async fn whole(host: &str, mut response: reqwest::Response) -> Result<Vec<u8>, Failure> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| lost(host, error))? {
        if body.len() + chunk.len() > BODY_LIMIT {
            return Err(Failure::TooLarge(host.to_owned()));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Why there is no whole answer.
fn lost(host: &str, error: reqwest::Error) -> Failure {
    let error = error.without_url();
    tracing::debug!(host, %error, "a call failed");
    let host = host.to_owned();
    match (cause::<Inside>(&error), tls_fault(&error)) {
        (Some(Inside), _) => Failure::Blocked { host, why: Blocked::Address },
        (None, Some(why)) => Failure::Tls { host, why },
        (None, None) if proxy_asks(&error) => Failure::Proxy(host),
        (None, None) if error.is_connect() => Failure::Unreachable(host),
        (None, None) if error.is_timeout() => Failure::Late(host),
        (None, None) => Failure::Broken(host),
    }
}

/// Whether a proxy opens no way before somebody signs in at it (RFC 9110, section 15.5.8). The client tells it by its
/// words alone.
pub fn proxy_asks(error: &reqwest::Error) -> bool {
    let first: &dyn std::error::Error = error;
    std::iter::successors(Some(first), |error| error.source())
        .any(|error| error.to_string().contains("proxy authorization required"))
}

/// A request.
#[derive(Debug)]
pub struct Call<'a> {
    /// Its method.
    pub method: Method,
    /// Where it goes.
    pub url: Url,
    /// The whole value of `Authorization`.
    pub authorization: Option<Secret<String>>,
    /// What it carries.
    pub body: Body<'a>,
}

/// What a request carries.
#[derive(Debug)]
pub enum Body<'a> {
    /// Nothing.
    None,
    /// JSON.
    Json(&'a serde_json::Value),
    /// A form, encoded. It may hold credentials.
    Form(Secret<String>),
}

impl Call<'_> {
    /// A request that reads.
    pub fn get(url: Url) -> Self {
        Self { method: Method::GET, url, authorization: None, body: Body::None }
    }

    /// With an access token.
    #[must_use]
    pub fn bearer(self, token: &Secret<String>) -> Self {
        Self { authorization: Some(Secret::new(format!("Bearer {}", token.expose()))), ..self }
    }
}

/// The error of this type that another was caused by.
fn cause<'e, E: std::error::Error + 'static>(error: &'e (dyn std::error::Error + 'static)) -> Option<&'e E> {
    let mut at = Some(error);
    while let Some(error) = at {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        at = error.source();
    }
    None
}

#[cfg(test)]
#[path = "wire/tests.rs"]
mod tests;
