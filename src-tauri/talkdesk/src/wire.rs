//! The one client through which everything here calls out, and the rules of every call.
//!
//! - https only; in the sandbox's mode also http, to this computer.
//! - Never to an address inside a network, whatever a name resolves to: the check lies in the connector's own resolver,
//!   so that what was checked is what is connected to. `_links` come from outside, and must not become a way in.
//! - No redirect is followed, so that no credential travels on; nothing is sent twice; an answer has a size and a time.
//! - No proxy, for the same reason: a proxy would resolve the names itself, unchecked.
//!
//! An error is looked for in an answer before its content is.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use jiff::Timestamp;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use serde::de::DeserializeOwned;
use url::{Host, Url};

use crate::address::{is_loopback, is_public};
use crate::problem::Problem;
use crate::secret::Secret;

/// How long one call may take.
pub const TIME_LIMIT: Duration = Duration::from_secs(30);
const CONNECT_LIMIT: Duration = Duration::from_secs(10);
/// The largest answer that is read, in bytes.
pub const BODY_LIMIT: usize = 4 * 1024 * 1024;
/// The longest wait that a server is granted.
const LONGEST_WAIT: Duration = Duration::from_hours(24);

/// Where calls may go.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reach {
    /// By https to the internet.
    Internet,
    /// And by http to this computer, where a sandbox is.
    Sandbox,
}

impl Reach {
    /// Whether a URL may be called at all. Where its name leads is found out when it is resolved.
    pub fn allows(self, url: &Url) -> Result<(), Blocked> {
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Blocked::Credentials);
        }
        let literal = match url.host() {
            Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
            Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
            Some(Host::Domain("")) | None => return Err(Blocked::Scheme),
            Some(Host::Domain(_)) => None,
        };
        let here = is_loopback(url);
        match (url.scheme(), self) {
            ("https", _) => {}
            ("http", Self::Sandbox) if here => {}
            _ => return Err(Blocked::Scheme),
        }
        if literal.is_none_or(|address| self.allows_address(address)) {
            Ok(())
        } else {
            Err(Blocked::Address)
        }
    }

    fn allows_address(self, address: IpAddr) -> bool {
        is_public(address) || (self == Self::Sandbox && address.is_loopback())
    }
}

/// Why a URL is not called.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Blocked {
    /// It is not https.
    #[error("it is not https")]
    Scheme,
    /// It holds a user name or a password.
    #[error("it holds a user name or a password")]
    Credentials,
    /// It leads to an address inside a network.
    #[error("it leads inside a network")]
    Address,
    /// It is of another origin than the one that the credentials are for.
    #[error("it is of another origin")]
    Origin,
}

/// What is wrong with the TLS of a host.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum TlsFault {
    /// Its certificate is not valid: over, of another name, by nobody who is trusted.
    #[error("its certificate is not valid")]
    Certificate,
    /// It takes no TLS of 1.2 or later.
    #[error("it takes no TLS of 1.2 or later")]
    Version,
}

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
    /// The connection broke, or time ran out: the server may have done what it was asked.
    #[error("{0} gave no whole answer")]
    Lost(String),
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
    client: reqwest::Client,
    reach: Reach,
    within: Duration,
}

/// Finds the addresses of a name. Tests hand in their own.
pub type Lookup = Arc<dyn Fn(&str) -> std::io::Result<Vec<IpAddr>> + Send + Sync>;

impl Wire {
    /// A client by the system's names and certificates.
    pub fn new(reach: Reach) -> Result<Self, Failure> {
        Self::with_names(reach, None)
    }

    /// A client whose names are looked up by `lookup`.
    pub fn with_lookup(reach: Reach, lookup: Lookup) -> Result<Self, Failure> {
        Self::with_names(reach, Some(lookup))
    }

    fn with_names(reach: Reach, lookup: Option<Lookup>) -> Result<Self, Failure> {
        // One provider for the process; that another part of it was first is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .dns_resolver(Arc::new(Guarded { reach, lookup }))
            .connect_timeout(CONNECT_LIMIT)
            .tls_version_min(reqwest::tls::Version::TLS_1_2)
            .user_agent(concat!("partner-console/", env!("CARGO_PKG_VERSION")));
        let builder = match reach {
            Reach::Internet => builder.https_only(true),
            Reach::Sandbox => builder,
        };
        let client = builder.build().map_err(|error| {
            tracing::error!(%error, "the HTTP client cannot be built");
            Failure::Internal("the HTTP client cannot be built")
        })?;
        Ok(Self { client, reach, within: TIME_LIMIT })
    }

