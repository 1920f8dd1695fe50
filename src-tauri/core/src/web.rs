//! Calls to servers outside: one HTTP client with the bounds that every such call has, and one reading of their
//! errors.
//!
//! Redirects are not followed (a token must not travel on), nothing is sent twice, an answer has a time limit and a
//! size. Servers are reached by https, or by http on loopback; on loopback no proxy stands between.
//!
//! Deliberately absent: what the answers mean, which belongs to those who ask.

use std::time::Duration;

use domain::text::LINE;
use reqwest::{Client, Request, RequestBuilder, StatusCode, header};
use serde::de::DeserializeOwned;
use serde_json::Value;
use talkdesk::address::is_guarded;
use talkdesk::wire::proxy_asks;
use url::Url;

use crate::error::{Error, ErrorCode};

/// How long one call may take, unless said otherwise.
pub const TIME_LIMIT: Duration = Duration::from_secs(30);
const CONNECT_LIMIT: Duration = Duration::from_secs(10);
const BODY_LIMIT: usize = 1024 * 1024;
/// Longest text of a server that is shown, in characters.
const WORDS_LIMIT: usize = 4_000;

/// The address of a server as a person or a server gives it: https, or http on loopback; no user name, no query.
pub fn server_url(text: &str) -> Option<Url> {
    let text = text.trim();
    let url = Url::parse(text).ok().filter(|_| text.len() <= LINE)?;
    (is_guarded(&url) && url.query().is_none() && url.fragment().is_none()).then_some(url)
}

/// The client for one server.
#[derive(Clone, Debug)]
pub struct Web {
    client: Client,
    within: Duration,
}

/// Why there is no answer.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Failure {
    /// There was no connection, so nothing was asked.
    #[error("{0} cannot be reached")]
    Unreachable(String),
    /// A proxy on the way asks for a name and a password first, so nothing was asked.
    #[error("the proxy on the way to {0} asks for a name and a password")]
    Proxy(String),
    /// The connection broke, or time ran out: the server may have done what it was asked.
    #[error("{0} gave no whole answer")]
    Lost(String),
    /// The answer is larger than any that is expected.
    #[error("the answer of {0} is too large")]
    TooLarge(String),
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        let (code, host) = match failure {
            Failure::Unreachable(host) | Failure::Lost(host) => (ErrorCode::Offline, host),
            Failure::Proxy(host) => (ErrorCode::Proxy, host),
            Failure::TooLarge(host) => (ErrorCode::Platform, host),
        };
        Self::new(code).with("host", host)
    }
}

impl Web {
    /// A client for this server and its neighbours.
    pub fn new(server: &Url) -> Result<Self, Error> {
        // One provider for the process; that another part of it was first is as good.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let builder = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            // Calls are rare: a connection that was kept would mostly be found dead by the next one.
            .pool_max_idle_per_host(0)
            .connect_timeout(CONNECT_LIMIT)
            .user_agent(concat!("partner-console/", env!("CARGO_PKG_VERSION")));
        let builder = if server.scheme() == "http" {
            // On loopback neither the system's proxy nor its certificates are of use, and both may be missing.
            builder.no_proxy().tls_certs_only([])
        } else {
            builder.https_only(true)
        };
        let client = builder.build().map_err(|error| Error::internal(&error))?;
        Ok(Self { client, within: TIME_LIMIT })
    }

    /// With another time limit.
    #[must_use]
    pub fn within(self, limit: Duration) -> Self {
        Self { within: limit, ..self }
    }

    /// A request that reads.
    pub fn get(&self, url: Url) -> RequestBuilder {
        self.client.get(url).header(header::ACCEPT, "application/json")
    }

    /// A request that does something.
    pub fn post(&self, url: Url) -> RequestBuilder {
        self.client.post(url).header(header::ACCEPT, "application/json")
    }

    /// A request that puts something in its place.
    pub fn put(&self, url: Url) -> RequestBuilder {
        self.client.put(url).header(header::ACCEPT, "application/json")
    }

    /// Sends a request once and reads the whole answer.
    pub async fn send(&self, mut request: Request) -> Result<Answer, Failure> {
        let host = request.url().host_str().unwrap_or_default().to_owned();
        *request.timeout_mut() = Some(self.within);
        let lost = |error: reqwest::Error| {
            let (proxy, unreachable) = (proxy_asks(&error), error.is_connect());
            tracing::debug!(host, error = %error.without_url(), "a call failed");
            match (proxy, unreachable) {
                (true, _) => Failure::Proxy(host.clone()),
                (_, true) => Failure::Unreachable(host.clone()),
                _ => Failure::Lost(host.clone()),
            }
        };
        let mut response = self.client.execute(request).await.map_err(lost)?;
        let retry_after = response.headers().get(header::RETRY_AFTER);
        let retry_after = retry_after.and_then(|value| value.to_str().ok()?.trim().parse().ok());
        let status = response.status();
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(lost)? {
            if body.len() + chunk.len() > BODY_LIMIT {
                return Err(Failure::TooLarge(host));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer { status, body, retry_after })
    }
}

/// A whole answer. It has no `Debug`: a body may hold tokens.
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its body.
    pub body: Vec<u8>,
    /// Seconds that the server asks to wait.
    retry_after: Option<u32>,
}