    /// With another time limit.
    #[must_use]
    pub fn within(self, limit: Duration) -> Self {
        Self { within: limit, ..self }
    }

    /// Where calls may go.
    pub fn reach(&self) -> Reach {
        self.reach
    }

    /// The host of a URL that may be called.
    fn called(&self, url: &Url) -> Result<String, Failure> {
        let host = url.host_str().unwrap_or_default().to_owned();
        self.reach.allows(url).map_err(|why| Failure::Blocked { host: host.clone(), why })?;
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
        let host = self.called(&url)?;
        let request = self.client.post(url).timeout(self.within).headers(headers).body(body);
        let response = request.send().await.map_err(|error| lost(&host, error))?;
        answered(&host, &response)
    }

    /// Opens an address as a browser does, with these cookies and, where there is one, a form that is posted. Where it
    /// is sent on to is told, and not gone to.
    pub async fn open(&self, url: Url, cookies: &str, form: Option<String>) -> Result<Opened, Failure> {
        let host = self.called(&url)?;
        let mut request = match form {
            None => self.client.get(url),
            Some(form) => {
                let kind = "application/x-www-form-urlencoded";
                self.client.post(url).header(header::CONTENT_TYPE, kind).body(form)
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

    /// Asks an address once, with nothing of ours, and says what it answers. Its content is not read.
    pub async fn look(&self, url: Url) -> Result<StatusCode, Failure> {
        let host = self.called(&url)?;
        let request = self.client.get(url).timeout(self.within);
        let response = request.send().await.map_err(|error| lost(&host, error))?;
        answered(&host, &response)
    }

    /// Sends a request once and reads the whole answer. `now` is for a server that names a time to wait until.
    pub async fn send(&self, call: Call<'_>, now: Timestamp) -> Result<Answer, Failure> {
        let host = self.called(&call.url)?;
        let mut request = self.client.request(call.method, call.url).timeout(self.within);
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
        (None, None) if error.is_connect() => Failure::Unreachable(host),
        (None, None) => Failure::Lost(host),
    }
}

/// What was wrong with the TLS of a host, where that is why there is no connection.
fn tls_fault(error: &(dyn std::error::Error + 'static)) -> Option<TlsFault> {
    use rustls::AlertDescription::{HandshakeFailure, ProtocolVersion};
    let mut at = Some(error);
    while let Some(error) = at {
        // An I/O error does not name the error in it as its source.
        let inner = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        let inner = inner.and_then(|inner| inner.downcast_ref());
        match error.downcast_ref::<rustls::Error>().or(inner) {
            Some(rustls::Error::InvalidCertificate(_)) => return Some(TlsFault::Certificate),
            Some(
                rustls::Error::PeerIncompatible(_)
                | rustls::Error::AlertReceived(ProtocolVersion | HandshakeFailure),
            ) => return Some(TlsFault::Version),
            _ => at = error.source(),
        }
    }
    None
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
fn wait(text: &str, now: Timestamp) -> Option<Duration> {
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

/// The resolver that the connector uses: what it gives out may be connected to.
struct Guarded {
    reach: Reach,
    lookup: Option<Lookup>,
}

/// A name that leads inside a network.
#[derive(Debug, thiserror::Error)]
#[error("the name leads inside a network")]
struct Inside;

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let (reach, lookup) = (self.reach, self.lookup.clone());
        Box::pin(async move {
            let found: Vec<IpAddr> = match lookup {
                Some(lookup) => lookup(name.as_str())?,
                None => tokio::net::lookup_host((name.as_str(), 0)).await?.map(|found| found.ip()).collect(),
            };
            let any = !found.is_empty();
            let allowed: Vec<_> =
                found.into_iter().filter(|&address| reach.allows_address(address)).collect();
            if any && allowed.is_empty() {
                return Err(Inside.into());
            }
            let addresses: Addrs = Box::new(allowed.into_iter().map(|address| SocketAddr::new(address, 0)));
            Ok(addresses)
        })
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