impl Answer {
    /// The answer's content, looked for only after the server's error.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        match self.refusal() {
            Some(refusal) => Err(refusal),
            None => serde_json::from_slice(&self.body).map_err(|error| {
                tracing::warn!(
                    status = self.status.as_u16(),
                    at = error.column(),
                    "an answer cannot be read"
                );
                Error::new(ErrorCode::Platform).with("status", self.status.as_u16())
            }),
        }
    }

    /// The error that the server answered, if it is one.
    pub fn refusal(&self) -> Option<Error> {
        let words = Words::of(&self.body);
        let code = match self.status {
            status if status.is_success() && !words.is_oauth => return None,
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => ErrorCode::Forbidden,
            StatusCode::TOO_MANY_REQUESTS => ErrorCode::RateLimited,
            // Without the server's own word, the page that is missing is as likely the server itself.
            StatusCode::NOT_FOUND if !words.code.is_empty() => ErrorCode::NotFound,
            _ => ErrorCode::Platform,
        };
        let mut error = words.into_error(code).with("status", self.status.as_u16());
        if let Some(seconds) = self.retry_after {
            error = error.with("retry_after", seconds);
        }
        Some(error)
    }
}

/// A server's own words about an error: Talkdesk's REST convention `{code, message, description?, fields?}`, or OAuth's
/// `{error, error_description?}`.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Words {
    /// The server's word for it, empty where it gave none.
    pub code: String,
    /// What it says to people.
    pub detail: String,
    is_oauth: bool,
}

impl Words {
    /// A server's word for an error, and what it says of it.
    pub fn new(code: &str, detail: &str) -> Self {
        Self { code: tidy(code), detail: tidy(detail), is_oauth: false }
    }

    /// Reads what it can of a body.
    pub fn of(body: &[u8]) -> Self {
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let text =
            |value: &Value, name: &str| tidy(value.get(name).and_then(Value::as_str).unwrap_or_default());
        let first = |names: &[&str]| names.iter().map(|name| text(&body, name)).find(|text| !text.is_empty());
        let fields = body.get("fields").and_then(Value::as_array).into_iter().flatten();
        let mut lines: Vec<String> = first(&["message", "error_description"]).into_iter().collect();
        lines.extend(first(&["description"]));
        lines.extend(fields.map(|field| format!("{}: {}", text(field, "name"), text(field, "description"))));
        Self {
            code: first(&["code", "error"]).unwrap_or_default(),
            detail: tidy(&lines.join("\n")),
            is_oauth: !text(&body, "error").is_empty(),
        }
    }

    /// Both in one text.
    pub fn shown(&self) -> String {
        let words = [self.code.as_str(), self.detail.as_str()].into_iter().filter(|word| !word.is_empty());
        words.collect::<Vec<_>>().join(": ")
    }

    /// As an error of ours: `code` and `detail` are the server's.
    pub fn into_error(self, code: ErrorCode) -> Error {
        let words = [("code", self.code), ("detail", self.detail)];
        words
            .into_iter()
            .filter(|(_, word)| !word.is_empty())
            .fold(Error::new(code), |error, (name, word)| error.with(name, word))
    }
}

/// A server's text without what could upset a screen: no control characters but line ends, and not without end.
pub fn tidy(text: &str) -> String {
    text.trim().chars().filter(|c| *c == '\n' || !c.is_control()).take(WORDS_LIMIT).collect()
}

#[cfg(test)]
mod proxied;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_go_by_https_or_stay_on_this_computer() {
        for good in [
            "https://partner.example",
            " https://partner.example/base/ ",
            "http://127.0.0.1:4780",
            "http://[::1]:4780",
            "http://localhost:4780",
        ] {
            assert!(server_url(good).is_some(), "{good}");
        }
        let long = format!("https://partner.example/{}", "a".repeat(LINE));
        for bad in [
            "",
            "partner.example",
            "http://partner.example",
            "http://127.0.0.1.partner.example",
            "http://localhost.partner.example",
            "http://10.0.0.1",
            "ftp://127.0.0.1",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "https://user@partner.example",
            "https://:secret@partner.example",
            "https://partner.example/?a=b",
            "https://partner.example/#a",
            long.as_str(),
        ] {
            assert!(server_url(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn a_servers_error_keeps_its_words_and_gets_our_code() {
        let rest = r#"{"code":"invalid","message":"Some fields are wrong.","fields":[{"name":"slug","description":"Is missing."}]}"#;
        let oauth = r#"{"error":"invalid_client","error_description":"Not registered."}"#;
        let cases = [
            (401, rest, ErrorCode::Forbidden, "invalid"),
            (403, oauth, ErrorCode::Forbidden, "invalid_client"),
            (404, rest, ErrorCode::NotFound, "invalid"),
            (404, "<html>", ErrorCode::Platform, ""),
            (409, rest, ErrorCode::Platform, "invalid"),
            (429, "", ErrorCode::RateLimited, ""),
            (302, "", ErrorCode::Platform, ""),
            (500, "null", ErrorCode::Platform, ""),
            (200, oauth, ErrorCode::Platform, "invalid_client"),
        ];
        for (status, body, code, word) in cases {
            let status = StatusCode::from_u16(status).unwrap();
            let answer = Answer { status, retry_after: Some(7), body: body.into() };
            let error = answer.json::<Value>().unwrap_err();
            assert_eq!(error.code, code, "{status} {body}");
            assert_eq!(error.params.get("code").map_or("", String::as_str), word, "{status} {body}");
            assert_eq!(error.params["retry_after"], "7");
        }
        assert_eq!(Words::of(rest.as_bytes()).detail, "Some fields are wrong.\nslug: Is missing.");
        assert_eq!(Words::of(oauth.as_bytes()).detail, "Not registered.");
    }

    #[test]
    fn a_servers_text_cannot_flood_or_steer_the_screen() {
        assert_eq!(tidy(" a\u{1b}[31m\r\nb\u{7} "), "a[31m\nb");
        assert_eq!(tidy(&"x".repeat(1_000_000)).len(), WORDS_LIMIT);
    }
}
